//! The paths of the rules on J = ½ (c₁ x² + c₂ y²).

use console::{Axis, Style, Table, beside, contours, shortest, significant};
use matrix::Matrix;
use nets::descent::{adam, best_momentum, best_rate, momentum, plain};

/// The curvatures of J along x and along y, c₁ and c₂.
pub(crate) const CURVATURES: [f64; 2] = [1.0, 25.0];

/// Where each path starts.
const START: [f64; 2] = [-1.0, 0.7];

/// The points of a path until J is below 1e-6, after 10 000 steps at most.
pub(crate) fn path(mut step: impl FnMut(&mut Matrix, &Matrix, i32)) -> Vec<(f64, f64)> {
    let [c1, c2] = CURVATURES;
    let mut w = Matrix::from_rows([START]);
    let mut path = vec![(w[(0, 0)], w[(0, 1)])];
    while j(path[path.len() - 1]) >= 1e-6 && path.len() <= 10_000 {
        let g = Matrix::from_rows([[c1 * w[(0, 0)], c2 * w[(0, 1)]]]);
        step(&mut w, &g, path.len() as i32);
        path.push((w[(0, 0)], w[(0, 1)]));
    }
    path
}

fn j((x, y): (f64, f64)) -> f64 {
    let [c1, c2] = CURVATURES;
    0.5 * (c1 * x * x + c2 * y * y)
}

/// Four paths: their pictures, and how many steps each takes.
pub(crate) fn pictures(style: Style) -> String {
    let [c1, c2] = CURVATURES;
    let zeros = || Matrix::zeros(1, 2);
    let best = best_rate(c1, c2);
    let [eta, mu] = best_momentum(c1, c2);
    let (mut v, mut means) = (zeros(), [zeros(), zeros()]);
    let paths = [
        (format!("plain, rate {}", significant(best, 3)), path(|w, g, _| plain(w, g, best))),
        (
            format!("momentum {}, rate {}", significant(mu, 3), significant(eta, 3)),
            path(|w, g, _| momentum(w, &mut v, g, eta, mu)),
        ),
        ("plain, rate 0.02".into(), path(|w, g, _| plain(w, g, 0.02))),
        ("Adam, rate 0.1".into(), path(|w, g, t| adam(w, &mut means, g, 0.1, t))),
    ];
    let axis = |name| Axis { name, from: -1.2, to: 1.2 };
    let levels = [0.1, 0.4, 1.6, 3.2, 6.4, 12.8];
    let narrow = style.with_width(style.width / 2 - 1);
    let draw = |(title, path): &(String, Vec<(f64, f64)>)| {
        contours(title, [axis("x"), axis("y")], &levels, |x, y| j((x, y)), path, narrow)
    };
    let pictures = paths.iter().map(draw).collect::<Vec<_>>();
    let mut table = Table::new(["rule", "steps to J < 1e-6"]);
    for (name, path) in &paths {
        table.row([name.clone(), (path.len() - 1).to_string()]);
    }
    let [c1, c2, ratio] = [c1, c2, c2 / c1].map(shortest);
    format!(
        "J = ({c1} x^2 + {c2} y^2) / 2, condition number {ratio}, from S on\n\n{}\n{}\n",
        beside(&pictures, style.width),
        table.draw(style)
    )
}
