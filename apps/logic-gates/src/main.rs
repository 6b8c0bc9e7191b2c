//! OneNet learns AND, OR and NOT, and fails at XOR: `cargo run -p logic-gates` (chapter 1).

mod gates;
mod report;
mod train;

use console::text::Count;
use console::{
    ABOVE_0, App, Log, Opt, Options, Outcome, Progress, beside, chart, check_learned, fixed, share,
    shortest,
};
use gates::{AND, AND_2, Gate, NOT, OR, XOR};
use nets::one_net::Rule;
use std::io::Write;
use std::ops::Range;
use std::process::ExitCode;
use train::{AVERAGED, Loss, Settings, Training};

const APP: App = App {
    name: "logic-gates",
    about: "OneNet (logistic regression) learns AND, OR and NOT",
    options: &[
        Opt("iterations N", "200000", "steps of gradient descent"),
        Opt("rate R", "0.001", "learning rate"),
        Opt("lambda L", "0.001", "strength of the weight decay"),
        Opt("loss LOSS", "entropy", "entropy or squared (chapter 1)"),
        Opt("rule RULE", "both", "of the decay: published, l2, both or off"),
        Opt::SEED,
        Opt("log FILE.csv", "", "write the training curves, of the first rule, to this file"),
        Opt::QUIET,
        Opt::UNICODE,
    ],
};

/// The gates are trained this many iterations before the next rows are logged.
const PART: usize = 50 * AVERAGED;

fn main() -> ExitCode {
    APP.run(logic_gates)
}

fn logic_gates(options: &Options, out: &mut dyn Write) -> Outcome {
    let rules: &[Rule] = options.choice(
        "rule",
        &[
            ("published", &[Rule::Published][..]),
            ("l2", &[Rule::L2]),
            ("both", &[Rule::Published, Rule::L2]),
            ("off", &[Rule::Off]),
        ],
    )?;
    let settings = Settings {
        iterations: options.get("iterations", 1..=1_000_000_000)?,
        rate: options.get("rate", ABOVE_0)?,
        lambda: options.get("lambda", 0.0..)?,
        loss: options
            .choice("loss", &[("entropy", Loss::CrossEntropy), ("squared", Loss::Squared)])?,
    };
    let Settings { iterations, rate, lambda, loss } = settings;
    let (seed, style) = (options.seed()?, options.style);
    let mut log = Log::create(options.text("log"), "iteration,and,or,not,xor", 0)?;
    let steps = Count(iterations, "iteration");
    writeln!(out, "OneNet learns the logic gates: {steps} on all rows of the truth table,")?;
    let squared = if loss == Loss::Squared { ", squared error" } else { "" };
    writeln!(out, "rate {}, lambda {}{squared}, seed {seed}", shortest(rate), shortest(lambda))?;

    let mut learned = Ok(());
    for (i, &rule) in rules.iter().enumerate() {
        let gates: &[&Gate] = match rule {
            Rule::Published => &[&AND_2, &AND, &OR, &NOT, &XOR],
            _ => &[&AND, &OR, &NOT, &XOR],
        };
        let mut nets: Vec<_> = gates.iter().map(|gate| Training::new(gate, loss, seed)).collect();
        let progress = Progress::new("iteration", 1..=iterations, options.quiet());
        for start in (1..=iterations).step_by(PART) {
            let part = start..(start + PART).min(iterations + 1);
            // The gates are independent, so each has a thread.
            let train = |net: &mut Training| Ok(net.steps(part.clone(), rule, settings));
            let ends = share(nets.iter_mut(), gates.len(), train)?;
            if i == 0 {
                write_rows(&nets, part.clone(), &mut log)?;
            }
            ends.into_iter().collect::<Result<(), _>>()?;
            progress.add(part.len() as f64, "")?;
        }
        drop(progress);
        learned = learned.and_then(|()| {
            nets.iter().try_for_each(|net| check_learned(net.gate.name, net.first, net.loss(loss)))
        });
        let (xor, trained) = nets.split_last().expect("XOR is the last");

        writeln!(out, "\n{}\n", report::describe(rule))?;
        let published = rule == Rule::Published && settings == Settings::PUBLISHED;
        writeln!(out, "{}", report::labels(trained, published, style))?;
        writeln!(out, "{}", report::parameters(trained, published, style))?;
        if i > 0 {
            continue;
        }
        let plain = &trained[trained.len() - 3..];
        if !options.quiet() {
            let curves = plain.iter().chain([xor]).map(|net| (net.gate.name, &net.losses[..]));
            let curves: Vec<_> = curves.collect();
            writeln!(out, "{}", chart(["loss", "iteration"], iterations, &curves, style))?;
            let maps = [&plain[0], &plain[1]].map(|gate| report::decision_map(gate, style));
            writeln!(out, "{}", beside(&maps, style.width))?;
        }
        let p: Vec<String> = xor.p().iter().map(|&p| fixed(p, 3)).collect();
        writeln!(out, "XOR, the same way: p(y=1) = {}. No line separates its", p.join(" "))?;
        writeln!(out, "labels, so one layer cannot learn it. Two can: cargo run -p xor")?;
    }
    if loss == Loss::Squared {
        writeln!(out, "\n{}", report::saturated(style, options.quiet()))?;
    }
    Ok(learned?)
}

/// Logs what these iterations added to the losses of AND, OR, NOT and XOR, up to where a gate
/// diverged.
fn write_rows(nets: &[Training], part: Range<usize>, log: &mut Log) -> Outcome {
    let logged = &nets[nets.len() - 4..];
    let rows = logged.iter().map(|net| net.losses.len()).min().unwrap_or(0);
    for row in part.start / AVERAGED..rows {
        let losses = logged.iter().map(|net| net.losses[row]);
        let iteration = ((row + 1) * AVERAGED).min(part.end - 1) as f64;
        log.row(&[iteration].into_iter().chain(losses).collect::<Vec<_>>())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
