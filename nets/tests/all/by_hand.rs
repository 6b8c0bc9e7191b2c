//! The steps that the chapters compute by hand: the networks compute the same numbers, to the four
//! digits on the page.

use matrix::Matrix;
use nets::gradient_check::central_difference;
use nets::one_net::Rule;
use nets::{OneNet, SoftmaxRegression, ThreeNet, TwoNet};

/// The section "One step by hand" of a chapter, and the numbers that a test has computed for it.
struct Section {
    text: String,
    computed: Vec<f64>,
}

impl Section {
    fn of(chapter: &str) -> Self {
        let path = format!("{}/../docs/{chapter}", env!("CARGO_MANIFEST_DIR"));
        let page = std::fs::read_to_string(path).unwrap();
        let start = page.find("## One step by hand").unwrap();
        let text = page[start..].split("\n## ").next().unwrap().to_string();
        Self { text, computed: Vec::new() }
    }

    /// Asserts that the page has the numbers of `found`, to four digits.
    #[track_caller]
    fn check<const R: usize, const C: usize>(&mut self, found: &Matrix, page: [[f64; C]; R]) {
        assert_eq!(found.shape(), (R, C));
        for (f, p) in found.as_slice().iter().zip(page.as_flattened()) {
            assert!((f - p).abs() <= 0.50001e-4, "{found:?}, the page has {page:?}");
        }
        self.computed.extend(found.as_slice());
    }

    #[track_caller]
    fn check_number(&mut self, found: f64, page: f64) {
        self.check(&Matrix::from_rows([[found]]), [[page]]);
    }

    /// Asserts that the page has no number of four digits that was not computed.
    #[track_caller]
    fn assert_complete(&self) {
        let words = self.text.split(|c: char| !c.is_ascii_digit() && c != '.');
        let numbers = words.map(|word| word.trim_end_matches('.'));
        let mut count = 0;
        for number in numbers.filter(|n| n.split_once('.').is_some_and(|(_, d)| d.len() == 4)) {
            let value: f64 = number.parse().unwrap();
            let known = self.computed.iter().any(|x| (x.abs() - value).abs() <= 0.50001e-4);
            assert!(known, "{number} is on the page, but not computed here");
            count += 1;
        }
        assert!(count > 10, "{count} numbers on the page");
    }
}

/// Chapter 0, "The same gradient twice".
#[test]
fn both_ways_give_the_same_gradient() {
    let a = Matrix::from_rows([[1.0, 2.0], [3.0, 4.0]]);
    let w = Matrix::from_rows([[1.0], [-1.0]]);
    let y = Matrix::from_rows([[0.0], [1.0]]);
    let r = &a.dot(&w) - &y;
    assert_eq!(r, Matrix::from_rows([[-1.0], [-2.0]]));
    let by_index = |p: usize| (0..2).map(|i| r[(i, 0)] * a[(i, p)]).sum::<f64>();
    assert_eq!((by_index(0), by_index(1)), (-7.0, -10.0));
    assert_eq!(a.t().dot(&r), Matrix::from_rows([[-7.0], [-10.0]]));
    let j = |w: &Matrix| 0.5 * (&a.dot(w) - &y).norm_squared();
    let differences = central_difference(&w, 1e-5, j);
    assert!((&differences - &a.t().dot(&r)).norm_squared() < 1e-12, "{differences:?}");
}

/// Chapter 1.
#[test]
#[expect(clippy::approx_constant, reason = "the page has ln 2 to four digits")]
fn one_net_by_hand() {
    let mut page = Section::of("01-one-net.md");
    let a0 = Matrix::from_rows([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
    let y = Matrix::from_rows([[0.0], [1.0], [1.0], [1.0]]);
    let mut net = OneNet { w1: Matrix::from_rows([[0.5], [-0.5]]), b1: Matrix::from_rows([[0.0]]) };
    let acts = net.forward(&a0);
    page.check(&acts.z1, [[0.0], [-0.5], [0.5], [0.0]]);
    page.check(&acts.h, [[0.5], [0.3775], [0.6225], [0.5]]);
    let losses = acts.z1.zip_map(&y, |z, y| nets::activation::softplus((1.0 - 2.0 * y) * z));
    page.check(&losses, [[0.6931], [0.9741], [0.4741], [0.6931]]);
    page.check_number(OneNet::data_loss(&acts, &y), 0.7086);
    let grads = net.backward(&a0, &acts, &y);
    page.check(&grads.dz1, [[0.125], [-0.1556], [-0.0944], [-0.125]]);
    page.check(&grads.dw1, [[-0.2194], [-0.2806]]);
    page.check(&grads.db1, [[-0.25]]);
    net.update(&grads, 1.0, 0.1, Rule::L2);
    page.check(&net.w1, [[0.6694], [-0.1694]]);
    page.check(&net.b1, [[0.25]]);
    page.check_number(OneNet::data_loss(&net.forward(&a0), &y), 0.5505);
    page.assert_complete();
}

/// Chapter 1, at eq. 1.3: the other form loses digits, the network's form does not.
#[test]
fn the_loss_of_one_net_does_not_cancel() {
    let softplus = nets::activation::softplus::<f64>;
    assert!(softplus(33.0) - 33.0 > 0.0);
    assert_eq!(softplus(34.0) - 34.0, 0.0);
    let net = OneNet { w1: Matrix::from_rows([[34.0]]), b1: Matrix::zeros(1, 1) };
    let one = Matrix::from_rows([[1.0]]);
    assert_eq!(OneNet::data_loss(&net.forward(&one), &one), (-34f64).exp().ln_1p());
}

/// Chapter 3.
#[test]
fn two_net_by_hand() {
    let mut page = Section::of("03-two-net.md");
    let a0 = Matrix::from_rows([[1.0, 1.0], [0.0, 1.0]]);
    let y = Matrix::one_hot(&[0, 1], 2);
    let mut net = TwoNet {
        w1: Matrix::from_rows([[1.0, 1.0], [1.0, 1.0]]),
        b1: Matrix::from_rows([[0.0, -1.5]]),
        w2: Matrix::from_rows([[-1.0, 1.0], [4.0, -4.0]]),
        b2: Matrix::from_rows([[0.0, 0.0]]),
    };
    let acts = net.forward(&a0);
    page.check(&acts.z1, [[2.0, 0.5], [1.0, -0.5]]);
    page.check(&acts.a1, [[2.0, 0.5], [1.0, 0.0]]);
    page.check(&acts.z2, [[0.0, 0.0], [-1.0, 1.0]]);
    page.check(&acts.probs, [[0.5, 0.5], [0.1192, 0.8808]]);
    page.check_number(TwoNet::data_loss(&acts, &y), 0.41);
    let grads = net.backward(&a0, &acts, &y);
    page.check(&grads.dz2, [[-0.25, 0.25], [0.0596, -0.0596]]);
    page.check(&grads.da1, [[0.5, -2.0], [-0.1192, 0.4768]]);
    page.check(&grads.dz1, [[0.5, -2.0], [-0.1192, 0.0]]);
    page.check(&grads.dw2, [[-0.4404, 0.4404], [-0.125, 0.125]]);
    page.check(&grads.db2, [[-0.1904, 0.1904]]);
    page.check(&grads.dw1, [[0.5, -2.0], [0.3808, -2.0]]);
    page.check(&grads.db1, [[0.3808, -2.0]]);
    net.update(&grads, 0.1, 0.1);
    page.check_number(net.w2[(0, 0)], -0.946);
    page.check_number(net.w1[(0, 0)], 0.94);
    page.check_number(TwoNet::data_loss(&net.forward(&a0), &y), 0.0876);
    page.assert_complete();
}

/// Chapter 4.
#[test]
fn three_net_by_hand() {
    let mut page = Section::of("04-three-net.md");
    let a0 = Matrix::from_rows([[1.0, 2.0]]);
    let y = Matrix::one_hot(&[0], 2);
    let zeros = Matrix::zeros(1, 2);
    let mut net = ThreeNet {
        w1: Matrix::from_rows([[1.0, -1.0], [0.5, 1.0]]),
        b1: zeros.clone(),
        w2: Matrix::from_rows([[1.0, -1.0], [-1.0, 0.5]]),
        b2: zeros.clone(),
        w3: Matrix::from_rows([[1.0, 0.0], [-1.0, 2.0]]),
        b3: zeros,
    };
    let acts = net.forward(&a0);
    page.check(&acts.z1, [[2.0, 1.0]]);
    page.check(&acts.a1, [[2.0, 1.0]]);
    page.check(&acts.z2, [[1.0, -1.5]]);
    page.check(&acts.a2, [[1.0, 0.0]]);
    page.check(&acts.z3, [[1.0, 0.0]]);
    page.check(&acts.probs, [[0.7311, 0.2689]]);
    page.check_number(ThreeNet::data_loss(&acts, &y), 0.3133);
    let grads = net.backward(&a0, &acts, &y);
    page.check(&grads.dz3, [[-0.2689, 0.2689]]);
    page.check(&grads.da2, [[-0.2689, 0.8068]]);
    page.check(&grads.dz2, [[-0.2689, 0.0]]);
    page.check(&grads.da1, [[-0.2689, 0.2689]]);
    page.check(&grads.dz1, [[-0.2689, 0.2689]]);
    page.check(&grads.dw3, [[-0.2689, 0.2689], [0.0, 0.0]]);
    page.check(&grads.dw2, [[-0.5379, 0.0], [-0.2689, 0.0]]);
    page.check(&grads.dw1, [[-0.2689, 0.2689], [-0.5379, 0.5379]]);
    net.update(&grads, 0.1, 0.0);
    page.check_number(ThreeNet::data_loss(&net.forward(&a0), &y), 0.1802);
    page.assert_complete();
}

/// Chapter 2.
#[test]
fn softmax_regression_by_hand() {
    let mut page = Section::of("02-softmax-regression.md");
    let x = Matrix::from_rows([[1.0, 2.0], [0.0, 1.0]]);
    let y = Matrix::one_hot(&[0, 2], 3);
    let mut net = SoftmaxRegression { w: Matrix::zeros(2, 3), b: Matrix::zeros(1, 3) };
    let acts = net.forward(&x);
    page.check_number(SoftmaxRegression::data_loss(&acts, &y), 1.0986);
    let grads = net.backward(&x, &acts, &y);
    page.check(&grads.dz, [[-0.3333, 0.1667, 0.1667], [0.1667, 0.1667, -0.3333]]);
    page.check(&grads.dw, [[-0.3333, 0.1667, 0.1667], [-0.5, 0.5, 0.0]]);
    page.check(&grads.db, [[-0.1667, 0.3333, -0.1667]]);
    net.update(&grads, 1.0, 0.0);
    let acts = net.forward(&x);
    page.check(
        &Matrix::from_rows([[acts.z[(0, 0)], acts.z[(0, 1)], acts.z[(0, 2)]]]),
        [[1.5, -1.5, 0.0]],
    );
    page.check_number(acts.probs[(0, 0)], 0.7856);
    page.check_number(SoftmaxRegression::data_loss(&acts, &y), 0.6727);
    page.assert_complete();
}
