use super::*;

const AS_PUBLISHED: Settings =
    Settings { hidden: 6, iterations: 10_000, rate: 0.1, lambda: 1e-3, printed_update: false };

fn successes(settings: Settings) -> usize {
    let runs = train_many(settings, 0, 20, true).unwrap();
    assert_eq!(runs.len(), 20);
    runs.iter().filter(|run| run.accuracy == 1.0).count()
}

#[test]
fn help_fits_the_screen() {
    APP.assert_help_fits();
}

#[test]
fn the_default_seed_learns_xor() {
    let output = APP.output(&[], xor);
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
    let output = APP.output(&["--seeds", "20"], xor);
    assert!(output.contains("\nseed 1: 50.00 %, loss 0.693: 5 of 6 relus are dead\n"), "{output}");
    assert!(output.ends_with("\n17 of 20 seeds reach a training accuracy of 100 %\n"), "{output}");
    for (args, why) in [
        (&["--seed", "1"][..], "5 of 6 relus are dead"),
        (&["--hidden", "1"], "the hidden units tell too few rows apart"),
        // Dead relus are not why these runs fail.
        (&["--iterations", "100"], "the loss has hardly left ln 2, where all runs start"),
        (&["--iterations", "500"], "the loss is still falling, so it needs more --iterations"),
    ] {
        let output = APP.output(args, xor);
        assert!(output.contains(&format!("\nthis run failed: {why}\n")), "{output}");
    }
}

#[test]
fn the_printed_update_fails_more_often() {
    assert!(successes(Settings { printed_update: true, ..AS_PUBLISHED }) < 15);
}

#[test]
fn several_seeds_are_the_single_seeds() {
    let runs = train_many(AS_PUBLISHED, 3, 5, true).unwrap();
    assert_eq!(runs[4].net, train(AS_PUBLISHED, 7, |_, _| ()).unwrap().net);
}

#[test]
fn a_loss_that_is_not_finite_stops_the_run() {
    let error =
        train(Settings { rate: 1e200, ..AS_PUBLISHED }, 0, |_, _| ()).err().unwrap().to_string();
    assert_eq!(error, "iteration 2: the loss is NaN; a smaller --rate usually helps");
}
