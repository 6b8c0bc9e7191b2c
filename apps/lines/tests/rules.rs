//! Each rule on random matrices over a prime field: exactly, with no tolerance.

use lines::rules::{DIFFERENTIALS, ONES, TRACE_OF_SUM, TRACES, TURN};
use lines::term::Term;
use matrix::Rng;
use std::collections::BTreeMap;

const P: u64 = 2_147_483_647;
const SIZE: usize = 3;

/// A number and its change: products of two changes are dropped, as in a differential.
type Dual = (u64, u64);
type Dense = Vec<Vec<Dual>>;

fn add((a, da): Dual, (b, db): Dual) -> Dual {
    ((a + b) % P, (da + db) % P)
}

fn times((a, da): Dual, (b, db): Dual) -> Dual {
    (a * b % P, (a * db % P + da * b % P) % P)
}

fn dense(f: impl Fn(usize, usize) -> Dual) -> Dense {
    (0..SIZE).map(|i| (0..SIZE).map(|j| f(i, j)).collect()).collect()
}

/// What a side of a rule comes to. A row is the first one of its matrix, a column likewise. f(x) is x³ + x, so that its derivative is 3x² + 1.
fn value(term: &Term, of: &BTreeMap<&str, Dense>) -> Dense {
    let (op, terms) = match term {
        Term::Letter(name) => return of[name.as_str()].clone(),
        Term::Number(_) => unreachable!("rules have no numbers"),
        Term::Of(op, terms) => (op.as_str(), terms),
    };
    let a = value(&terms[0], of);
    let b = terms.get(1).map(|b| value(b, of));
    match (op, &b) {
        ("+", Some(b)) => dense(|i, j| add(a[i][j], b[i][j])),
        ("-", Some(b)) => dense(|i, j| add(a[i][j], times((P - 1, 0), b[i][j]))),
        ("*", Some(b)) => dense(|i, j| times(a[i][j], b[i][j])),
        ("dot", Some(b)) => {
            dense(|i, j| (0..SIZE).map(|k| times(a[i][k], b[k][j])).fold((0, 0), add))
        }
        ("add_row", Some(b)) => dense(|i, j| add(a[i][j], b[0][j])),
        ("sum_of_rows", None) => {
            dense(|i, j| if i == 0 { a.iter().map(|row| row[j]).fold((0, 0), add) } else { (0, 0) })
        }
        ("t", None) => dense(|i, j| a[j][i]),
        ("tr", None) => {
            let trace = (0..SIZE).map(|i| a[i][i]).fold((0, 0), add);
            dense(|_, _| trace)
        }
        ("d", None) => dense(|i, j| (a[i][j].1, 0)),
        ("f", None) => dense(|i, j| add(a[i][j], times(a[i][j], times(a[i][j], a[i][j])))),
        ("f_prime", None) => dense(|i, j| add((1, 0), times((3, 0), times(a[i][j], a[i][j])))),
        _ => unreachable!("{op}"),
    }
}

#[test]
fn both_sides_of_each_rule_are_equal() {
    let mut rng = Rng::new(0);
    for rule in DIFFERENTIALS.iter().chain(&ONES).chain(&TRACES).chain([&TRACE_OF_SUM, &TURN]) {
        for _ in 0..100 {
            let mut random = || {
                let numbers: Vec<u64> = (0..2 * SIZE * SIZE).map(|_| rng.next_u64() % P).collect();
                dense(|i, j| (numbers[i * SIZE + j], numbers[SIZE * SIZE + i * SIZE + j]))
            };
            let ones = dense(|_, j| (u64::from(j == 0), 0));
            let of =
                BTreeMap::from([("a", random()), ("b", random()), ("c", random()), ("𝟏", ones)]);
            let [left, right] = rule.sides().map(|side| value(&side, &of));
            let values =
                |side: Dense| side.concat().into_iter().map(|(x, _)| x).collect::<Vec<_>>();
            assert_eq!(values(left), values(right), "{rule:?}");
        }
    }
}
