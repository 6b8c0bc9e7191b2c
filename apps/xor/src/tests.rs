use super::*;
use common::{answer_of, assert_help_fits, output_of};
use std::fs;

#[path = "../../console/tests/common/mod.rs"]
mod common;

const AS_PUBLISHED: Settings = Settings::PUBLISHED;

fn successes(settings: Settings) -> usize {
    let runs = train_many(settings, 0, 20, true).unwrap();
    assert_eq!(runs.len(), 20);
    runs.iter().filter(|run| run.accuracy == 1.0).count()
}

#[test]
fn help_fits_the_screen() {
    assert_help_fits(&APP);
}

#[test]
fn the_default_seed_learns_xor() {
    let output = output_of(&APP, &[], xor);
    let end = "predict: [0, 1, 1, 0]\ntraining accuracy: 100.00 %   (published: 100.00 %)\n";
    assert!(output.ends_with(end), "{output}");
}

#[test]
fn six_units_learn_mostly_and_thirty_always() {
    assert_eq!(successes(AS_PUBLISHED), 17);
    assert_eq!(successes(Settings { hidden: 30, ..AS_PUBLISHED }), 20);
}

#[test]
fn failed_runs_are_named_for_what_they_are() {
    let output = output_of(&APP, &["--seeds", "20"], xor);
    assert!(output.contains("\nseed 1: 50.00 %, loss 0.693: 5 of 6 relus are dead\n"), "{output}");
    assert!(output.contains("\n17 of 20 seeds reach a training accuracy of 100 %\n"), "{output}");
    for (args, why) in [
        (&["--seed", "1"][..], "5 of 6 relus are dead"),
        (&["--hidden", "1"], "the hidden units tell too few rows apart"),
        // Dead relus are not why these runs fail.
        (&["--iterations", "100"], "still near ln 2, where p is 0.5 for every row"),
        (&["--iterations", "500"], "still falling: it needs more --iterations"),
    ] {
        let output = output_of(&APP, args, xor);
        assert!(output.contains(&format!("\nthis run failed: {why}\n")), "{output}");
    }
}

#[test]
fn the_printed_update_fails_more_often() {
    assert_eq!(successes(Settings { printed_update: true, ..AS_PUBLISHED }), 9);
}

#[test]
fn several_seeds_are_the_single_seeds() {
    let runs = train_many(AS_PUBLISHED, 3, 5, true).unwrap();
    assert_eq!(runs[4].net, train(AS_PUBLISHED, 7, |_, _| Ok(())).unwrap().net);
}

#[test]
fn the_printed_update_shrinks_the_bias_by_the_rate_and_does_nothing_else_to_it() {
    let settings = Settings { printed_update: true, iterations: 20, ..AS_PUBLISHED };
    let mut b2 = TwoNet::new([2, 6, 2], &mut Rng::new(3)).b2;
    for _ in 0..settings.iterations {
        b2 = b2 * (1.0 - settings.rate);
    }
    assert_eq!(train(settings, 3, |_, _| Ok(())).unwrap().net.b2, b2);
}

#[test]
fn published_figures_stand_beside_the_published_run_alone() {
    for (args, is_published) in [
        (&["--seed", "2", "--threads", "1"][..], true),
        (&["--hidden", "30", "--rate", "0.10"], true),
        (&["--hidden", "7"], false),
        (&["--printed-update"], false),
        (&["--iterations", "9999"], false),
        (&["--lambda", "0"], false),
    ] {
        let (output, _) = answer_of(&APP, &[args, &["--quiet"]].concat(), xor);
        assert_eq!(output.contains("published"), is_published, "{args:?}\n{output}");
    }
}

/// The log of a run with these options, and how the run ends.
fn log(name: &str, args: &[&str]) -> (String, Outcome) {
    let path = std::env::temp_dir().join(format!("xor-{name}-{}.csv", std::process::id()));
    let args = [args, &["--quiet", "--log", path.to_str().unwrap()]].concat();
    let (_, outcome) = answer_of(&APP, &args, xor);
    let log = fs::read_to_string(&path).unwrap();
    fs::remove_file(path).unwrap();
    (log, outcome)
}

#[test]
fn a_run_that_diverges_says_where_and_has_its_log() {
    let (log, outcome) = log("diverged", &["--rate", "1e200"]);
    let expected = "iteration 2: the loss is NaN; a smaller --rate usually helps";
    assert_eq!(outcome.unwrap_err().to_string(), expected);
    let rows: Vec<&str> = log.lines().collect();
    assert_eq!((rows.len(), rows[0], rows[2]), (3, "iteration,loss", "2,NaN"));
}

#[test]
fn a_last_step_that_goes_wrong_is_an_error_too() {
    let (_, outcome) = answer_of(&APP, &["--rate", "1e200", "--iterations", "1"], xor);
    let error = outcome.unwrap_err().to_string();
    assert!(error.starts_with("after the last iteration: the loss is "), "{error}");
}

#[test]
fn the_decay_is_blamed_where_it_did_it() {
    let (_, outcome) = answer_of(&APP, &["--lambda", "1e9"], xor);
    let error = outcome.unwrap_err().to_string();
    assert!(error.ends_with("; a smaller --lambda usually helps"), "{error}");
}

#[test]
fn a_net_that_ends_worse_than_it_began_is_a_failure() {
    let (output, outcome) = answer_of(&APP, &["--rate", "1e6", "--iterations", "3"], xor);
    assert!(output.contains("training accuracy: 50.00 %\n"), "{output}");
    let error = outcome.unwrap_err().to_string();
    assert!(error.starts_with("TwoNet has not learned: its loss rose from 0.6931 to "), "{error}");
}

#[test]
fn one_iteration_is_singular() {
    let output = output_of(&APP, &["--iterations", "1", "--quiet"], xor);
    assert!(output.starts_with("TwoNet learns XOR: 2-6-2, 1 iteration on all four rows,\n"));
}

#[test]
fn relus_born_dead_stay_dead_and_fewer_alive_fail_more_often() {
    let output = output_of(&APP, &["--seeds", "20", "--quiet"], xor);
    let runs = train_many(Settings::PUBLISHED, 0, 20, true).unwrap();
    let born: usize = runs.iter().flat_map(|run| &run.born_dead).filter(|&&dead| dead).count();
    assert!(born > 0);
    let line = format!("\n{born} of 120 relus are dead at the start; later ");
    assert!(output.contains(&line) && output.contains(" die and 0 revive\n"), "{output}");
    let table: Vec<Vec<usize>> = output
        .lines()
        .skip_while(|line| !line.starts_with("-----"))
        .skip(1)
        .map(|line| line.split_whitespace().map(|word| word.parse().unwrap()).collect())
        .collect();
    let sum = |column: usize| table.iter().map(|row| row[column]).sum::<usize>();
    assert_eq!((sum(1), sum(2)), (20, 17), "{output}");
    let alive: usize = table.iter().map(|row| row[0] * row[1]).sum();
    assert_eq!(alive, 120 - born, "{output}");
}

#[test]
fn no_run_learns_from_zero_or_from_equal_weights() {
    let output = output_of(&APP, &["--compare-init", "--seeds", "4"], xor);
    for (start, right) in [("small", 3), ("he", 4), ("zero", 0), ("equal", 0)] {
        let row = output.lines().find(|line| line.starts_with(start)).unwrap();
        assert!(row.ends_with(&format!("  {right} of 4")), "{output}");
    }
    let single = train(Settings { init: Init::Equal, ..Settings::PUBLISHED }, 0, |_, _| Ok(()));
    let w1 = single.unwrap().net.w1;
    assert!(w1.iter_rows().all(|row| row.iter().all(|w| *w == row[0])), "{w1:?}");
}
