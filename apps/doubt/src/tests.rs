use super::*;
use common::{assert_help_fits, output_of};
use datasets::{Images, Iris};
use digits::Said;
use matrix::Matrix;
use nets::SoftmaxRegression;
use nets::metrics::predictions;

#[path = "../../console/tests/common/mod.rs"]
mod common;

#[test]
fn help_fits_the_screen() {
    assert_help_fits(&APP);
}

#[test]
fn a_shift_moves_every_pixel_and_lets_nothing_in() {
    let a0 = Matrix::from_rows([[1.0, 2.0, 3.0, 4.0]]);
    let moved = |by| unlike::shifted(&a0, 2, by);
    assert_eq!(moved([0, 0]), a0);
    assert_eq!(moved([1, 0]), Matrix::from_rows([[0.0, 0.0, 1.0, 2.0]]));
    assert_eq!(moved([-1, 0]), Matrix::from_rows([[3.0, 4.0, 0.0, 0.0]]));
    assert_eq!(moved([0, 1]), Matrix::from_rows([[0.0, 1.0, 0.0, 3.0]]));
    assert_eq!(moved([0, -1]), Matrix::from_rows([[2.0, 0.0, 4.0, 0.0]]));
}

/// The cells of the rows of a table, from the one that starts with `first` on.
fn rows<'a>(output: &'a str, first: &str) -> Vec<Vec<&'a str>> {
    let lines = output.lines().skip_while(|line| !line.trim_start().starts_with(first));
    let lines = lines.take_while(|line| !line.trim().is_empty());
    let cells = |line: &'a str| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty());
    lines.map(|line| cells(line).collect()).collect()
}

/// A set of images of 28 × 28 pixels.
fn set(pixels: Vec<u8>, labels: Vec<usize>) -> Images {
    Images { rows: 28, cols: 28, pixels, labels, classes: 10, first_label: 0 }
}

/// Images of noise with labels that have nothing to do with it, so that a net can only learn them by heart.
fn by_heart(n: usize) -> Images {
    let mut rng = Rng::new(1);
    let pixels = (0..784 * n).map(|_| rng.below(256) as u8).collect();
    set(pixels, (0..n).map(|_| rng.below(10)).collect())
}

/// A net whose weights are so large that there is no plateau.
fn ready_to_learn() -> ThreeNet<f32> {
    let mut net = ThreeNet::<f32>::new([784, 20, 10, 10], &mut Rng::new(3));
    net.w2 = net.w2.map(|w| 10.0 * w);
    net.w3 = net.w3.map(|w| 10.0 * w);
    net
}

/// A net that looks at one pixel: the scores of class 1 and of class 0 are `slope` × pixel + `bias` and 0, those
/// of the others so low that they have no probability.
fn of_one_pixel(pixel: usize, slope: f32, bias: f32) -> ThreeNet<f32> {
    let unit =
        |rows, cols, at, x| Matrix::from_fn(rows, cols, |i, j| if (i, j) == at { x } else { 0.0 });
    ThreeNet {
        w1: unit(784, 2, (pixel, 0), slope),
        b1: Matrix::zeros(1, 2),
        w2: unit(2, 2, (0, 0), 1.0),
        b2: Matrix::zeros(1, 2),
        w3: unit(2, 10, (0, 1), 1.0),
        b3: Matrix::from_fn(1, 10, |_, k| [0.0, bias, -100.0][k.min(2)]),
    }
}

#[test]
fn what_is_said_of_digits_is_what_the_net_says_of_each() {
    let images = by_heart(2345);
    let net = ThreeNet::<f32>::new([784, 20, 10, 10], &mut Rng::new(2));
    let digits = Digits { images: &images, range: 45..2345 };
    let said = digits.evaluate(&net);
    let (a0, y) = (images.to_matrix::<f32>(45..2345, 1.0), images.one_hot::<f32>(45..2345));
    let acts = net.forward(&a0);
    let predicted = predictions(&acts.probs);
    let right = (0..2300).filter(|&i| y[(i, predicted[i])] == 1.0).count();
    let sure: f64 = (0..2300).map(|i| f64::from(acts.probs[(i, predicted[i])])).sum();
    let near = |a: f64, b: f64| (a - b).abs() < 1e-5 * b;
    assert!(near(said.loss, ThreeNet::data_loss(&acts, &y).into()), "{}", said.loss);
    assert_eq!(said.accuracy, right as f64 / 2300.0);
    assert!(near(said.confidence(), sure / 2300.0), "{}", said.confidence());
    assert_eq!(digits.uncertain(0.5), "50.00 % ± 1.04 %");
}

#[test]
fn the_net_of_the_lowest_validation_loss_is_kept() {
    let images = by_heart(700);
    let [training, validation] = [0..500, 500..700].map(|range| Digits { images: &images, range });
    let start = ready_to_learn();
    let mut nets = None;
    let output = output_of(&APP, &["--quiet"], |options, out| {
        nets = Some(train_and_validate(start.clone(), &training, &validation, 45, options, out)?);
        Ok(())
    });
    // The same by hand: 256 of the 500 images are a batch, and 244 are left over.
    let (mut net, mut all) = (start, Vec::new());
    let (a0, y) = (images.to_matrix(0..256, 1.0), images.one_hot(0..256));
    let loss = |net: &ThreeNet<f32>, range: std::ops::Range<usize>| {
        let acts = net.forward(&images.to_matrix(range.clone(), 1.0));
        f64::from(ThreeNet::data_loss(&acts, &images.one_hot(range)))
    };
    for _ in 0..45 {
        let grads = net.backward(&a0, &net.forward(&a0), &y);
        net.update(&grads, 1e-3, 1e-3);
        all.push((loss(&net, 500..700), net.clone()));
    }
    let best = (0..45).min_by(|&i, &j| all[i].0.total_cmp(&all[j].0)).unwrap();
    assert!((1..44).contains(&best), "the lowest is not at an end: {best}");
    let [last, kept] = nets.unwrap();
    assert!(last == net && kept == all[best].1);
    assert!(output.ends_with(&format!("after epoch {}\n", best + 1)), "{output}");
    let rows = rows(&output, "1 ");
    let epochs: Vec<_> = rows.iter().map(|row| row[0]).collect();
    assert_eq!(epochs, ["1", "10", "20", "40", "45"]);
    for (row, epoch) in rows.iter().zip([1, 10, 20, 40, 45]) {
        let (validated, net) = &all[epoch - 1];
        let accuracy = validation.evaluate(net).accuracy;
        let expected = [fixed(loss(net, 0..500), 4), fixed(*validated, 4), percent(accuracy)];
        assert_eq!(row[1..], expected, "epoch {epoch}");
    }
}

#[test]
fn answers_are_counted_by_confidence() {
    let right = [(0.3, true), (0.4, false), (0.5, true), (0.9, true), (0.95, false), (0.98, true)];
    let sure: Vec<(f64, bool)> = right.into_iter().chain([(1.0, true), (0.99995, false)]).collect();
    let said = Said::new(0.0, sure);
    assert_eq!(said.accuracy, 5.0 / 8.0);
    let expected = "\
confidence        images      mean     right  0 to 100 %, | mean, * right
-----------------------------------------------------------------------------
0.0 to 50.0 %          2   35.00 %   50.00 %  ...........|...*...............
50.0 to 70.0 %         1   50.00 %  100.00 %  ...............|..............*
90.0 to 99.0 %         3   94.33 %   66.67 %  ....................*.......|..
100.0 to 100.0 %       2  100.00 %   50.00 %  ...............*..............|
";
    assert_eq!(said.reliability(Style::plain()), expected);
    assert!((said.confidence() - 6.02995 / 8.0).abs() < 1e-9);
}

#[test]
fn noise_is_counted_as_the_net_reads_it() {
    let net = of_one_pixel(5, 6.0 / 255.0, -2.0);
    let table = unlike::noise(&net, &mut Rng::new(4), Style::plain());
    let mut rng = Rng::new(4);
    let pixels: Vec<usize> = (0..784_000).map(|_| rng.below(256)).collect();
    let each: Vec<f64> = pixels.iter().skip(5).step_by(784).map(|&x| x as f64).collect();
    let fifth = each.iter().map(|&x| if x < 48.64 { 255.0 } else { 0.0 }).collect();
    for (row, pixels) in rows(&table, "each pixel").iter().zip([each, fifth]) {
        let p: Vec<f64> =
            pixels.iter().map(|x| 1.0 / (1.0 + (2.0 - 6.0 * x / 255.0).exp())).collect();
        let confidence: Vec<f64> = p.iter().map(|p| p.max(1.0 - p)).collect();
        let share = |count: usize| percent(count as f64 / 1000.0);
        let ones = p.iter().filter(|p| **p > 0.5).count();
        let most = if ones > 500 {
            format!("1: {}", share(ones))
        } else {
            format!("0: {}", share(1000 - ones))
        };
        let sure = share(confidence.iter().filter(|p| **p >= 0.9).count());
        assert_eq!(row[1..], [percent(confidence.iter().sum::<f64>() / 1000.0), sure, most]);
    }
}

#[test]
fn shifts_are_the_mean_of_four_directions() {
    // The pixel in row 14, column 14 makes it 90 % sure of a 1; without it, it is 80 % sure of a 0.
    let net = of_one_pixel(14 * 28 + 14, 36.0_f32.ln() / 255.0, -4.0_f32.ln());
    // It is there; it comes by one step to the left; it comes by two steps down, and without it this 1 is read as 0.
    let (places, labels) = ([14 * 28 + 14, 14 * 28 + 15, 12 * 28 + 14], vec![1, 0, 1]);
    let image = |place| (0..784).map(move |p| if p == place { 255 } else { 0 });
    let images = set(places.into_iter().flat_map(image).collect(), labels);
    let table = unlike::shifts(&net, &Digits { images: &images, range: 0..3 }, Style::plain());
    // Four directions of three images: those right, and the losses -ln of 0.9, 0.8, 0.2 and 0.1.
    let [a, b, c, d] = [0.9, 0.8, 0.2, 0.1].map(|p: f64| -p.ln());
    let counted = [
        (8.0, 4.0 * (a + b + c), 0.9 * 4.0 + 0.8 * 8.0),
        (3.0, 8.0 * c + d + 3.0 * b, 0.9 + 0.8 * 11.0),
        (5.0, 7.0 * c + a + 4.0 * b, 0.9 + 0.8 * 11.0),
        (4.0, 8.0 * c + 4.0 * b, 0.8 * 12.0),
        (4.0, 8.0 * c + 4.0 * b, 0.8 * 12.0),
    ];
    let rows = rows(&table, "0 ");
    assert_eq!(rows.len(), 5, "{table}");
    for (by, (row, (right, loss, sure))) in rows.iter().zip(counted).enumerate() {
        let expected =
            [by.to_string(), percent(right / 12.0), fixed(loss / 12.0, 4), percent(sure / 12.0)];
        assert_eq!(row[..], expected);
    }
}

#[test]
fn the_test_table_and_the_diagram_are_of_the_nets_they_name() {
    let images = by_heart(1000);
    let test = Digits { images: &images, range: 0..1000 };
    let [last, best] = [0.02, 0.01].map(|slope| of_one_pixel(300, slope, -2.0));
    let output = judged(&last, &best, &test, &mut Rng::new(6), Style::plain());
    for (name, net) in [("last", &last), ("best", &best)] {
        let said = test.evaluate(net);
        let [loss, confidence] = [fixed(said.loss, 4), percent(said.confidence())];
        let expected = [name, &loss, &test.uncertain(said.accuracy), &confidence];
        assert_eq!(rows(&output, name)[0], expected, "{output}");
    }
    let parts = [
        test.evaluate(&last).reliability(Style::plain()),
        unlike::noise(&last, &mut Rng::new(6), Style::plain()),
        unlike::shifts(&last, &test, Style::plain()),
    ];
    assert!(parts.iter().all(|part| output.contains(part)), "{output}");
}

#[test]
fn few_images_are_learned_with_each_lambda() {
    let images = by_heart(200);
    let [few, validation, test] =
        [0..60, 60..160, 160..200].map(|range| Digits { images: &images, range });
    let start = ready_to_learn();
    let output = output_of(&APP, &["--quiet"], |options, out| {
        few::compare(&start, &few, &validation, &test, 3, options, out)
    });
    let (a0, y) = (images.to_matrix(0..60, 1.0), images.one_hot(0..60));
    let rows = rows(&output, "0 ");
    for (row, lambda) in rows.iter().zip([0.0, 0.01, 0.1, 0.3, 1.0, 2.0, 4.0]) {
        let mut net = start.clone();
        for _ in 0..3 {
            let grads = net.backward(&a0, &net.forward(&a0), &y);
            net.update(&grads, 1e-3, lambda);
        }
        let [few, validated, tested] = [&few, &validation, &test].map(|set| set.evaluate(&net));
        let expected = [
            shortest(lambda),
            fixed(few.loss, 4),
            fixed(validated.loss, 4),
            validation.uncertain(validated.accuracy),
            test.uncertain(tested.accuracy),
        ];
        assert_eq!(row[..], expected);
    }
    assert!(rows.len() == 7 && rows[0][1] != rows[6][1], "{output}");
}

#[test]
fn iris_is_judged_at_the_minimum_of_each_lambda() {
    let flowers = datasets::iris(&datasets::iris_path()).unwrap();
    let (nets, [train, _]) = iris::minima(&flowers, 7);
    let (x, y) = (&train.features, train.one_hot());
    for (net, lambda) in nets.iter().zip(iris::LAMBDAS) {
        let grads = net.backward(x, &net.forward(x), &y);
        let dw = grads.dw.zip_map(&net.w, |dw, w| dw + lambda * w);
        let slope = (dw.norm_squared() + grads.db.norm_squared()).sqrt();
        assert!(slope < 1e-9, "{lambda}: {slope}");
    }
}

#[test]
fn the_table_of_iris_has_the_means_of_the_splits() {
    let said = |loss, right| Said::new(loss, vec![(0.9, right), (0.7, true)]);
    // Each λ has a loss of its own: in one split the first has the lowest, in two the last.
    let losses = |test: [f64; 6]| -> Vec<_> {
        test.map(|loss| [said(2.0 * loss, false), said(loss, loss < 0.3)]).into()
    };
    let splits = [
        losses([0.1, 0.2, 0.3, 0.4, 0.5, 0.6]),
        losses([0.6, 0.5, 0.4, 0.3, 0.2, 0.1]),
        losses([0.4, 0.4, 0.4, 0.4, 0.4, 0.1]),
        losses([0.8; 6]),
    ];
    let table = iris::table(&splits).draw(Style::plain());
    let rows = rows(&table, "0.1 ");
    assert_eq!(rows[0], ["0.1", "0.9500", "0.4750", "2", "1", "62.50 %", "80.00 %"]);
    assert_eq!(rows[3], ["0.0002", "0.9500", "0.4750", "1", "0", "50.00 %", "80.00 %"]);
    assert_eq!(rows[5], ["1e-6", "0.8000", "0.4000", "3", "2", "75.00 %", "80.00 %"]);
}

#[test]
fn what_is_said_of_flowers_is_what_the_net_says_of_each() {
    let net = SoftmaxRegression {
        w: Matrix::from_rows([[1.0, 0.0, 0.0]]),
        b: Matrix::from_rows([[0.0, -1000.0, 0.0]]),
    };
    // Softmax of (ln 4, 0) is (0.8, 0.2), of (ln 1, 0) a tie.
    let features = Matrix::from_rows([[4.0_f64.ln()], [4.0_f64.ln()], [0.0]]);
    let flowers = Iris { features, species: vec![0, 2, 2] };
    let said = iris::said(&net, &flowers);
    let expected = -(0.8_f64.ln() + 0.2_f64.ln() + 0.5_f64.ln()) / 3.0;
    assert!((said.loss - expected).abs() < 1e-12);
    assert!((said.confidence() - (0.8 + 0.8 + 0.5) / 3.0).abs() < 1e-12);
    assert_eq!(said.accuracy, 1.0 / 3.0);
}
