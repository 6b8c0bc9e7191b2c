//! Firefox, told what to do by Marionette: a length, a colon and JSON over a socket.

use crate::reader::{Driver, string};
use book::html::json_string;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

const PREFERENCES: &str = "user_pref(\"marionette.port\", 0);
user_pref(\"ui.prefersReducedMotion\", 1);
user_pref(\"layout.css.prefers-color-scheme.content-override\", 1);
user_pref(\"browser.shell.checkDefaultBrowser\", false);
user_pref(\"network.captive-portal-service.enabled\", false);
user_pref(\"network.connectivity-service.enabled\", false);
user_pref(\"datareporting.policy.dataSubmissionEnabled\", false);
user_pref(\"app.update.enabled\", false);
";

pub(crate) struct Firefox {
    child: Child,
    stream: TcpStream,
    sent: u32,
    profile: PathBuf,
}

impl Firefox {
    pub(crate) fn start(program: &Path) -> Self {
        let profile = Path::new(env!("CARGO_TARGET_TMPDIR")).join("firefox-profile");
        let _ = fs::remove_dir_all(&profile);
        fs::create_dir_all(&profile).expect("a folder");
        fs::write(profile.join("user.js"), PREFERENCES).expect("a file");
        let child = Command::new(program)
            .args(["--headless", "--marionette", "--remote-allow-system-access", "--no-remote"])
            .arg("--profile")
            .arg(&profile)
            .env("HOME", &profile)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("firefox");
        // The port stands in a file as soon as there is one.
        let port = (0..600).find_map(|_| {
            sleep(Duration::from_millis(100));
            fs::read_to_string(profile.join("MarionetteActivePort")).ok()?.trim().parse().ok()
        });
        let stream =
            TcpStream::connect(("127.0.0.1", port.expect("a port: u16"))).expect("firefox");
        stream.set_read_timeout(Some(Duration::from_secs(100))).expect("a socket");
        let mut firefox = Self { child, stream, sent: 0, profile };
        firefox.receive();
        firefox.call("WebDriver:NewSession", "");
        firefox.call("WebDriver:SetTimeouts", "\"script\":100000");
        firefox.open("about:blank");
        firefox
    }

    fn receive(&mut self) -> String {
        let (mut length, mut byte) = (0, [0]);
        loop {
            self.stream.read_exact(&mut byte).expect("firefox answers");
            match byte[0] {
                b':' => break,
                digit => length = length * 10 + usize::from(digit - b'0'),
            }
        }
        let mut message = vec![0; length];
        self.stream.read_exact(&mut message).expect("firefox answers");
        String::from_utf8(message).expect("text")
    }

    /// Sends a command and returns its answer: `[1, id, error, result]`.
    fn call(&mut self, method: &str, params: &str) -> String {
        self.sent += 1;
        let message = format!("[0,{},\"{method}\",{{{params}}}]", self.sent);
        write!(self.stream, "{}:{message}", message.len()).expect("firefox listens");
        let answer = self.receive();
        let expected = format!("[1,{},null,", self.sent);
        assert!(answer.starts_with(&expected), "{method}: {answer}");
        answer
    }

    fn perform(&mut self, device: &str, actions: &[String]) {
        let actions = format!("\"actions\":[{{{device},\"actions\":[{}]}}]", actions.join(","));
        self.call("WebDriver:PerformActions", &actions);
    }
}

impl Driver for Firefox {
    fn open(&mut self, url: &str) {
        self.call("WebDriver:Navigate", &format!("\"url\":{}", json_string(url)));
    }

    fn evaluate(&mut self, script: &str) -> String {
        // As the page itself would: its names are in reach.
        let script = format!(
            "const done = arguments[arguments.length - 1]; \
             Promise.resolve(window.eval({})).then(done, (error) => done(`error: ${{error}}`));",
            json_string(script)
        );
        let params = format!("\"script\":{},\"args\":[]", json_string(&script));
        let answer = self.call("WebDriver:ExecuteAsyncScript", &params);
        string(&answer, "value").unwrap_or_else(|| panic!("{script}: {answer}"))
    }

    fn size(&mut self, width: u32, height: u32) {
        // The page's own box: a window cannot be as narrow as a phone.
        self.call("WebDriver:SetWindowRect", "\"width\":2100,\"height\":1400");
        self.call("Marionette:SetContext", "\"value\":\"chrome\"");
        let script = format!(
            "const {{ style }} = gBrowser.selectedBrowser; style.minWidth = style.maxWidth = '{width}px'; \
             style.minHeight = style.maxHeight = '{height}px';"
        );
        let params = format!("\"script\":{},\"args\":[]", json_string(&script));
        self.call("WebDriver:ExecuteScript", &params);
        self.call("Marionette:SetContext", "\"value\":\"content\"");
        let size = format!(
            "(async () => {{ for (let i = 0; i < 100 && (innerWidth !== {width} || innerHeight !== {height}); i++) \
             await new Promise((done) => setTimeout(done, 20)); return `${{innerWidth}} ${{innerHeight}}`; }})()"
        );
        assert_eq!(self.evaluate(&size), format!("{width} {height}"));
    }

    fn mouse(&mut self, x: &str, y: &str, click: bool) {
        let mut actions =
            vec![format!("{{\"type\":\"pointerMove\",\"x\":{x},\"y\":{y},\"duration\":0}}")];
        if click {
            actions.extend(
                ["Down", "Up"].map(|way| format!("{{\"type\":\"pointer{way}\",\"button\":0}}")),
            );
        }
        let device =
            "\"type\":\"pointer\",\"id\":\"mouse\",\"parameters\":{\"pointerType\":\"mouse\"}";
        self.perform(device, &actions);
    }

    fn wheel(&mut self, by: u32) {
        let scroll = format!(
            "{{\"type\":\"scroll\",\"x\":300,\"y\":400,\"deltaX\":0,\"deltaY\":{by},\"duration\":0}}"
        );
        self.perform("\"type\":\"wheel\",\"id\":\"wheel\"", &[scroll]);
    }

    fn key(&mut self, key: &str) {
        let key = match key {
            "Tab" => "\\uE004",
            "Enter" => "\\uE007",
            "Escape" => "\\uE00C",
            "ArrowLeft" => "\\uE012",
            "ArrowUp" => "\\uE013",
            "ArrowRight" => "\\uE014",
            "ArrowDown" => "\\uE015",
            key => key,
        };
        let actions =
            ["Down", "Up"].map(|way| format!("{{\"type\":\"key{way}\",\"value\":\"{key}\"}}"));
        self.perform("\"type\":\"key\",\"id\":\"keys\"", &actions);
    }

    fn special(&mut self, method: &str, _: &str) {
        panic!("{method} is Chromium's");
    }

    fn errors(&self) -> &[String] {
        &[]
    }
}

impl Drop for Firefox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.profile);
    }
}
