//! The cover: XOR as it is learned, drawn from the numbers of the run of chapter 3.

use crate::html::number;
use crate::runs::{Moment, Recording};
use crate::site::Site;
use crate::slider::points;
use matrix::Matrix;
use nets::TwoNet;

/// The number of squares in a row of the map.
const SIDE: usize = 16;

/// The figure under the title of the first page, and what a reader needs to know; empty without the
/// run.
pub(crate) fn html(site: &Site<'_>) -> String {
    let page = site.pages.iter().find(|page| page.chapter == Some(3));
    let Some(run) = page.and_then(|page| page.runs.first()) else { return String::new() };
    let last = run.moments.len() - 1;
    // The first picture is from the middle of the run.
    let learning = |moment: &Moment| moment.losses[0] < 0.5 * run.moments[0].losses[0];
    let now = run.moments.iter().position(learning).unwrap_or(last);
    let [net, map, curve] = [net(run, now), map(run, now), curve(run, now)];
    let (iteration, loss) = (run.moments[now].iteration, number(run.moments[now].losses[0]));
    let iterations = each(run, |m| m.iteration.to_string());
    let losses = each(run, |m| number(m.losses[0]));
    let needed = include_str!("cover.html");
    format!(
        "<figure class=\"cover\" id=\"cover\" data-iterations=\"{iterations}\" data-losses=\"{losses}\">\n\
         <svg viewBox=\"0 0 640 200\" role=\"img\" aria-label=\"A net with six hidden units learns XOR: its weights, its answers, its loss\">\n\
         {net}{map}{curve}</svg>\n\
         <figcaption><label class=\"script\">iteration <input type=\"range\" id=\"cover-slider\" min=\"0\" max=\"{last}\" value=\"{now}\"></label>\n\
         <output id=\"cover-now\">iteration {iteration}, loss {loss}</output> <button type=\"button\" class=\"script\" id=\"cover-play\">play</button></figcaption>\n\
         </figure>\n<script src=\"cover.js\"></script>\n{needed}"
    )
}

/// What the script is told of each moment.
fn each(run: &Recording, entry: impl Fn(&Moment) -> String) -> String {
    run.moments.iter().map(entry).collect::<Vec<_>>().join(";")
}

/// The net: a line for each weight, as thick as the weight is large. Each line carries the numbers
/// that the script needs, one for each moment.
fn net(run: &Recording, now: usize) -> String {
    let columns = [("a0", 24.0), ("a1", 115.0), ("z2", 206.0)];
    let place = |(key, x): (&str, f64), i: usize| {
        let units = run.moments[0].values[key].cols();
        (x, 100.0 + (i as f64 - (units as f64 - 1.0) / 2.0) * 30.0)
    };
    let mut svg = String::new();
    for (layer, name) in ["w1", "w2"].into_iter().enumerate() {
        let all = run.moments.iter().flat_map(|moment| moment.values[name].as_slice());
        let largest = all.fold(0.0, |a: f64, w| a.max(w.abs()));
        let (rows, cols) = run.moments[0].values[name].shape();
        for (i, j) in (0..rows * cols).map(|k| (k / cols, k % cols)) {
            let [(x1, y1), (x2, y2)] = [place(columns[layer], i), place(columns[layer + 1], j)];
            let width = |moment: &Moment| 7.0 * moment.values[name][(i, j)] / largest;
            let widths = each(run, |moment| format!("{:.1}", width(moment)));
            let width = width(&run.moments[now]);
            svg += &format!(
                "<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" data-w=\"{widths}\" class=\"{}\" stroke-width=\"{:.1}\"/>\n",
                if width < 0.0 { "minus" } else { "plus" },
                width.abs().max(0.3)
            );
        }
    }
    for column in columns {
        for i in 0..run.moments[0].values[column.0].cols() {
            let (x, y) = place(column, i);
            svg += &format!("<circle cx=\"{x}\" cy=\"{y}\" r=\"6\"/>\n");
        }
    }
    for (text, x) in [("x", 24.0), ("relu", 115.0), ("softmax", 206.0)] {
        svg += &format!("<text x=\"{x}\" y=\"195\">{text}</text>\n");
    }
    svg
}

/// The net's answer at each point from −0.5 to 1.5: a digit for each square, 9 for class 1.
fn answers(moment: &Moment) -> String {
    let [w1, b1, w2, b2] = ["w1", "b1", "w2", "b2"].map(|key| moment.values[key].clone());
    let at = |k: usize| 2.0 * (k as f64 + 0.5) / SIDE as f64 - 0.5;
    // x2 falls from top to bottom.
    let points = Matrix::from_fn(SIDE * SIDE, 2, |i, j| {
        if j == 0 { at(i % SIDE) } else { at(SIDE - 1 - i / SIDE) }
    });
    let probs = TwoNet { w1, b1, w2, b2 }.forward(&points).probs;
    (0..SIDE * SIDE).map(|i| format!("{:.0}", probs[(i, 1)] * 9.0)).collect()
}

fn map(run: &Recording, now: usize) -> String {
    let (left, top, cell) = (262.0, 20.0, 160.0 / SIDE as f64);
    let mut svg = format!("<g id=\"cover-map\" data-p=\"{}\">\n", each(run, answers));
    for (k, digit) in answers(&run.moments[now]).chars().enumerate() {
        let (x, y) = ((k % SIDE) as f64 * cell + left, (k / SIDE) as f64 * cell + top);
        // From 0 for class 0 to 9 for class 1; the script sets the same.
        let side = 2 * digit.to_digit(10).unwrap_or(0) as i32 - 9;
        let (class, opacity) =
            (if side < 0 { "minus" } else { "plus" }, f64::from(side.abs()) / 10.0);
        svg += &format!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{cell}\" height=\"{cell}\" class=\"{class}\" opacity=\"{opacity}\"/>\n"
        );
    }
    svg += "</g>\n";
    for (x, y) in [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)] {
        let (cx, cy) = (left + 40.0 + 80.0 * x, top + 120.0 - 80.0 * y);
        let class = u8::from(x != y);
        svg += &format!(
            "<circle cx=\"{cx}\" cy=\"{cy}\" r=\"8\"/><text x=\"{cx}\" y=\"{}\">{class}</text>\n",
            cy + 4.0
        );
    }
    svg + "<text x=\"342\" y=\"195\">the answer at each point</text>\n"
}

fn curve(run: &Recording, now: usize) -> String {
    let points = points(run, 0, [456.0, 20.0, 170.0, 160.0]);
    let (x, y) = points[now].split_once(',').unwrap_or(("0", "0"));
    format!(
        "<path class=\"strokes\" d=\"M456 20v160h170\"/>\n\
         <polyline id=\"cover-curve\" points=\"{}\"/>\n<circle id=\"cover-at\" cx=\"{x}\" cy=\"{y}\" r=\"5\"/>\n\
         <text x=\"541\" y=\"195\">the loss</text>\n",
        points.join(" ")
    )
}
