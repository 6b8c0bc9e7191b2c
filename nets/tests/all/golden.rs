//! 50 steps of each network, and of each rule of chapter 8, arrive where numpy arrives: golden.txt, written by golden.py.

use matrix::Matrix;
use nets::descent::{self, Descent};
use nets::newton::newton;
use nets::one_net::Rule;
use nets::{OneNet, SoftmaxRegression, ThreeNet, TwoNet};
use std::collections::HashMap;

const STEPS: usize = 50;

/// The matrices of golden.txt by name. A line is a name, rows, columns and the entries.
struct Golden(HashMap<&'static str, Matrix>);

impl Golden {
    fn read() -> Self {
        let line = |line: &'static str| {
            let mut words = line.split(' ');
            let name = words.next().unwrap();
            let mut size = || words.next().unwrap().parse::<usize>().unwrap();
            let (rows, cols) = (size(), size());
            (name, Matrix::from_vec(rows, cols, words.map(|w| w.parse().unwrap()).collect()))
        };
        Self(include_str!("../golden.txt").lines().map(line).collect())
    }

    fn get(&self, name: &str) -> Matrix {
        self.0.get(name).unwrap_or_else(|| panic!("no {name} in golden.txt")).clone()
    }

    /// Asserts that every entry of `ours` is numpy's within 1e-12 of numpy's.
    fn assert_equal(&self, name: &str, ours: &Matrix) {
        let theirs = self.get(name);
        assert_eq!(ours.shape(), theirs.shape(), "{name}");
        for (o, t) in ours.as_slice().iter().zip(theirs.as_slice()) {
            assert!((o - t).abs() <= 1e-12 * t.abs(), "{name}: {o:e}, numpy has {t:e}");
        }
    }

    fn assert_losses(&self, name: &str, losses: Vec<f64>) {
        self.assert_equal(name, &Matrix::from_vec(1, losses.len(), losses));
    }
}

#[test]
fn one_net_follows_numpy_under_each_rule() {
    let golden = Golden::read();
    for (rule, name) in [(Rule::Published, "published"), (Rule::L2, "l2"), (Rule::Off, "off")] {
        let get = |key: &str| golden.get(&format!("one_net_{name}.{key}"));
        let (a0, y) = (get("a0"), get("y"));
        let mut net = OneNet { w1: get("w1"), b1: get("b1") };
        let mut losses = Vec::new();
        for _ in 0..STEPS {
            let acts = net.forward(&a0);
            losses.push(OneNet::data_loss(&acts, &y));
            let grads = net.backward(&a0, &acts, &y);
            net.update(&grads, 0.5, 1e-2, rule);
        }
        golden.assert_equal(&format!("one_net_{name}.end.w1"), &net.w1);
        golden.assert_equal(&format!("one_net_{name}.end.b1"), &net.b1);
        golden.assert_losses(&format!("one_net_{name}.end.losses"), losses);
    }
}

#[test]
fn two_net_follows_numpy() {
    let golden = Golden::read();
    let get = |key: &str| golden.get(&format!("two_net.{key}"));
    let (a0, y) = (get("a0"), get("y"));
    let mut net = TwoNet { w1: get("w1"), b1: get("b1"), w2: get("w2"), b2: get("b2") };
    let mut losses = Vec::new();
    for _ in 0..STEPS {
        let acts = net.forward(&a0);
        losses.push(net.loss(&acts, &y, 1e-2));
        let grads = net.backward(&a0, &acts, &y);
        net.update(&grads, 0.2, 1e-2);
    }
    golden.assert_equal("two_net.end.w1", &net.w1);
    golden.assert_equal("two_net.end.b1", &net.b1);
    golden.assert_equal("two_net.end.w2", &net.w2);
    golden.assert_equal("two_net.end.b2", &net.b2);
    golden.assert_losses("two_net.end.losses", losses);
}

#[test]
fn three_net_follows_numpy() {
    let golden = Golden::read();
    let get = |key: &str| golden.get(&format!("three_net.{key}"));
    let (a0, y) = (get("a0"), get("y"));
    let mut net = ThreeNet {
        w1: get("w1"),
        b1: get("b1"),
        w2: get("w2"),
        b2: get("b2"),
        w3: get("w3"),
        b3: get("b3"),
    };
    let mut losses = Vec::new();
    for _ in 0..STEPS {
        let acts = net.forward(&a0);
        losses.push(net.loss(&acts, &y, 1e-2));
        let grads = net.backward(&a0, &acts, &y);
        net.update(&grads, 0.1, 1e-2);
    }
    golden.assert_equal("three_net.end.w1", &net.w1);
    golden.assert_equal("three_net.end.b1", &net.b1);
    golden.assert_equal("three_net.end.w2", &net.w2);
    golden.assert_equal("three_net.end.b2", &net.b2);
    golden.assert_equal("three_net.end.w3", &net.w3);
    golden.assert_equal("three_net.end.b3", &net.b3);
    golden.assert_losses("three_net.end.losses", losses);
}

#[test]
fn softmax_regression_follows_numpy() {
    let golden = Golden::read();
    let get = |key: &str| golden.get(&format!("softmax_regression.{key}"));
    let (x, y) = (get("x"), get("y"));
    let mut net = SoftmaxRegression { w: get("w"), b: get("b") };
    let mut losses = Vec::new();
    for _ in 0..STEPS {
        let acts = net.forward(&x);
        losses.push(net.loss(&acts, &y, 1e-2));
        let grads = net.backward(&x, &acts, &y);
        net.update(&grads, 0.2, 1e-2);
    }
    golden.assert_equal("softmax_regression.end.w", &net.w);
    golden.assert_equal("softmax_regression.end.b", &net.b);
    golden.assert_losses("softmax_regression.end.losses", losses);
}

#[test]
fn momentum_adam_and_newton_follow_numpy() {
    let golden = Golden::read();
    for (name, rule, eta, steps) in [
        ("momentum", Some(descent::Rule::Momentum(0.9)), 0.2, STEPS),
        ("adam", Some(descent::Rule::Adam), 0.1, STEPS),
        ("newton", None, 1.0, 8),
    ] {
        let get = |key: &str| golden.get(&format!("descent_{name}.{key}"));
        let (x, y) = (get("x"), get("y"));
        let mut net = SoftmaxRegression { w: get("w"), b: get("b") };
        let mut descent = rule.map(|rule| Descent::new(rule, net.params()));
        let mut losses = Vec::new();
        for _ in 0..steps {
            let acts = net.forward(&x);
            losses.push(net.loss(&acts, &y, 1e-2));
            let grads = net.backward(&x, &acts, &y);
            match &mut descent {
                Some(descent) => descent.step(net.params_mut(), grads.params(), eta, 1e-2),
                None => newton(&mut net, &x, &y, 1e-2),
            }
        }
        golden.assert_equal(&format!("descent_{name}.end.w"), &net.w);
        golden.assert_equal(&format!("descent_{name}.end.b"), &net.b);
        golden.assert_losses(&format!("descent_{name}.end.losses"), losses);
    }
}
