//! Chromium, told what to do by the DevTools protocol.

use crate::reader::{Driver, string};
use book::html::json_string;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// A browser that is told what to do through two pipes, in messages that end in a zero.
pub(crate) struct Chromium {
    child: Child,
    to: ChildStdin,
    from: Receiver<String>,
    session: String,
    sent: u32,
    /// How many pages have loaded.
    loaded: usize,
    /// Errors on the console and exceptions.
    errors: Vec<String>,
    profile: PathBuf,
}

impl Chromium {
    pub(crate) fn start(program: &Path) -> Self {
        let profile = Path::new(env!("CARGO_TARGET_TMPDIR")).join("chromium-profile");
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
        let mut browser = Self { child, to, from, session, sent: 0, loaded: 0, errors, profile };
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
}

impl Driver for Chromium {
    fn open(&mut self, url: &str) {
        let before = self.loaded;
        self.call("Page.navigate", &format!("\"url\":{}", json_string(url)));
        while self.loaded == before {
            self.receive();
        }
    }

    fn evaluate(&mut self, script: &str) -> String {
        let params = format!("\"expression\":{},\"awaitPromise\":true", json_string(script));
        let answer = self.call("Runtime.evaluate", &params);
        string(&answer, "value").unwrap_or_else(|| panic!("{script}: {answer}"))
    }

    fn size(&mut self, width: u32, height: u32) {
        let size = format!("\"width\":{width},\"height\":{height},\"deviceScaleFactor\":1");
        self.call("Emulation.setDeviceMetricsOverride", &format!("{size},\"mobile\":false"));
    }

    fn mouse(&mut self, x: &str, y: &str, click: bool) {
        let at = format!("\"x\":{x},\"y\":{y}");
        self.call("Input.dispatchMouseEvent", &format!("\"type\":\"mouseMoved\",{at}"));
        for event in ["mousePressed", "mouseReleased"].iter().filter(|_| click) {
            let button = "\"button\":\"left\",\"clickCount\":1";
            self.call("Input.dispatchMouseEvent", &format!("\"type\":\"{event}\",{at},{button}"));
        }
    }

    fn wheel(&mut self, by: u32) {
        let wheel = format!("\"x\":300,\"y\":400,\"deltaX\":0,\"deltaY\":{by}");
        self.call("Input.dispatchMouseEvent", &format!("\"type\":\"mouseWheel\",{wheel}"));
    }

    fn key(&mut self, key: &str) {
        let text = if key.len() == 1 { format!(",\"text\":\"{key}\"") } else { String::new() };
        // Tab moves the focus by its code alone.
        let code = if key == "Tab" { ",\"windowsVirtualKeyCode\":9" } else { "" };
        let key = format!("\"key\":\"{key}\"{code}");
        self.call("Input.dispatchKeyEvent", &format!("\"type\":\"keyDown\",{key}{text}"));
        self.call("Input.dispatchKeyEvent", &format!("\"type\":\"keyUp\",{key}"));
    }

    fn special(&mut self, method: &str, params: &str) {
        self.call(method, params);
    }

    fn errors(&self) -> &[String] {
        &self.errors
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.profile);
    }
}
