//! OneNet learns AND, OR and NOT, and fails at XOR: `cargo run -p logic-gates` (chapter 1).

mod gates;

use console::{
    App, Axis, Diverged, LineChart, Log, Opt, Options, Outcome, Style, Table, beside, fixed, map,
};
use gates::{AND, AND_2, Gate, NOT, OR, XOR};
use matrix::{Matrix, Rng};
use nets::OneNet;
use nets::one_net::Rule;
use std::io::Write;
use std::process::ExitCode;

const APP: App = App {
    name: "logic-gates",
    about: "OneNet (logistic regression) learns AND, OR and NOT",
    options: &[
        Opt::value("iterations", "N", "200000", "steps of gradient descent"),
        Opt::value("rate", "R", "0.001", "learning rate"),
        Opt::value("lambda", "L", "0.001", "strength of the weight decay"),
        Opt::value("rule", "RULE", "both", "of the decay: published, l2, both or off"),
        Opt::SEED,
        Opt::LOG,
    ],
};

/// The losses of so many iterations are averaged into one point of the curve, as in the tutorial.
const AVERAGED: usize = 500;

/// A gate after training.
struct Trained {
    gate: &'static Gate,
    net: OneNet,
    /// p(y = 1) of the first output for each row of inputs.
    p: Vec<f64>,
    losses: Vec<f64>,
}

fn main() -> ExitCode {
    APP.run(logic_gates)
}

fn logic_gates(options: &Options, out: &mut dyn Write) -> Outcome {
    let rules: &[Rule] = options.choice(
        "rule",
        &[
            ("both", &[Rule::Published, Rule::L2][..]),
            ("published", &[Rule::Published]),
            ("l2", &[Rule::L2]),
            ("off", &[Rule::Off]),
        ],
    )?;
    let iterations = options.at_least_one("iterations")?;
    let (rate, lambda) = (options.positive("rate")?, options.not_negative("lambda")?);
    let seed = options.seed()?;
    let mut log = Log::create(options.text("log"), &["iteration", "and", "or", "not", "xor"])?;
    writeln!(
        out,
        "OneNet learns the logic gates: {iterations} iterations on all rows of the truth table,"
    )?;
    writeln!(out, "rate {rate}, lambda {lambda}, seed {seed}")?;

    for (i, &rule) in rules.iter().enumerate() {
        let gates: &[&Gate] = match rule {
            Rule::Published => &[&AND_2, &AND, &OR, &NOT, &XOR],
            _ => &[&AND, &OR, &NOT, &XOR],
        };
        let train = |gate| train(gate, rule, iterations, rate, lambda, seed);
        // The gates are independent, so each has a thread.
        let trained: Vec<Trained> = std::thread::scope(|scope| {
            let threads: Vec<_> =
                gates.iter().map(|&gate| scope.spawn(move || train(gate))).collect();
            threads
                .into_iter()
                .map(|t| t.join().expect("training returns its errors"))
                .collect::<Result<_, _>>()
        })?;
        let (xor, trained) = trained.split_last().expect("XOR is the last");

        writeln!(out, "\n{}\n", describe(rule))?;
        writeln!(out, "{}", answers(trained, options.style))?;
        writeln!(out, "{}", parameters(trained, options.style))?;
        if i > 0 {
            continue;
        }
        let curves: Vec<&[f64]> =
            trained[trained.len() - 3..].iter().chain([xor]).map(|t| &t.losses[..]).collect();
        for step in 0..curves[0].len() {
            let iteration = ((step + 1) * AVERAGED).min(iterations) as f64;
            log.row(&[
                iteration,
                curves[0][step],
                curves[1][step],
                curves[2][step],
                curves[3][step],
            ])?;
        }
        if !options.quiet() {
            let mut chart = LineChart::new("loss", "iteration", 1..=iterations);
            for (name, curve) in ["AND", "OR", "NOT", "XOR"].into_iter().zip(&curves) {
                chart = chart.series(name, curve);
            }
            writeln!(out, "{}", chart.draw(options.style))?;
            let maps: Vec<String> = trained[trained.len() - 3..][..2]
                .iter()
                .map(|t| decision_map(t, options.style))
                .collect();
            writeln!(out, "{}", beside(&maps, options.style.width))?;
        }
        let p: Vec<String> = xor.p.iter().map(|&p| fixed(p, 3)).collect();
        writeln!(
            out,
            "XOR, the same way: p(y=1) = {}. No line separates its answers,",
            p.join(" ")
        )?;
        writeln!(out, "so one layer cannot learn it. Two can: cargo run -p xor")?;
    }
    Ok(())
}

fn describe(rule: Rule) -> &'static str {
    match rule {
        Rule::Published => {
            "The rule as published: W <- W - rate * (dW + lambda * sum of W)   (eq. 1.7)"
        }
        Rule::L2 => "The rule of L2 decay: W <- W - rate * (dW + lambda * W)   (eq. 1.8)",
        Rule::Off => "No decay: W <- W - rate * dW   (eq. 1.9)",
    }
}

/// Trains a new net on all rows of the gate's truth table at once.
fn train(
    gate: &'static Gate,
    rule: Rule,
    iterations: usize,
    rate: f64,
    lambda: f64,
    seed: u64,
) -> Result<Trained, Diverged> {
    let (m, d, k) = (gate.inputs.len(), gate.inputs[0].len(), gate.outputs);
    let a0 = Matrix::from_vec(m, d, gate.inputs.concat());
    let y = Matrix::from_fn(m, k, |i, _| gate.answers[i]);
    let mut net = OneNet::new([d, k], &mut Rng::new(seed));
    let (mut losses, mut total) = (Vec::new(), 0.0);
    for i in 1..=iterations {
        let acts = net.forward(&a0);
        let loss = OneNet::loss(&acts, &y);
        total += Diverged::check(loss, format_args!("{}, iteration {i}", gate.name), "--rate")?;
        let grads = net.backward(&a0, &acts, &y);
        net.update(&grads, rate, lambda, rule);
        if i % AVERAGED == 0 || i == iterations {
            losses.push(total / ((i - 1) % AVERAGED + 1) as f64);
            total = 0.0;
        }
    }
    let h = net.forward(&a0).h;
    let p = h.iter_rows().map(|row| row[0]).collect();
    Ok(Trained { gate, net, p, losses })
}

/// The truth tables with p(y = 1), and the published p beside it.
fn answers(trained: &[Trained], style: Style) -> String {
    let mut table = Table::new(["gate", "input", "answer", "p(y=1)", "published"]);
    for (i, Trained { gate, p, .. }) in trained.iter().enumerate() {
        if i > 0 {
            table.rule();
        }
        for (row, p) in p.iter().enumerate() {
            let inputs: Vec<String> = gate.inputs[row].iter().map(f64::to_string).collect();
            let published =
                gate.published.as_ref().map_or("-".into(), |known| fixed(known.p[row], 4));
            let name = if row == 0 { gate.name } else { "" };
            let answer = gate.answers[row].to_string();
            table.row([
                name.into(),
                format!("({})", inputs.join(",")),
                answer,
                fixed(*p, 4),
                published,
            ]);
        }
    }
    table.draw(style)
}

/// The weights and the bias of each output, and the published ones beside them.
fn parameters(trained: &[Trained], style: Style) -> String {
    let text = |w: &[f64]| w.iter().map(|&w| fixed(w, 3)).collect::<Vec<_>>().join(" ");
    let mut table = Table::new(["gate", "W", "b", "published W", "published b"]);
    for Trained { gate, net, .. } in trained {
        for k in 0..gate.outputs {
            let w: Vec<f64> = net.w1.iter_rows().map(|row| row[k]).collect();
            let [known_w, known_b] = match &gate.published {
                Some(known) => [text(known.w[k]), text(&known.b[k..=k])],
                None => ["-".into(), "-".into()],
            };
            let name = if k == 0 { gate.name } else { "  second output" };
            table.row([name, &text(&w), &text(&[net.b1[(0, k)]]), &known_w, &known_b]);
        }
    }
    table.draw(style)
}

fn decision_map(trained: &Trained, style: Style) -> String {
    let axis = |name| Axis { name, from: -0.5, to: 1.5 };
    let p = |x1, x2| trained.net.forward(&Matrix::from_rows([[x1, x2]])).h[(0, 0)];
    let label = |answer| if answer == 0.0 { '0' } else { '1' };
    let points: Vec<_> = trained
        .gate
        .inputs
        .iter()
        .zip(trained.gate.answers)
        .map(|(x, &y)| (x[0], x[1], label(y)))
        .collect();
    let title = format!("{}: p(y=1)", trained.gate.name);
    map(&title, [axis("x1"), axis("x2")], p, &points, style.with_width(38))
}

#[cfg(test)]
mod tests;
