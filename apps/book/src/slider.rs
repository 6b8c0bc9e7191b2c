//! The runs of a page: the slider with the curve of the loss, and all their numbers, for the script.

use crate::equations::Tag;
use crate::html::{Entries, json_list, json_object, json_string, number};
use crate::onward;
use crate::ops::Step;
use crate::runs::{Moment, Recording};
use crate::site::Writer;
use matrix::Matrix;

/// The slider of the first run, with the loss and the predictions of its first iteration. If there
/// are several runs, one can be chosen.
pub(crate) fn slider(runs: &[Recording]) -> String {
    let Some(run) = runs.first() else { return String::new() };
    let (last, moment) = (run.moments.len() - 1, &run.moments[0]);
    let options: String =
        runs.iter().map(|run| format!("<option>{}</option>", run.about)).collect();
    let choice =
        format!("<select id=\"book-about\" aria-label=\"what is learned\">{options}</select>\n");
    let (choice, about) = match runs {
        [run] => (String::new(), format!("{}, ", run.about)),
        _ => (choice, String::new()),
    };
    let loss = match (run.rules, moment.values.contains_key("loss")) {
        ([], true) => "loss <i data-s=\"loss\">J</i>".to_string(),
        ([], false) => "<span data-s=\"data_loss\">data loss</span>".to_string(),
        (rules, _) => format!("<i data-s=\"loss\">J</i> by {}", rules.join(", ")),
    };
    let curves: String = runs.iter().map(curves).collect();
    format!(
        "<div class=\"run\">\n{choice}<label><span>{about}iteration</span> <span class=\"track script\"><input type=\"range\" id=\"book-slider\" \
         aria-label=\"iteration\" min=\"0\" max=\"{last}\" value=\"0\"><svg id=\"book-curve\" viewBox=\"0 0 100 20\" \
         preserveAspectRatio=\"none\" aria-hidden=\"true\">{curves}<line y1=\"0\" y2=\"20\"></line></svg></span></label> <output id=\"book-iteration\">{}</output>\n\
         <span>{loss} = <output id=\"book-loss\">{}</output></span>\n\
         <span>predicts <output id=\"book-predicts\">{}</output></span>\n\
         <button type=\"button\" class=\"script\" id=\"book-unfold\" aria-pressed=\"false\">all numbers</button>\n</div>\n",
        moment.iteration,
        moment.losses.iter().map(|x| number(*x)).collect::<Vec<_>>().join(", "),
        moment.predictions
    )
}

/// The losses at the stops of the slider, a curve for each rule.
fn curves(run: &Recording) -> String {
    let curves = (0..run.rules.len().max(1)).map(|rule| {
        let points = points(run, rule, [0.0, 0.5, 100.0, 19.0]).join(" ");
        format!("<polyline points=\"{points}\"></polyline>")
    });
    format!("<g>{}</g>", curves.collect::<String>())
}

/// The points of the curve of a rule's losses, in a rectangle: its left, its top, its size.
pub(crate) fn points(run: &Recording, rule: usize, place: [f64; 4]) -> Vec<String> {
    let [left, top, width, height] = place;
    let all = run.moments.iter().flat_map(|moment| &moment.losses);
    let largest = all.fold(0.0, |a: f64, x| a.max(*x));
    let steps = (run.moments.len() - 1).max(1) as f64;
    let point = |(k, moment): (usize, &Moment)| {
        let (x, y) = (k as f64 / steps, 1.0 - moment.losses[rule] / largest);
        format!("{:.2},{:.2}", left + x * width, top + y * height)
    };
    run.moments.iter().enumerate().map(point).collect()
}

/// Everything that the script needs, as JSON.
pub(crate) fn data(writer: &Writer<'_>) -> String {
    let page = writer.page;
    let steps = page.steps.iter().map(|(tag, step)| {
        let stopped = step.stopped_by().map_or("null".into(), json_string);
        (tag, json_object(step_entries(*tag, step).into_iter().chain([("stopped", stopped)])))
    });
    let runs = page.runs.iter().map(|run| {
        let of = |entry: fn(&Moment) -> String| json_list(run.moments.iter().map(entry));
        let values = run.moments[0].values.iter().map(|(name, matrix)| {
            let all: Vec<&Matrix> = run.moments.iter().map(|m| &m.values[name]).collect();
            // A letter that never changes is written once.
            let all = if all.iter().all(|m| *m == all[0]) { &all[..1] } else { &all[..] };
            let entries = |m: &&Matrix| json_list(m.as_slice().iter().map(f64::to_string));
            let [rows, cols] = <[usize; 2]>::from(matrix.shape()).map(|size| size.to_string());
            let all = json_list(all.iter().map(entries));
            (name, json_object([("rows", rows), ("cols", cols), ("all", all)]))
        });
        let entries = [
            ("iterations", of(|m| m.iteration.to_string())),
            ("predicts", of(|m| json_string(&m.predictions))),
            ("loss", of(|m| format!("{:?}", m.losses))),
            ("values", json_object(values)),
        ];
        json_object(entries.into_iter().chain(onward::entries(writer.site, page, run)))
    });
    let json = json_object([("steps", json_object(steps)), ("runs", json_list(runs))]);
    format!("<script type=\"application/json\" id=\"book-data\">{json}</script>\n")
}

/// What a numbered line does, as entries of JSON.
pub(crate) fn step_entries(tag: Tag, step: &Step) -> Entries {
    let [result, key] = [&step.result, &step.key(tag)].map(|name| json_string(name));
    vec![("result", result), ("key", key), ("op", step.term.json())]
}
