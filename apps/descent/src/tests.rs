use super::*;
use common::{assert_help_fits, output_of};
use nets::descent::Rule;
use sweep::{RULES, rates, spread, sweep};

#[path = "../../console/tests/common/mod.rs"]
mod common;

#[test]
fn help_fits_the_screen() {
    assert_help_fits(&APP);
}

/// The cells of the row of a table.
fn row<'a>(output: &'a str, name: &str) -> Vec<&'a str> {
    let line = output.lines().rfind(|line| line.trim_start().starts_with(name));
    line.unwrap_or_else(|| panic!("no {name} in\n{output}"))
        .split("  ")
        .map(str::trim)
        .filter(|cell| !cell.is_empty())
        .collect()
}

#[test]
fn on_the_quadratic_steps_are_those_that_are_derived() {
    let output = quadratic::pictures(console::Style::plain());
    // 0.5 · 25 y² and 0.5 x² shrink by the square of the factor, from 0.5 · (1 + 25 · 0.49) on.
    let steps = (1e-6_f64 / 6.625).ln() / (2.0 * (24.0_f64 / 26.0).ln());
    assert_eq!(
        row(&output, "plain, rate 0.0769"),
        ["plain, rate 0.0769", &format!("{:.0}", steps.ceil())]
    );
    assert_eq!(output.matches('S').count(), 1 + 4, "{output}");
}

#[test]
fn newton_ends_where_the_gradient_does_and_the_curvatures_are_eigenvalues() {
    let flowers = datasets::iris(&datasets::iris_path()).unwrap();
    for standard in [false, true] {
        let bed = iris::Bed::new(&flowers, standard, 0);
        let (net, x) = (&bed.minimum, &bed.x);
        let grads = net.backward(x, &net.forward(x), &bed.y);
        let dw = grads.dw.zip_map(&net.w, |dw, w| dw + iris::LAMBDA * w);
        let slope = (dw.norm_squared() + grads.db.norm_squared()).sqrt();
        assert!(slope < 1e-12, "{slope}");
        // The trace is the sum of all eigenvalues, none of which is negative.
        let h = nets::newton::hessian(net, x, iris::LAMBDA);
        let ([least, most], trace) = (bed.curvatures(), (0..h.rows()).map(|i| h[(i, i)]).sum());
        assert!(
            0.0 < least && least < most && most < trace && trace < 14.0 * most,
            "{least} {most} {trace}"
        );
    }
    let bed = iris::Bed::new(&flowers, true, 0);
    assert!((bed.curvatures()[0] / 2e-4 - 1.0).abs() < 1e-9);
}

#[test]
fn a_rate_beyond_the_edge_never_comes_near() {
    let flowers = datasets::iris(&datasets::iris_path()).unwrap();
    let bed = iris::Bed::new(&flowers, true, 0);
    let edge = 2.0 / bed.curvatures()[1];
    let reaches = |factor: f64| {
        bed.run(Rule::Plain, factor * edge, 5000).is_some_and(|run| run.steps[1].is_some())
    };
    assert_eq!([0.9, 1.1].map(reaches), [true, false]);
}

#[test]
fn standardising_makes_every_rule_faster() {
    let output = output_of(&APP, &["--seeds", "1", "--iterations", "3000", "--quiet"], descent);
    let rows: Vec<&str> = output.lines().filter(|line| line.starts_with("plain")).collect();
    assert!(rows[0].contains("> 3000") && !rows[1].contains("> 3000"), "{output}");
}

#[test]
fn a_run_of_xor_is_as_long_as_it_takes() {
    let run = |rule, rate, seed| xor::run_one(rule, rate, seed, 10_000);
    assert!(
        run(Rule::Momentum(0.9), 1.0, 0).steps.unwrap() < run(Rule::Plain, 0.5, 0).steps.unwrap()
    );
    // Five of six units of seed 1 are dead.
    assert_eq!(run(Rule::Plain, 0.5, 1).steps, None);
}

#[test]
fn each_rule_has_the_rate_whose_runs_cost_least_together() {
    let rates = rates(-1, 4);
    assert_eq!(rates, [0.1, 0.2, 0.5, 1.0]);
    // The sum over the starts 10 and 20: plain is cheapest at 0.2, momentum 0.9 at 0.5, of equals the smaller;
    // each rate of momentum 0.99 but the last diverges from a start, and all of Adam's.
    let cost = |rule: Rule, rate: f64, start: &f64, _: f64| match rule {
        Rule::Plain => Some((rate - 0.2).abs() * start),
        Rule::Momentum(0.9) => Some(if rate == 0.1 { 1.0 + start } else { 30.0 - start }),
        Rule::Momentum(_) => (rate == 1.0 || *start == 10.0).then_some(rate * start),
        Rule::Adam => None,
    };
    // A cost that is more than the limit need not be known.
    let limited = |rule, rate, start: &f64, limit| {
        cost(rule, rate, start, limit).filter(|cost| *cost <= limit)
    };
    let starts = [10.0, 20.0];
    for best in [sweep(&rates, &starts, true, cost), sweep(&rates, &starts, true, limited)] {
        let expected = RULES.into_iter().zip([0.2, 0.2, 1.0, 0.1]);
        let expected: Vec<_> = expected.map(|((name, rule), rate)| (name, rule, rate)).collect();
        assert_eq!(best.unwrap(), expected);
    }
}

#[test]
fn a_spread_is_the_median_and_both_ends() {
    let of = |steps: &[Option<usize>]| spread(steps.to_vec(), 100);
    assert_eq!(of(&[Some(7), Some(3), Some(5)]), ["5", "3 to 7"]);
    assert_eq!(of(&[Some(7), None, Some(3), Some(5)]), ["7", "3 to > 100"]);
    assert_eq!(of(&[None, None, Some(5)]), ["> 100", "5 to > 100"]);
    assert_eq!(of(&[Some(5), Some(5)]), ["5", "5"]);
}

#[test]
fn steps_are_counted_until_j_is_near_its_minimum() {
    let flowers = datasets::iris(&datasets::iris_path()).unwrap();
    let bed = iris::Bed::new(&flowers, true, 3);
    let run = bed.run(Rule::Plain, 10.0, 10_000).unwrap();
    // Plain descent is what the net's own update does.
    let (x, y, mut net) = (&bed.x, &bed.y, bed.start.clone());
    let mut above = Vec::new();
    for _ in 0..=run.steps[1].unwrap() {
        let acts = net.forward(x);
        above.push(net.loss(&acts, y, 2e-4) - bed.least);
        let grads = net.backward(x, &acts, y);
        net.update(&grads, 10.0, 2e-4);
    }
    assert_eq!(run.steps, [1e-3, 1e-6].map(|goal| above.iter().position(|j| *j < goal)));
    let short = bed.run(Rule::Plain, 10.0, 200).unwrap();
    assert_eq!((short.steps, short.above), ([run.steps[0], None], above[200]));
    // A run that stops short costs the more, the further above it is, and always more than one that does not.
    assert_eq!(run.cost(10_000), run.steps[1].unwrap() as f64);
    let slow = bed.run(Rule::Plain, 1.0, 200).unwrap();
    assert!(200.0 < short.cost(200) && short.cost(200) < slow.cost(200));
}

#[test]
fn a_table_has_the_runs_of_each_rule_at_its_best_rate() {
    let args = ["--seeds", "2", "--iterations", "300", "--seed", "5", "--quiet"];
    let output = output_of(&APP, &args, descent);
    let flowers = datasets::iris(&datasets::iris_path()).unwrap();
    let beds = [5, 6].map(|seed| iris::Bed::new(&flowers, true, seed));
    for (name, rule) in RULES {
        let cost = |rate: f64| -> f64 {
            let runs = beds.iter().map(|bed| bed.run(rule, rate, 300));
            runs.map(|run| run.map_or(f64::INFINITY, |run| run.cost(300))).sum()
        };
        let row = row(&output, &format!("{name} "));
        let rate: f64 = row[1].parse().unwrap();
        assert!(rates(-1, 8).into_iter().all(|other| cost(rate) <= cost(other)), "{name}: {rate}");
        let runs = [0, 1].map(|i| beds[i].run(rule, rate, 300).unwrap());
        let steps =
            [0, 1].map(|goal| spread(runs.iter().map(|run| run.steps[goal]).collect(), 300));
        let left = runs[0].above.max(runs[1].above);
        let left = if left < 1e-6 { "-".to_string() } else { format!("{left:.1e}") };
        assert_eq!(row[2..], [&steps[0][..], &steps[1][..], &[left]].concat(), "{output}");
    }
    let newton = [1e-3, 1e-6].map(|goal| {
        let of = |bed: &iris::Bed| bed.newton.iter().position(|j| j - bed.least < goal);
        spread(beds.iter().map(of).collect(), 20)
    });
    assert_eq!(row(&output, "Newton")[2..6], newton.concat());
}

#[test]
fn dead_relus_are_counted_at_both_ends() {
    // Of 20 seeds' 120 units 37 are dead at the start; 3 of them live at the end of momentum 0.99's runs.
    let runs: Vec<_> =
        (0..20).map(|seed| xor::run_one(Rule::Momentum(0.99), 0.2, seed, 10_000)).collect();
    let a0 = matrix::Matrix::from_rows([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
    for (seed, run) in runs.iter().enumerate() {
        let net = nets::TwoNet::<f64>::new([2, 6, 2], &mut matrix::Rng::new(seed as u64));
        let z1 = net.forward(&a0).z1;
        let largest = |unit| (0..4).map(|row| z1[(row, unit)]).fold(f64::MIN, f64::max);
        assert_eq!(run.dead, (0..6).filter(|&unit| largest(unit) < 0.0).count(), "seed {seed}");
        assert!(run.revived <= run.dead);
    }
    assert_eq!(runs.iter().map(|run| run.revived).sum::<usize>(), 3);
}

#[test]
fn the_table_of_xor_has_the_seeds_that_learn() {
    let args = ["--on", "xor", "--seeds", "3", "--iterations", "150", "--quiet"];
    let output = output_of(&APP, &args, descent);
    for (name, rule) in RULES {
        let row = row(&output, &format!("{name} "));
        let runs = |rate| [0, 1, 2].map(|seed| xor::run_one(rule, rate, seed, 150).steps);
        let found = runs(row[1].parse().unwrap());
        let learned = found.iter().flatten().count().to_string();
        assert_eq!(row[2..5], [&[learned][..], &spread(found.to_vec(), 150)].concat(), "{output}");
        // A seed that does not learn costs as much as ten long runs.
        let cost =
            |steps: [Option<usize>; 3]| steps.map(|s| s.unwrap_or(1500)).iter().sum::<usize>();
        assert!(rates(-3, 12).into_iter().all(|rate| cost(found) <= cost(runs(rate))), "{output}");
    }
    // Plain descent is what the net's own update does.
    let mut net = nets::TwoNet::<f64>::new([2, 6, 2], &mut matrix::Rng::new(0));
    let a0 = matrix::Matrix::from_rows([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
    let y = matrix::Matrix::one_hot(&[0, 1, 1, 0], 2);
    let mut steps = 0;
    while nets::TwoNet::data_loss(&net.forward(&a0), &y) >= 0.1 {
        let grads = net.backward(&a0, &net.forward(&a0), &y);
        net.update(&grads, 0.5, 1e-3);
        steps += 1;
    }
    assert_eq!(xor::run_one(Rule::Plain, 0.5, 0, 10_000).steps, Some(steps));
}

#[test]
fn the_loss_of_digits_is_the_mean_of_the_last_epoch() {
    let mut rng = matrix::Rng::new(1);
    let pixels = (0..600 * 4).map(|_| rng.below(256) as u8).collect();
    let labels = (0..600).map(|_| rng.below(10)).collect();
    let images = datasets::Images { rows: 2, cols: 2, pixels, labels, classes: 10, first_label: 0 };
    let (loss, trained) = mnist::train(&images, Rule::Plain, 0.5, 2, 7).unwrap();
    let mut net = nets::ThreeNet::<f32>::new([4, 200, 80, 10], &mut matrix::Rng::new(7));
    let mut losses = Vec::new();
    for start in [0, 256, 0, 256] {
        let batch = start..start + 256;
        let (a0, y) = (images.to_matrix(batch.clone(), 255.0), images.one_hot(batch));
        let acts = net.forward(&a0);
        losses.push(f64::from(nets::ThreeNet::data_loss(&acts, &y)));
        let grads = net.backward(&a0, &acts, &y);
        net.update(&grads, 0.5, 1e-3);
    }
    assert!(trained == net && loss == (losses[2] + losses[3]) / 2.0, "{loss}: {losses:?}");
    let probs = net.forward(&images.to_matrix(0..600, 255.0)).probs;
    let predicted = nets::metrics::predictions(&probs).into_iter().zip(&images.labels);
    let right = predicted.filter(|&(p, &label)| p == label).count();
    assert_eq!(mnist::test(&net, &images), right as f64 / 600.0);
    assert!(mnist::train(&images, Rule::Plain, 1e30, 2, 7).is_none(), "NaN is no loss");
}
