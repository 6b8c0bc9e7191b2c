//! The pages in `docs/`, the sources, and numbers from the nets themselves, as an offline book; and
//! the parts that the tests of page, code and output share with it.
//!
//! ```
//! let files = book::build(book::ROOT.as_ref())?;
//! let name = book::links::page_name("docs/03-two-net.md");
//! let (_, chapter) = files.iter().find(|(file, _)| *file == name).unwrap();
//! assert!(std::str::from_utf8(chapter)?.contains("id=\"3.9\"")); // the equation on its page
//! # Ok::<(), Box<dyn std::error::Error>>(())
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
mod writer;

pub use lines::{Error, File, ROOT, equations, letters, ops};

use std::path::Path;

/// The scripts of the pages.
const SCRIPTS: [(&str, &str); 12] = [
    ("show.js", include_str!("show.js")),
    ("follow.js", include_str!("follow.js")),
    ("cover.js", include_str!("cover.js")),
    ("find.js", include_str!("find.js")),
    ("run.js", include_str!("run.js")),
    ("play.js", include_str!("play.js")),
    ("edit.js", include_str!("edit.js")),
    ("train.js", include_str!("train.js")),
    ("lines.js", include_str!("lines.js")),
    ("walk.js", include_str!("walk.js")),
    ("draw.js", include_str!("draw.js")),
    ("rules.js", include_str!("rules.js")),
];

/// The file with the weights of the reader's net, empty if there are none.
pub const WEIGHTS: &str = "weights.js";

/// Compares pages and code; nothing is written.
///
/// # Errors
/// If they do not agree.
pub fn check(files: &files::Files) -> Result<(), Error> {
    cards::with_cards(site::Site::new(files)?).map(|_| ())
}

/// The files of the book: names and contents.
///
/// # Errors
/// If something cannot be read, or page and code do not agree.
pub fn build(root: &Path) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let files = files::Files::read(root)?;
    let site = cards::with_cards(site::Site::new(&files)?)?;
    let mut book: Vec<(String, Vec<u8>)> =
        SCRIPTS.iter().map(|(name, text)| (name.to_string(), text.as_bytes().to_vec())).collect();
    book.push(("book.css".into(), include_bytes!("book.css").to_vec()));
    book.push(("sources.html".into(), around::sources_page(&site).into_bytes()));
    book.push(("find.html".into(), around::find_page(&site)?.into_bytes()));
    book.push(("whole.html".into(), around::whole_page(&site)?.into_bytes()));
    let page = |name: &str| site.pages.iter().find(|page| page.file.name == name);
    if let (Some(page), Some(chapter)) = (page(net::PAGE), page("docs/04-three-net.md")) {
        let script = net::script(&site, chapter, &root.join("datasets/data/mnist"));
        let script = script.map_err(|e| page.file.error(0, e, "the test set of MNIST"))?;
        book.push(("net.js".into(), script.into_bytes()));
        book.push((WEIGHTS.into(), Vec::new()));
    }
    for page in &site.pages {
        book.push((links::page_name(&page.file.name), page::write(&site, page)?.into_bytes()));
    }
    for source in 0..files.sources.len() {
        let html = around::source_page(&site, source);
        book.push((links::page_name(&files.sources[source].name), html.into_bytes()));
    }
    Ok(book)
}
