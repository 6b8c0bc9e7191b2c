//! The book in real browsers: Chromium and Firefox load it from `file://`, and this test uses it as a
//! reader would. Where there is no browser the test says that it was skipped; with `CI` set that is a
//! failure. Each kind of check is tried on one chapter; the whole book takes minutes, and `.ci/run` runs it:
//! `cargo test -p book --test browser -- --ignored`.

#![cfg(unix)]

mod chromium;
mod firefox;
mod live;
mod reader;

use book::html::number;
use book::numbers::scale;
use book::runs;
use reader::{Browser, Driver, browser, chapters, pages};
use std::path::Path;

const NOTHING: [&str; 0] = [];

/// Chapters with numbers, their pages, and which of their runs.
const RUNS: [(u32, &str, usize); 6] = [
    (1, "01-one-net", 0),
    (2, "02-softmax-regression", 0),
    (3, "03-two-net", 0),
    (4, "04-three-net", 0),
    (8, "08-how-far-how-fast", 1),
    (8, "08-how-far-how-fast", 0),
];

/// Every page at every width: nothing is wider, something is seen, the place of reading is one.
fn fits(browser: &mut Browser, pages: &[&String], widths: &[(u32, u32)]) {
    for page in pages {
        browser.go(page);
        for &(width, height) in widths {
            browser.driver.size(width, height);
            browser.settle();
            let at = format!("{page} at {width}");
            assert_eq!(browser.ask("ask.width()"), NOTHING, "{at}");
            let seen = browser.ask("[String(document.querySelector('main').innerText.length)]");
            assert!(seen[0].parse::<usize>().is_ok_and(|seen| seen > 20), "{at}: nothing to see");
            assert_eq!(browser.ask("ask.usable()"), NOTHING, "{at}");
            if width >= 1280 {
                assert_eq!(browser.ask("ask.places()"), NOTHING, "{at}");
            }
        }
    }
}

/// Every heading, equation and line can be come to, by its address and by a click.
fn arrivals(browser: &mut Browser, pages: &[&String]) {
    for (width, height) in [(1440, 900), (720, 450)] {
        browser.driver.size(width, height);
        for page in pages {
            browser.go(page);
            assert_eq!(browser.ask("ask.arrivals(20)"), NOTHING, "{page} at {width}");
        }
    }
    browser.driver.size(1440, 900);
    for id in ["3.1", "3.9", "3.12", "3.18", "two_net.rs-94", "two_net.rs-10", "one-step-by-hand"] {
        browser.go(&format!("03-two-net.html#{id}"));
        assert_eq!(browser.ask(&format!("ask.there({id:?})")), NOTHING, "from outside");
    }
}

/// The numbers of a moment: what a matrix shows, and in full.
fn numbers(browser: &mut Browser, runs: &[(u32, &str, usize)], every: usize) {
    for &(chapter, page, run) in runs {
        browser.go(&format!("{page}.html"));
        let runs = runs::record(chapter).expect("data");
        if runs.len() > 1 {
            browser.ask(&format!("ask.choose({run})"));
        }
        for (i, moment) in runs[run].moments.iter().enumerate().step_by(every) {
            let shown = browser.ask(&format!("ask.slide({i})"));
            assert!(shown.len() > 20, "{page}: {shown:?}");
            for numbers in shown {
                let mut parts = numbers.split(' ');
                let key = parts.next().unwrap_or_default();
                let pairs: Vec<&str> = parts.collect();
                let entries = moment.values[key].as_slice();
                let (_, text) = scale(entries);
                assert_eq!(pairs.len(), entries.len(), "{page}, {key}");
                for (pair, &entry) in pairs.iter().zip(entries) {
                    let (seen, full) = pair.split_once('|').expect("two numbers");
                    let at = format!("{page}, {key}, iteration {}", moment.iteration);
                    assert_eq!(full.parse::<f64>(), Ok(entry), "{at}");
                    assert_eq!(seen, text(entry), "{at}: {entry}");
                }
            }
            let head = browser.ask("['iteration', 'loss', 'predicts'].map((id) => document.getElementById(`book-${id}`).textContent)");
            let loss: Vec<String> = moment.losses.iter().map(|loss| number(*loss)).collect();
            let expected =
                [moment.iteration.to_string(), loss.join(", "), moment.predictions.clone()];
            assert_eq!(head.join("\n"), expected.join("\n").trim_end());
            let at = format!("{page}, iteration {}", moment.iteration);
            assert_eq!(browser.ask("ask.entries()"), NOTHING, "{at}");
        }
    }
}

/// A letter lights up everywhere; an entry is written out, leads to where it was made, and back.
fn touched(browser: &mut Browser) {
    browser.go("03-two-net.html");
    browser.ask("ask.slide(8)");
    browser.ask("[document.getElementById('book-unfold').click()]");
    browser.point("[id='3.9'] [data-s=dz2]", false);
    let lit = browser.ask("[...document.querySelectorAll('.file [data-s=dz2], .matrix[data-s=dz2], [id=\"3.10\"] [data-s=dz2]')].map((e) => e.className)");
    assert!(lit.len() > 10 && lit.iter().all(|class| class.contains("same")), "{lit:?}");
    assert!(
        browser
            .ask("[document.getElementById('book-card').textContent]")
            .concat()
            .contains("N × K = 4 × 2")
    );
    browser.press("Escape");
    assert_eq!(browser.ask("[document.getElementById('book-card').textContent]"), NOTHING);
    browser.point("[data-result='3.9'] tr:nth-child(3) td", true);
    let values = &runs::record(3).expect("data")[0].moments[8].values;
    let terms = (0..4).map(|k| {
        let [a, d] = [values["a1"][(k, 1)], values["dz2"][(k, 0)]].map(number);
        format!("{} · {}", a, if d.starts_with('−') { format!("({d})") } else { d })
    });
    let sum = terms.collect::<Vec<_>>().join(" + ");
    let said = "[document.querySelector('[data-of=\"3.9\"] .sum').firstChild.data]";
    let text = browser.ask(said);
    assert!(text[0].starts_with(&format!("dw2[(1, 0)], unit 1, class 0 = {sum} = ")), "{text:?}");
    let from = "[String(document.querySelectorAll('[data-of=\"3.9\"] .from').length)]";
    assert_eq!(browser.ask(from), ["8"]);
    // a1 stands transposed: its second row is unit 1, its first column sample 0.
    browser.point("[data-of='3.9'] [data-key=a1] tr:nth-child(3) td", true);
    let chosen = "[document.querySelector('.chosen').closest('figure').dataset.result, \
                  document.querySelector('.eq.lit').id, document.querySelector('[data-of=\"3.2\"] .sum').textContent]";
    let made = browser.ask(chosen);
    assert_eq!(made[..2], ["3.2", "3.2"]);
    assert!(made[2].starts_with("a1[(0, 1)], sample 0, unit 1 = relu("), "{made:?}");
    browser.point("[data-of='3.2'] .sum button:last-child", true);
    assert_eq!(browser.ask("[document.querySelector('.eq.lit').id]"), ["3.9"]);
    assert_eq!(browser.ask(said), text);
    // Arrow keys go from entry to entry of a matrix, which is one stop of Tab.
    browser.ask("[document.querySelector('[data-result=\"3.9\"] .chosen').focus()]");
    browser.press("ArrowDown");
    browser.press("ArrowRight");
    assert!(browser.ask(said)[0].starts_with("dw2[(2, 1)], unit 2, class 1 = "));
    // What was chosen stays: the iteration and the open numbers, on this page and on the next.
    browser.go("04-three-net.html");
    let kept = "[document.getElementById('book-iteration').textContent, \
                String(document.querySelectorAll('details.numbers:not([open])').length)]";
    let kept = browser.ask(kept);
    assert!(kept[0] != "0" && kept[1] == "0", "{kept:?}");
    browser.ask("[document.getElementById('book-unfold').click()]");
    browser.ask("ask.slide(0)");
}

/// Keys, wheel, back and forward come to the same place that is lit.
fn moved(browser: &mut Browser) {
    let lit = "[document.querySelector('.eq.lit').id]";
    browser.go("03-two-net.html");
    for (key, expected) in [("n", "3.1"), ("n", "3.2"), ("n", "3.3"), ("p", "3.2")] {
        browser.press(key);
        assert_eq!(browser.ask("[document.activeElement.id]"), [expected]);
        assert_eq!(browser.ask(&format!("ask.there({expected:?})")), NOTHING);
    }
    // n goes on from where one reads, not from where the focus was.
    browser.driver.wheel(2500);
    browser.ask("ask.still()");
    let [before, now] = [browser.ask(lit), browser.ask("ask.next()")];
    browser.press("n");
    assert_eq!(browser.ask(lit), now, "after {before:?}");
    // A link, back, and forward.
    let place = browser.ask("[String(Math.round(scrollY))]");
    browser.ask("[document.querySelector('a[href=\"#3.2\"]').click()]");
    browser.settle();
    assert_eq!(browser.ask("ask.there('3.2')"), NOTHING);
    browser.ask("ask.turn(() => history.back())");
    assert_eq!(browser.ask("[String(Math.round(scrollY))]"), place);
    assert_eq!(browser.ask(lit), now);
    browser.ask("ask.turn(() => history.forward())");
    assert_eq!(browser.ask("ask.there('3.2')"), NOTHING);
    // The pane is the reader's until she moves on.
    assert_eq!(browser.ask("ask.pane()"), NOTHING);
    // Another width shows the same place.
    for (width, height) in [(1000, 800), (1440, 900)] {
        browser.ask("[document.getElementById('3.12').click()]");
        browser.driver.size(width, height);
        browser.settle();
        browser.settle();
        let seen = "[String((() => { const { top, bottom } = document.getElementById('3.12').getBoundingClientRect(); \
                    return top > 80 && bottom < innerHeight; })())]";
        assert_eq!(browser.ask(seen), ["true"], "{width}");
    }
    // And the top stays the top.
    browser.ask("[scrollTo({ top: 0, behavior: 'instant' })]");
    for (width, height) in [(390, 1600), (390, 800), (1440, 900)] {
        browser.settle();
        browser.driver.size(width, height);
        browser.settle();
        browser.settle();
        assert_eq!(browser.ask("[String(scrollY)]"), ["0"], "{width} × {height}");
    }
    // Contents close by Escape, on a choice and elsewhere; a key of one letter can be switched off.
    for close in ["Escape", ".contents li li:last-child a", "main p"] {
        browser.point(".contents summary", true);
        assert_eq!(browser.ask("[String(document.querySelector('.contents').open)]"), ["true"]);
        match close {
            "Escape" => browser.press(close),
            selector => {
                drop(browser.ask(&format!("[document.querySelector({selector:?}).click()]")));
            }
        }
        browser.settle();
        assert_eq!(
            browser.ask("[String(document.querySelector('.contents').open)]"),
            ["false"],
            "{close}"
        );
    }
    browser.ask("[document.getElementById('book-shortcuts').click()]");
    let before = browser.ask("[String(scrollY)]");
    browser.press("n");
    assert_eq!(browser.ask("[String(scrollY)]"), before);
    browser.ask("[document.getElementById('book-shortcuts').click()]");
    browser.go("03-two-net.html#3.9");
    browser.point(".file.open .dim", true);
    let dimmed = "[String(document.querySelector('.file.open').classList.contains('dimmed'))]";
    assert_eq!(browser.ask(dimmed), ["true"]);
}

fn chromium() -> Option<Browser> {
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    browser(&names, |program| Box::new(chromium::Chromium::start(program)))
}

#[test]
fn chromium_shows_a_chapter() {
    let Some(mut browser) = chromium() else { return };
    scheme(&mut browser, "light");
    let chapter: Vec<&String> = chapters().filter(|page| page.starts_with("03")).collect();
    fits(&mut browser, &chapter, &[(390, 844), (1440, 900)]);
    arrivals(&mut browser, &chapter);
    numbers(&mut browser, &RUNS[2..3], 9);
    touched(&mut browser);
    assert_eq!(browser.ask("ask.contrast()"), NOTHING);
    live::the_lines_run_in_the_page(&mut browser, &["03-two-net"]);
    assert_eq!(browser.driver.errors(), NOTHING);
}

#[test]
#[ignore = "takes a minute"]
fn chromium_shows_the_book_as_it_should_be() {
    let Some(mut browser) = chromium() else { return };
    scheme(&mut browser, "light");
    let all: Vec<&String> = chapters().collect();
    let widths =
        [(390, 844), (720, 450), (1000, 800), (1100, 800), (1280, 800), (1440, 900), (1920, 1080)];
    fits(&mut browser, &all, &widths);
    let others = pages().iter().filter(|page| !all.contains(page));
    let others: Vec<&String> = others.step_by(5).collect();
    fits(&mut browser, &others, &[(390, 844)]);
    browser.driver.size(1440, 900);
    arrivals(&mut browser, &all);
    numbers(&mut browser, &RUNS, 3);
    touched(&mut browser);
    moved(&mut browser);

    // Light and dark can be read.
    for colours in ["light", "dark"] {
        scheme(&mut browser, colours);
        for page in [
            "03-two-net.html",
            "01-one-net.html",
            "08-how-far-how-fast.html",
            "07-matrix-product.html",
            "nets-src-two_net.rs.html",
        ] {
            browser.go(page);
            browser
                .ask("[document.querySelectorAll('details:not(.contents)').forEach((all) => (all.open = true))]");
            assert_eq!(browser.ask("ask.contrast()"), NOTHING, "{page}, {colours}");
            assert_eq!(browser.ask("ask.usable()"), NOTHING, "{page}, unfolded, {colours}");
        }
    }

    // In print the text and the numbers are there, the controls are not.
    browser.go("03-two-net.html");
    browser.driver.special("Emulation.setEmulatedMedia", "\"media\":\"print\"");
    let seen = "['h1', 'figcaption', '[data-of=\"3.9\"] td', '.quote .lines', '.bar', '.dim', '.files'] \
        .map((of) => String(document.querySelector(of).checkVisibility()))";
    assert_eq!(browser.ask(seen), ["true", "true", "true", "true", "false", "false", "false"]);
    browser.driver.special("Emulation.setEmulatedMedia", "\"media\":\"\"");

    // Nothing is missing without the script.
    browser.driver.special("Emulation.setScriptExecutionDisabled", "\"value\":true");
    browser.scripts = false;
    for page in chapters() {
        browser.go(page);
        let hidden = "[...document.querySelectorAll('main *, .files *')].filter((e) => !e.checkVisibility() && e.textContent \
            && !e.closest('.script, .preview, .bracket, mo, annotation, th, details:not([open])')).map((e) => e.outerHTML)";
        assert_eq!(browser.ask(hidden), NOTHING, "{page}");
        assert_eq!(browser.ask("ask.width()"), NOTHING, "{page}");
    }
    browser.driver.special("Emulation.setScriptExecutionDisabled", "\"value\":false");
    browser.scripts = true;
    live::a_digit_is_drawn_and_read(&mut browser);
    live::the_rules_run_in_the_page(&mut browser);
    live::the_lines_run_in_the_page(&mut browser, &live::PAGES);
    assert_eq!(browser.driver.errors(), NOTHING);
}

fn scheme(browser: &mut Browser, scheme: &str) {
    let features = format!(
        "\"features\":[{{\"name\":\"prefers-color-scheme\",\"value\":\"{scheme}\"}},\
         {{\"name\":\"prefers-reduced-motion\",\"value\":\"reduce\"}}]"
    );
    browser.driver.special("Emulation.setEmulatedMedia", &features);
}

#[test]
#[ignore = "takes a minute"]
fn firefox_shows_it_too() {
    let start = |program: &Path| Box::new(firefox::Firefox::start(program)) as Box<dyn Driver>;
    let Some(mut browser) = browser(&["firefox-esr", "firefox"], start) else { return };
    let all: Vec<&String> = chapters().collect();
    fits(&mut browser, &all, &[(390, 844), (720, 450), (1000, 800), (1440, 900)]);
    browser.driver.size(1440, 900);
    for page in chapters() {
        browser.go(page);
        assert_eq!(browser.ask("ask.formulas()"), NOTHING, "{page}");
    }
    arrivals(&mut browser, &all);
    numbers(&mut browser, &RUNS, 9);
    touched(&mut browser);
    moved(&mut browser);
    live::the_rules_run_in_the_page(&mut browser);
    live::the_lines_run_in_the_page(&mut browser, &live::PAGES);
}
