//! OneNet learns AND, OR and NOT, and fails at XOR: `cargo run -p logic-gates` (chapter 1).

mod gates;
mod report;

use console::{App, Diverged, LineChart, Log, Opt, Options, Outcome, beside, fixed, shortest};
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
        Opt::optional(
            "log",
            "FILE.csv",
            "write the training curves, of the first rule, to this file",
        ),
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
    matrix::configure(None)?;
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
    let (seed, style) = (options.seed()?, options.style);
    let mut log = Log::create(options.text("log"), &["iteration", "and", "or", "not", "xor"])?;
    writeln!(
        out,
        "OneNet learns the logic gates: {iterations} iterations on all rows of the truth table,"
    )?;
    writeln!(out, "rate {}, lambda {}, seed {seed}", shortest(rate), shortest(lambda))?;

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

        writeln!(out, "\n{}\n", report::describe(rule))?;
        writeln!(out, "{}", report::answers(trained, style))?;
        writeln!(out, "{}", report::parameters(trained, style))?;
        if i > 0 {
            continue;
        }
        let plain = &trained[trained.len() - 3..];
        let curves: Vec<&Trained> = plain.iter().chain([xor]).collect();
        for step in 0..xor.losses.len() {
            let mut row = vec![((step + 1) * AVERAGED).min(iterations) as f64];
            row.extend(curves.iter().map(|trained| trained.losses[step]));
            log.row(&row)?;
        }
        if !options.quiet() {
            let chart = LineChart::new("loss", "iteration", 1..=iterations);
            let chart = curves.iter().fold(chart, |chart, t| chart.series(t.gate.name, &t.losses));
            writeln!(out, "{}", chart.draw(style))?;
            let maps = [&plain[0], &plain[1]].map(|gate| report::decision_map(gate, style));
            writeln!(out, "{}", beside(&maps, style.width))?;
        }
        let p: Vec<String> = xor.p.iter().map(|&p| fixed(p, 3)).collect();
        writeln!(out, "XOR, the same way: p(y=1) = {}. No line separates its", p.join(" "))?;
        writeln!(out, "answers, so one layer cannot learn it. Two can: cargo run -p xor")?;
    }
    Ok(())
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
    // Outputs that learn the same start from the same W and differ in b, as in the tutorial.
    net.w1 = Matrix::from_fn(d, k, |i, _| net.w1[(i, 0)]);
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

#[cfg(test)]
mod tests;
