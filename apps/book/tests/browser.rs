//! The book in a real browser: headless Chromium loads every page from `file://`, and this test uses it
//! as a reader would. Where there is no Chromium the test says that it was skipped; with `CI` set
//! that is a failure.

#![cfg(unix)]

mod live;

use book::html::{json_string, number};
use book::runs::{self, Moment};
use book::{ROOT, build};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, sleep};
use std::time::Duration;

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// A browser that is told what to do through two pipes, in messages that end in a zero.
struct Browser {
    child: Child,
    to: ChildStdin,
    from: Receiver<String>,
    session: String,
    sent: u32,
    /// Whether pages run their script.
    scripts: bool,
    /// How many pages have loaded.
    loaded: usize,
    /// Errors on the console and exceptions.
    errors: Vec<String>,
    profile: PathBuf,
}

impl Browser {
    fn start(program: &Path) -> Self {
        let profile = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser-profile");
        let _ = fs::remove_dir_all(&profile);
        // The browser reads messages from 3 and writes them to 4.
        let mut child = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 0</dev/null 1>/dev/null 2>/dev/null"])
            .arg(program)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update"])
            .args(["--disable-sync", "--remote-debugging-pipe"])
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg("about:blank")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("sh");
        let to = child.stdin.take().expect("a pipe");
        let mut messages = BufReader::new(child.stdout.take().expect("a pipe"));
        let (sender, from) = channel();
        thread::spawn(move || {
            let mut message = Vec::new();
            while messages.read_until(0, &mut message).is_ok_and(|len| len > 0) {
                let text = String::from_utf8_lossy(&message[..message.len() - 1]).into_owned();
                message.clear();
                if sender.send(text).is_err() {
                    break;
                }
            }
        });
        let (session, errors) = (String::new(), Vec::new());
        let mut browser =
            Self { child, to, from, session, sent: 0, scripts: true, loaded: 0, errors, profile };
        let target = browser.call("Target.createTarget", "\"url\":\"about:blank\"");
        let target = string(&target, "targetId").expect("a target");
        let attach = format!("\"targetId\":\"{target}\",\"flatten\":true");
        let session = browser.call("Target.attachToTarget", &attach);
        browser.session = string(&session, "sessionId").expect("a session");
        for domain in ["Page", "Runtime", "Log"] {
            browser.call(&format!("{domain}.enable"), "");
        }
        browser
    }

    /// Sends a command and returns its answer.
    fn call(&mut self, method: &str, params: &str) -> String {
        self.try_call(method, params).unwrap_or_else(|answer| panic!("{method}: {answer}"))
    }

    fn try_call(&mut self, method: &str, params: &str) -> Result<String, String> {
        self.sent += 1;
        let session = match self.session.as_str() {
            "" => String::new(),
            session => format!(",\"sessionId\":\"{session}\""),
        };
        let id = self.sent;
        let command = format!("\"method\":\"{method}\",\"params\":{{{params}}}{session}");
        write!(self.to, "{{\"id\":{id},{command}}}\0").expect("the browser listens");
        loop {
            let message = self.receive();
            if message.starts_with(&format!("{{\"id\":{id},")) {
                return Ok(message);
            }
            if message.starts_with("{\"error\":") && message.contains(&format!("\"id\":{id}")) {
                return Err(message);
            }
        }
    }

    /// The next message; what it says of errors and of pages is noted.
    fn receive(&mut self) -> String {
        let message = self.from.recv_timeout(Duration::from_secs(100));
        let message = message.expect("the browser answers");
        self.loaded += usize::from(message.contains("Page.loadEventFired"));
        let error = ["\"level\":\"error\"", "\"type\":\"error\"", "Runtime.exceptionThrown"];
        if error.iter().any(|mark| message.contains(mark)) {
            self.errors.push(message.clone());
        }
        message
    }

    /// The lines that a script on the page comes to.
    fn ask(&mut self, script: &str) -> Vec<String> {
        // Without scripts no promise is kept.
        let script = match self.scripts {
            true => format!("(async () => (await {script}).join(\"\\n\"))()"),
            false => format!("({script}).join(\"\\n\")"),
        };
        let params = format!("\"expression\":{},\"awaitPromise\":true", json_string(&script));
        let answer = self.call("Runtime.evaluate", &params);
        let value = string(&answer, "value").unwrap_or_else(|| panic!("{script}: {answer}"));
        value.lines().map(String::from).collect()
    }

    fn go(&mut self, page: &str) {
        let before = self.loaded;
        let url = format!("file://{}/{page}", folder().display()).replace(' ', "%20");
        self.call("Page.navigate", &format!("\"url\":{}", json_string(&url)));
        while self.loaded == before {
            self.receive();
        }
        self.call(
            "Runtime.evaluate",
            &format!("\"expression\":{}", json_string(include_str!("browser.js"))),
        );
        if self.scripts {
            self.ask("new Promise((done) => setTimeout(() => done([]), 50))");
        }
    }

    fn size(&mut self, width: u32, height: u32) {
        let size = format!("\"width\":{width},\"height\":{height},\"deviceScaleFactor\":1");
        self.call("Emulation.setDeviceMetricsOverride", &format!("{size},\"mobile\":false"));
    }

    fn scheme(&mut self, scheme: &str) {
        let features = format!(
            "\"features\":[{{\"name\":\"prefers-color-scheme\",\"value\":\"{scheme}\"}},\
             {{\"name\":\"prefers-reduced-motion\",\"value\":\"reduce\"}}]"
        );
        self.call("Emulation.setEmulatedMedia", &features);
    }

    fn point(&mut self, selector: &str, click: bool) {
        let at = self.ask(&format!("ask.at({selector:?})"));
        let at = format!("\"x\":{},\"y\":{}", at[0], at[1]);
        self.call("Input.dispatchMouseEvent", &format!("\"type\":\"mouseMoved\",{at}"));
        for event in ["mousePressed", "mouseReleased"].iter().filter(|_| click) {
            let button = "\"button\":\"left\",\"clickCount\":1";
            self.call("Input.dispatchMouseEvent", &format!("\"type\":\"{event}\",{at},{button}"));
        }
        self.settle();
    }

    fn press(&mut self, key: &str, text: &str) {
        let key = format!("\"key\":\"{key}\"{}", if text.is_empty() { "" } else { ",\"text\":" });
        let text = if text.is_empty() { String::new() } else { format!("\"{text}\"") };
        self.call("Input.dispatchKeyEvent", &format!("\"type\":\"keyDown\",{key}{text}"));
        self.call("Input.dispatchKeyEvent", &format!("\"type\":\"keyUp\",{key}{text}"));
        self.settle();
    }

    /// Waits until the page has drawn what came of an event.
    fn settle(&mut self) {
        match self.scripts {
            true => drop(self.ask("ask.frames()")),
            false => sleep(Duration::from_millis(100)),
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.profile);
    }
}

/// The string behind a key of a JSON text.
fn string(json: &str, key: &str) -> Option<String> {
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

fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser-book")
}

/// A browser with the book before it, or nothing on a machine without one.
fn browser() -> Option<(Browser, Vec<String>)> {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let programs = std::env::split_paths(&paths).flat_map(|path| NAMES.map(|name| path.join(name)));
    let Some(program) = programs.into_iter().find(|program| program.is_file()) else {
        let wanted = NAMES.join(", ");
        assert!(std::env::var_os("CI").is_none(), "no browser, expected one of {wanted} in PATH");
        eprintln!("skipped: no browser, one of {wanted} in PATH would do");
        return None;
    };
    let files = build(Path::new(ROOT)).unwrap_or_else(|error| panic!("{error}"));
    let _ = fs::remove_dir_all(folder());
    fs::create_dir_all(folder()).expect("a folder");
    for (name, bytes) in &files {
        fs::write(folder().join(name), bytes).expect("a file");
    }
    let pages = files.into_iter().map(|(name, _)| name).filter(|name| name.ends_with(".html"));
    let mut browser = Browser::start(&program);
    browser.size(1440, 900);
    browser.scheme("light");
    Some((browser, pages.collect()))
}

/// The numbers of a moment as the page shows them, without the rows in which they stand.
fn texts(moment: &Moment, key: &str) -> String {
    let numbers: Vec<String> = moment.values[key].as_slice().iter().map(|&x| number(x)).collect();
    format!("{key}: {}", numbers.join(" "))
}

#[test]
fn a_browser_shows_the_book_as_it_should_be() {
    let Some((mut browser, pages)) = browser() else { return };
    let nothing: [&str; 0] = [];
    let is_chapter = |page: &str| page.starts_with(|c: char| c.is_ascii_digit());

    live::a_digit_is_drawn_and_read(&mut browser);
    live::the_lines_run_in_the_page(&mut browser);

    // Every page, on a phone, a tablet and a desk, and the line beside its equation.
    for (width, height) in [(390, 844), (1000, 800), (1440, 900)] {
        browser.size(width, height);
        for page in &pages {
            let source = page.contains(".rs.");
            if source && width == 1000 {
                continue;
            }
            browser.go(page);
            assert_eq!(browser.ask("ask.width()"), nothing, "{page} at {width}");
            let seen = browser.ask("[String(document.querySelector('main').innerText.length)]");
            assert!(seen[0].parse::<usize>().is_ok_and(|seen| seen > 20), "{page}: nothing to see");
            if is_chapter(page) && width == 1440 {
                assert_eq!(browser.ask("ask.heights()"), nothing, "{page}");
                assert_eq!(browser.ask("ask.monotone()"), nothing, "{page}");
            }
        }
    }

    // The numbers are those that were recorded, at each place of the slider; each is written out.
    for (chapter, page) in
        (1..).zip(["01-one-net", "02-softmax-regression", "03-two-net", "04-three-net"])
    {
        browser.go(&format!("{page}.html"));
        let run = runs::record(chapter).expect("data").expect("a run");
        for (i, moment) in run.moments.iter().enumerate() {
            let shown = browser.ask(&format!("ask.slide({i})"));
            assert!(shown.len() > 20, "{page}: {shown:?}");
            for numbers in shown {
                let key = numbers.split(':').next().unwrap_or_default();
                assert_eq!(numbers, texts(moment, key), "{page}, iteration {}", moment.iteration);
            }
            let head = browser.ask("['iteration', 'predicts'].map((id) => document.getElementById(`book-${id}`).textContent)");
            assert_eq!(head, [moment.iteration.to_string(), moment.predictions.clone()]);
            assert_eq!(
                browser.ask("ask.entries()"),
                nothing,
                "{page}, iteration {}",
                moment.iteration
            );
        }
    }

    // The mouse: a letter and an equation light up everywhere, an entry is written out.
    browser.go("03-two-net.html");
    browser.point("[id='3.9'] [data-s=dz2]", false);
    let lit = browser.ask("[...document.querySelectorAll('.file [data-s=dz2], .matrix[data-s=dz2], [id=\"3.10\"] [data-s=dz2]')].map((e) => e.className)");
    assert!(lit.len() > 10 && lit.iter().all(|class| class.contains("same")), "{lit:?}");
    assert!(
        browser.ask("[document.getElementById('book-card').textContent]")[0]
            .contains("N × K = 4 × 2")
    );
    assert_eq!(
        browser.ask("[document.querySelector('.line.lit code').textContent.trim()]"),
        ["let dw2 = a1.t().dot(&dz2); // (3.9)"]
    );
    browser.point("[data-result='3.9'] tr:nth-child(2) td", true);
    let last = &runs::record(3).expect("data").expect("a run").moments;
    let values = &last[last.len() - 1].values;
    let terms = (0..4).map(|k| {
        let [a, d] = [values["a1"][(k, 1)], values["dz2"][(k, 0)]].map(number);
        format!("{} · {}", a, if d.starts_with('−') { format!("({d})") } else { d })
    });
    let sum = terms.collect::<Vec<_>>().join(" + ");
    let expected = format!("dw2[(1, 0)] = {sum} = {}", number(values["dw2"][(1, 0)]));
    assert_eq!(
        browser.ask("[document.querySelector('[data-of=\"3.9\"] .sum').textContent]"),
        [expected]
    );
    assert_eq!(
        browser.ask("[String(document.querySelectorAll('[data-of=\"3.9\"] .from').length)]"),
        ["8"]
    );
    browser.point(".line[data-eq='3.13'] .tag", true);
    assert_eq!(browser.ask("[location.hash]"), ["#3.13"]);

    // The keyboard: n and p, arrows on a result, and a switch for what is new.
    browser.go("03-two-net.html");
    for (key, expected) in [("n", "3.1"), ("n", "3.2"), ("n", "3.3"), ("p", "3.2")] {
        browser.press(key, key);
        assert_eq!(browser.ask("[document.activeElement.id]"), [expected]);
    }
    browser.ask("[document.querySelector('[data-result=\"3.9\"]').focus()]");
    browser.press("ArrowDown", "");
    browser.press("ArrowDown", "");
    assert!(
        browser.ask("[document.querySelector('[data-of=\"3.9\"] .sum').textContent]")[0]
            .starts_with("dw2[(1, 0)] = ")
    );
    browser.point(".dim", true);
    assert_eq!(
        browser.ask("[String(document.querySelector('.file').classList.contains('dimmed'))]"),
        ["true"]
    );

    // Light and dark can be read, and nothing is missing without the script.
    for scheme in ["light", "dark"] {
        browser.scheme(scheme);
        for page in [
            "03-two-net.html",
            "01-one-net.html",
            "07-matrix-product.html",
            "nets-src-two_net.rs.html",
        ] {
            browser.go(page);
            assert_eq!(browser.ask("ask.contrast()"), nothing, "{page}, {scheme}");
        }
    }

    // In print the text and the numbers are there, the controls are not.
    browser.go("03-two-net.html");
    browser.call("Emulation.setEmulatedMedia", "\"media\":\"print\"");
    let seen = "['h1', 'figcaption', '[data-of=\"3.9\"] td', '.quote .lines', '.bar', '.dim', '.files'] \
        .map((of) => String(document.querySelector(of).checkVisibility()))";
    assert_eq!(browser.ask(seen), ["true", "true", "true", "true", "false", "false", "false"]);
    browser.call("Emulation.setEmulatedMedia", "\"media\":\"\"");

    browser.call("Emulation.setScriptExecutionDisabled", "\"value\":true");
    browser.scripts = false;
    for page in pages.iter().filter(|page| is_chapter(page)) {
        browser.go(page);
        let hidden = "[...document.querySelectorAll('main *, .files *')].filter((e) => !e.checkVisibility() && e.textContent \
            && !e.closest('.script, .bracket, mo, annotation, .preview, details:not([open])')).map((e) => e.outerHTML)";
        assert_eq!(browser.ask(hidden), nothing, "{page}");
        assert_eq!(browser.ask("ask.width()"), nothing, "{page}");
    }
    assert_eq!(browser.errors, nothing);
}
