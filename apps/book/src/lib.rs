//! The pages in `docs/`, the sources, and numbers from the nets themselves, as an offline book; and
//! the parts that the tests of page, code and output share with it.
//!
//! ```no_run
//! let book = book::build(book::ROOT.as_ref())?;
//! let chapter = &book[&book::links::page_name("docs/03-two-net.md")];
//! assert!(chapter.contains("id=\"3.9\"")); // the equation on its page
//! # Ok::<(), book::Error>(())
//! ```

mod around;
mod cards;
mod code;
mod cover;
mod drawing;
pub mod files;
pub mod formula;
pub mod html;
pub mod links;
mod listing;
pub mod markdown;
mod mathml;
pub mod net;
pub mod numbers;
mod onward;
mod page;
mod refs;
pub mod runs;
mod site;
mod slider;
pub mod tex;
mod text;
mod tie;

pub use lines::{Error, File, ROOT, equations, letters, ops};

use std::collections::BTreeMap;
use std::path::Path;

/// The files of the book by their names.
pub type Book = BTreeMap<String, String>;

/// Files of this folder with their names.
macro_rules! files {
    ($($name:literal)+) => { [$(($name, include_str!($name))),+] };
}

/// The style and the scripts of the pages.
const STYLE_AND_SCRIPTS: [(&str, &str); 13] = files!(
    "book.css" "cover.js" "draw.js" "edit.js" "find.js" "follow.js" "lines.js" "play.js" "rules.js" "run.js"
    "show.js" "train.js" "walk.js"
);

/// The file with the weights of the reader's net, empty if there are none.
pub const WEIGHTS: &str = "weights.js";

/// Compares pages and code; nothing is written.
///
/// # Errors
/// If they do not agree.
pub fn check(files: &files::Files) -> Result<(), Error> {
    site::Site::new(files).map(|_| ())
}

/// The book, from the repository in `root`.
///
/// # Errors
/// If something cannot be read, or page and code do not agree.
pub fn build(root: &Path) -> Result<Book, Error> {
    let files = files::Files::read(root)?;
    let site = site::Site::new(&files)?;
    let mut book: Book = STYLE_AND_SCRIPTS.map(|(name, text)| (name.into(), text.into())).into();
    book.insert("sources.html".into(), around::sources_page(&site));
    book.insert("find.html".into(), around::find_page(&site)?);
    book.insert("whole.html".into(), around::whole_page(&site)?);
    let page = |name: &str| site.pages.iter().find(|page| page.file.name == name);
    if let (Some(page), Some(chapter)) = (page(net::PAGE), page("docs/04-three-net.md")) {
        let script = net::script(&site, chapter, &root.join("datasets/data/mnist"));
        let script = script.map_err(|e| page.file.error(0, e, "the test set of MNIST"))?;
        book.insert("net.js".into(), script);
        book.insert(WEIGHTS.into(), String::new());
    }
    for page in &site.pages {
        book.insert(links::page_name(&page.file.name), page::write(&site, page)?);
    }
    for (i, source) in files.sources.iter().enumerate() {
        book.insert(links::page_name(&source.name), around::source_page(&site, i));
    }
    Ok(book)
}
