//! How weights and biases start: chapter 4, "Why this start".

use crate::INIT_STD;
use matrix::{Matrix, Real, Rng};

/// How the weights and biases of a layer start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Init {
    /// All normal with the standard deviation 0.01, as in the tutorial and in `new` of each net.
    Small,
    /// Weights of the variance 2 / inputs, biases 0 (He, Zhang, Ren and Sun 2015).
    He,
    /// All 0, from which no hidden layer learns.
    Zero,
    /// All 0.01, so that the units of a layer stay equal.
    Equal,
}

impl Init {
    /// All starts by the names that the experiments use.
    pub const NAMED: [(&str, Init); 4] =
        [("small", Init::Small), ("he", Init::He), ("zero", Init::Zero), ("equal", Init::Equal)];

    /// The name of the start.
    pub fn name(self) -> &'static str {
        let [small, he, zero, equal] = Self::NAMED.map(|(name, _)| name);
        match self {
            Self::Small => small,
            Self::He => he,
            Self::Zero => zero,
            Self::Equal => equal,
        }
    }

    /// The weights, D × H, and the biases, 1 × H, of a layer of the sizes [D, H].
    pub fn layer<T: Real>(self, [d, h]: [usize; 2], rng: &mut Rng) -> (Matrix<T>, Matrix<T>) {
        let filled = |x: f64, rows| Matrix::from_fn(rows, h, |_, _| T::from_f64(x));
        match self {
            Self::Small => {
                let w = Matrix::normal(d, h, INIT_STD, rng); // (4.27)
                let b = Matrix::normal(1, h, INIT_STD, rng); // (4.28)
                (w, b)
            }
            Self::He => {
                let w = Matrix::normal(d, h, (2.0 / d as f64).sqrt(), rng); // (4.29)
                let b = Matrix::zeros(1, h); // (4.30)
                (w, b)
            }
            Self::Zero => (filled(0.0, d), filled(0.0, 1)),
            Self::Equal => (filled(INIT_STD, d), filled(INIT_STD, 1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{OneNet, SoftmaxRegression, ThreeNet, TwoNet};

    #[test]
    fn every_net_starts_small() {
        let layers = |sizes: &[usize]| -> Vec<(Matrix, Matrix)> {
            let mut rng = Rng::new(7);
            sizes.windows(2).map(|s| Init::Small.layer([s[0], s[1]], &mut rng)).collect()
        };
        let rng = &mut || Rng::new(7);
        let OneNet { w1, b1 } = OneNet::new([3, 2], &mut rng());
        assert_eq!(layers(&[3, 2]), [(w1, b1)]);
        let SoftmaxRegression { w, b } = SoftmaxRegression::new([3, 2], &mut rng());
        assert_eq!(layers(&[3, 2]), [(w, b)]);
        let TwoNet { w1, b1, w2, b2 } = TwoNet::new([3, 5, 2], &mut rng());
        assert_eq!(layers(&[3, 5, 2]), [(w1, b1), (w2, b2)]);
        let ThreeNet { w1, b1, w2, b2, w3, b3 } = ThreeNet::new([3, 5, 4, 2], &mut rng());
        assert_eq!(layers(&[3, 5, 4, 2]), [(w1, b1), (w2, b2), (w3, b3)]);
    }

    #[test]
    fn every_start_has_its_name() {
        for (name, init) in Init::NAMED {
            assert_eq!(init.name(), name);
        }
        assert_eq!(Init::Equal.name(), "equal");
    }

    #[test]
    fn the_variance_of_he_is_two_over_the_inputs() {
        let (w, b) = Init::He.layer::<f64>([200, 300], &mut Rng::new(1));
        assert!((w.norm_squared() / 300.0 - 2.0).abs() < 0.02, "{}", w.norm_squared());
        assert_eq!(b, Matrix::zeros(1, 300));
    }

    #[test]
    fn zero_and_equal_starts_draw_nothing() {
        let mut rng = Rng::new(1);
        let (w, b) = Init::Zero.layer([2, 3], &mut rng);
        assert_eq!((w, b), (Matrix::<f64>::zeros(2, 3), Matrix::zeros(1, 3)));
        let (w, b) = Init::Equal.layer([1, 2], &mut rng);
        assert_eq!((w, b), (Matrix::from_rows([[0.01, 0.01]]), Matrix::from_rows([[0.01, 0.01]])));
        assert_eq!(rng.next_u64(), Rng::new(1).next_u64());
    }
}
