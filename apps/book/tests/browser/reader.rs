//! A browser with the book before it, and what a reader does there.

use book::{ROOT, build};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::Duration;

/// What a browser is told to do.
pub(crate) trait Driver {
    /// Loads a page.
    fn open(&mut self, url: &str);
    /// The text that a script on the page comes to, or promises.
    fn evaluate(&mut self, script: &str) -> String;
    /// Makes the page so large.
    fn size(&mut self, width: u32, height: u32);
    /// Moves the mouse, and clicks.
    fn mouse(&mut self, x: &str, y: &str, click: bool);
    /// Turns the wheel over the text.
    fn wheel(&mut self, by: u32);
    /// Presses a key.
    fn key(&mut self, key: &str);
    /// A command that only Chromium has.
    fn special(&mut self, method: &str, params: &str);
    /// Errors on the console and exceptions.
    fn errors(&self) -> &[String];
}

/// A browser with the book before it.
pub(crate) struct Browser {
    pub(crate) driver: Box<dyn Driver>,
    /// Whether pages run their script.
    pub(crate) scripts: bool,
}

impl Browser {
    /// The lines that a script on the page comes to.
    pub(crate) fn ask(&mut self, script: &str) -> Vec<String> {
        // Without scripts no promise is kept.
        let script = match self.scripts {
            true => format!("(async () => (await {script}).join(\"\\n\"))()"),
            false => format!("({script}).join(\"\\n\")"),
        };
        self.driver.evaluate(&script).lines().map(String::from).collect()
    }

    pub(crate) fn go(&mut self, page: &str) {
        let url = format!("file://{}/{page}", folder().display()).replace(' ', "%20");
        if page.contains('#') {
            // From outside, not from another place of the same page.
            self.driver.open("about:blank");
        }
        self.driver.open(&url);
        self.run(include_str!("ask.js"));
        if self.scripts {
            self.settle();
        }
    }

    /// Runs a script that the page doesn't have.
    pub(crate) fn run(&mut self, script: &str) {
        self.driver.evaluate(&format!("{script};''"));
    }

    pub(crate) fn point(&mut self, selector: &str, click: bool) {
        let at = self.ask(&format!("ask.at({selector:?})"));
        self.driver.mouse(&at[0], &at[1], click);
        self.settle();
    }

    pub(crate) fn press(&mut self, key: &str) {
        self.driver.key(key);
        self.settle();
    }

    /// Waits until the page has drawn what came of an event.
    pub(crate) fn settle(&mut self) {
        match self.scripts {
            true => drop(self.ask("ask.frames()")),
            false => sleep(Duration::from_millis(100)),
        }
    }
}

/// The string behind a key of a JSON text.
pub(crate) fn string(json: &str, key: &str) -> Option<String> {
    let (_, rest) = json.split_once(&format!("\"{key}\":\""))?;
    let (mut text, mut chars) = (String::new(), rest.chars());
    loop {
        match chars.next()? {
            '"' => return Some(text),
            '\\' => match chars.next()? {
                'n' => text.push('\n'),
                'u' => {
                    let code: String = chars.by_ref().take(4).collect();
                    text.push(char::from_u32(u32::from_str_radix(&code, 16).ok()?)?);
                }
                c => text.push(c),
            },
            c => text.push(c),
        }
    }
}

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser-book")
}

/// The names of the book's pages, once it is written.
pub(crate) fn pages() -> &'static [String] {
    static PAGES: OnceLock<Vec<String>> = OnceLock::new();
    PAGES.get_or_init(|| {
        let files = build(Path::new(ROOT)).unwrap_or_else(|error| panic!("{error}"));
        let _ = fs::remove_dir_all(folder());
        fs::create_dir_all(folder()).expect("a folder");
        for (name, text) in &files {
            fs::write(folder().join(name), text).expect("a file");
        }
        files.into_keys().filter(|name| name.ends_with(".html")).collect()
    })
}

pub(crate) fn chapters() -> impl Iterator<Item = &'static String> {
    pages().iter().filter(|page| page.starts_with(|c: char| c.is_ascii_digit()))
}

/// A browser with one of these names, or nothing on a machine without one.
pub(crate) fn browser(names: &[&str], start: fn(&Path) -> Box<dyn Driver>) -> Option<Browser> {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let mut programs = std::env::split_paths(&paths)
        .flat_map(|path| names.iter().map(move |name| path.join(name)));
    let Some(program) = programs.find(|program| program.is_file()) else {
        let wanted = names.join(", ");
        assert!(std::env::var_os("CI").is_none(), "no browser, expected one of {wanted} in PATH");
        eprintln!("skipped: no browser, one of {wanted} in PATH would do");
        return None;
    };
    pages();
    let mut browser = Browser { driver: start(&program), scripts: true };
    browser.driver.size(1440, 900);
    Some(browser)
}
