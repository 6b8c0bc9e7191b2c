//! What the app shows of the gates.

use crate::train::{self, Loss, Training};
use console::{Axis, Style, Table, chart, fixed, map};
use matrix::Matrix;
use nets::one_net::Rule;

/// The rule in words and symbols.
pub(crate) fn describe(rule: Rule) -> &'static str {
    match rule {
        Rule::Published => {
            "The rule as published: W <- W - rate * (dW + lambda * sum of W)   (eq. 1.7)"
        }
        Rule::L2 => "The rule of L2 decay: W <- W - rate * (dW + lambda * W)   (eq. 1.8)",
        Rule::Off => "No decay: W <- W - rate * dW   (eq. 1.9)",
    }
}

/// The truth tables with p(y = 1), and the published p next to it if there is one for this run.
pub(crate) fn labels(trained: &[Training], is_published: bool, style: Style) -> String {
    let columns = if is_published { 5 } else { 4 };
    let header = ["gate", "input", "label", "p(y=1)", "published"];
    let mut table = Table::new(header.into_iter().take(columns));
    for (i, net) in trained.iter().enumerate() {
        if i > 0 {
            table.rule();
        }
        let gate = net.gate;
        for (row, p) in net.p().into_iter().enumerate() {
            let inputs: Vec<String> = gate.inputs[row].iter().map(f64::to_string).collect();
            let published =
                gate.published.as_ref().map_or("-".into(), |known| fixed(known.p[row], 4));
            let name = if row == 0 { gate.name.into() } else { String::new() };
            let input = format!("({})", inputs.join(","));
            let cells = [name, input, gate.labels[row].to_string(), fixed(p, 4), published];
            table.row(cells.into_iter().take(columns));
        }
    }
    table.draw(style)
}

/// The weights and the bias of each output, and the published ones next to them if there are any
/// for this run.
pub(crate) fn parameters(trained: &[Training], is_published: bool, style: Style) -> String {
    let text = |w: &[f64]| w.iter().map(|&w| fixed(w, 3)).collect::<Vec<_>>().join(" ");
    let columns = if is_published { 5 } else { 3 };
    let header = ["gate", "W", "b", "published W", "published b"];
    let mut table = Table::new(header.into_iter().take(columns));
    for Training { gate, net, .. } in trained {
        for k in 0..gate.outputs {
            let w: Vec<f64> = net.w1.iter_rows().map(|row| row[k]).collect();
            let [known_w, known_b] = match &gate.published {
                Some(known) => [text(known.w[k]), text(&known.b[k..=k])],
                None => ["-".into(), "-".into()],
            };
            let name = if k == 0 { gate.name } else { "  second output" };
            let cells = [name.into(), text(&w), text(&[net.b1[(0, k)]]), known_w, known_b];
            table.row(cells.into_iter().take(columns));
        }
    }
    table.draw(style)
}

/// Maps of p(y = 1) over the inputs of the gate.
pub(crate) fn decision_map(trained: &Training, style: Style) -> String {
    let axis = |name| Axis { name, from: -0.5, to: 1.5 };
    let p = |x1, x2| trained.net.forward(&Matrix::from_rows([[x1, x2]])).h[(0, 0)];
    let label = |label: f64| if label == 0.0 { '0' } else { '1' };
    let points: Vec<_> = trained
        .gate
        .inputs
        .iter()
        .zip(trained.gate.labels)
        .map(|(x, &y)| (x[0], x[1], label(y)))
        .collect();
    let title = format!("{}: p(y=1)", trained.gate.name);
    map(&title, [axis("x1"), axis("x2")], p, &points, style.with_width(38))
}

/// Nielsen's saturated neuron under both losses: its first gradient, and how h falls.
pub(crate) fn saturated(style: Style, quiet: bool) -> String {
    let (steps, rate) = (300, 0.15);
    let [(squared, slow), (entropy, fast)] =
        [Loss::Squared, Loss::CrossEntropy].map(|loss| train::saturated(loss, steps, rate));
    let series = [("squared error", &slow[..]), ("-ln p", &fast)];
    let chart = chart(["h", "step"], steps, &series, style);
    let [start, slow, fast] = [slow[0], slow[steps - 1], fast[steps - 1]].map(|h| fixed(h, 4));
    let times = fixed(entropy / squared, 1);
    let [squared, entropy] = [squared, entropy].map(|gradient| fixed(gradient, 4));
    format!(
        "A saturated neuron: input 1, weight 2, bias 2, label 0, so h = {start}.\n\
         first gradient with respect to z: squared error {squared}, -ln p {entropy},\n\
         {times} times as large\n\
         h before step {steps} at a rate of {rate}: squared error {slow}, -ln p {fast}\n{}",
        if quiet { String::new() } else { format!("\n{chart}") },
    )
}
