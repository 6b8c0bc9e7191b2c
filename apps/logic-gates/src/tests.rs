use super::*;

/// Trains under a rule as the app does by default.
fn trained(gate: &'static Gate, rule: Rule, seed: u64) -> Trained {
    train(gate, rule, 200_000, 1e-3, 1e-3, seed).unwrap()
}

fn assert_near(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (f, e) in found.iter().zip(expected) {
        assert!((f - e).abs() < 0.001, "{found:?}, expected {expected:?}");
    }
}

#[test]
fn help_fits_the_screen() {
    APP.assert_help_fits();
}

#[test]
fn the_output_leads_to_xor() {
    let output = APP.output(&["--iterations", "1000"], logic_gates);
    assert!(output.contains("\nXOR, the same way: p(y=1) = 0.5"), "{output}");
    assert!(output.contains("Two can: cargo run -p xor\n"), "{output}");
    assert_eq!(output.matches("NOT   (1)").count(), 1, "{output}"); // under L2
}

#[test]
fn the_published_rule_gives_the_published_numbers() {
    for (gate, seed) in [(&AND_2, 1), (&OR, 2), (&NOT, 3)] {
        let trained = trained(gate, Rule::Published, seed);
        let known = gate.published.as_ref().unwrap();
        // Where the two outputs of AND end depends a little on where they start.
        let b = known.b.iter().sum::<f64>() / gate.outputs as f64;
        for k in 0..gate.outputs {
            let w: Vec<f64> = trained.net.w1.iter_rows().map(|row| row[k]).collect();
            assert_near(&w, known.w[k]);
            assert_near(&[trained.net.b1[(0, k)]], &[b]);
        }
        assert_near(&trained.p, known.p);
    }
}

#[test]
fn the_other_rules_give_the_numbers_of_numpy() {
    let and = |rule| trained(&AND, rule, 4);
    assert_near(and(Rule::Published).net.w1.as_slice(), &[3.884, 3.884]);
    assert_near(and(Rule::Published).net.b1.as_slice(), &[-6.093]);
    assert_near(and(Rule::L2).net.w1.as_slice(), &[4.0526, 4.0526]);
    assert_near(&and(Rule::L2).p, &[0.00181, 0.09454, 0.09454, 0.85731]);
    assert_near(trained(&OR, Rule::Off, 5).net.w1.as_slice(), &[5.3599, 5.3597]);
}

#[test]
fn one_layer_cannot_learn_xor() {
    assert_near(&trained(&XOR, Rule::Off, 6).p, &[0.5; 4]);
}

#[test]
fn a_loss_that_is_not_finite_stops_the_run() {
    let error = train(&OR, Rule::L2, 1000, 1e300, 1.0, 0).err().unwrap().to_string();
    assert_eq!(error, "OR, iteration 3: the loss is NaN; a smaller --rate usually helps");
}
