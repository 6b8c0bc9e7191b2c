//! The pages in `docs/`, the sources and numbers from the nets themselves, as one offline book; and
//! what the tests of page, code and output share with it.
//!
//! ```
//! let files = book::build(book::ROOT.as_ref())?;
//! let name = book::links::page_name("docs/03-two-net.md");
//! let (_, chapter) = files.iter().find(|(file, _)| *file == name).unwrap();
//! assert!(std::str::from_utf8(chapter)?.contains("id=\"3.9\"")); // the equation on its page
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod around;
pub mod cards;
pub mod code;
pub mod cover;
pub mod drawing;
pub mod formula;
pub mod html;
pub mod links;
pub mod markdown;
pub mod mathml;
pub mod numbers;
pub mod page;
pub mod refs;
pub mod runs;
pub mod site;
pub mod tex;

pub use lines::{Error, File, ROOT, equations, letters, ops};

use std::path::Path;

/// The files of the book: names and contents.
///
/// # Errors
/// The first thing that isn't understood or doesn't agree.
pub fn build(root: &Path) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let files = site::Files::read(root)?;
    let site = site::Site::new(&files)?;
    let mut book = vec![
        ("book.css".to_string(), include_bytes!("book.css").to_vec()),
        ("show.js".to_string(), include_bytes!("show.js").to_vec()),
        ("follow.js".to_string(), include_bytes!("follow.js").to_vec()),
        ("cover.js".to_string(), include_bytes!("cover.js").to_vec()),
        ("find.js".to_string(), include_bytes!("find.js").to_vec()),
        ("sources.html".to_string(), around::sources_page(&site).into_bytes()),
        ("find.html".to_string(), around::find_page(&site)?.into_bytes()),
        ("whole.html".to_string(), around::whole_page(&site)?.into_bytes()),
    ];
    for page in &site.pages {
        let (name, mut html) = (links::page_name(&page.file.name), page::write(&site, page)?);
        if name == "index.html" {
            html = html.replacen("</h1>\n", &format!("</h1>\n{}", cover::html(&site)), 1);
        }
        book.push((name, html.into_bytes()));
    }
    for source in 0..files.sources.len() {
        let html = around::source_page(&site, source);
        book.push((links::page_name(&files.sources[source].name), html.into_bytes()));
    }
    for picture in &files.pictures {
        let bytes = std::fs::read(root.join(picture));
        let bytes = bytes.map_err(|error| File::new(picture, "").error(0, error, "a picture"))?;
        book.push((picture.replace('/', "-"), bytes));
    }
    Ok(book)
}
