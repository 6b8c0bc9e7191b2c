//! A small, named generator of random numbers: xoshiro256++, seeded by SplitMix64.

/// xoshiro256++ 1.0 by David Blackman and Sebastiano Vigna (2019), <https://prng.di.unimi.it>.
///
/// The same seed gives the same numbers on every machine, apart from the last bits of
/// [`normal`](Self::normal), which uses the logarithm and cosine of the system. Not for secrets.
///
/// ```
/// let mut rng = matrix::Rng::new(1);
/// let die = 1 + rng.below(6);
/// assert!((1..=6).contains(&die));
/// ```
#[derive(Clone, Debug)]
pub struct Rng {
    state: [u64; 4],
}

impl Rng {
    /// A generator whose state is the first four outputs of SplitMix64 from `seed`.
    pub fn new(seed: u64) -> Self {
        let mut x = seed;
        Self { state: [(); 4].map(|()| split_mix_64(&mut x)) }
    }

    /// The next 64 random bits.
    pub fn next_u64(&mut self) -> u64 {
        let s = &mut self.state;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// A number from [0, 1), a multiple of 2⁻⁵³.
    pub fn uniform(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A number from the normal distribution with mean 0 and variance 1.
    ///
    /// Box and Muller (1958): two uniform numbers give a radius and an angle. The sine half of
    /// the pair is not used, so that the state of a generator is only its four words.
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt(); // 1 − u is never 0
        let angle = std::f64::consts::TAU * self.uniform();
        radius * angle.cos()
    }

    /// A number from 0 … n − 1, each equally likely.
    ///
    /// Lemire (2019), "Fast random integer generation in an interval": the high half of a
    /// 128-bit product, drawn again in the rare cases that would make some numbers more likely.
    ///
    /// # Panics
    /// If `n` is 0.
    #[track_caller]
    pub fn below(&mut self, n: usize) -> usize {
        assert!(n > 0, "below: there is no number below 0");
        let n = n as u64;
        loop {
            let product = u128::from(self.next_u64()) * u128::from(n);
            if product as u64 >= n.wrapping_neg() % n {
                return (product >> 64) as usize;
            }
        }
    }

    /// Puts `items` into a random order, each order equally likely (Fisher and Yates).
    pub fn shuffle<U>(&mut self, items: &mut [U]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }
}

/// One step of SplitMix64 (Steele, Lea and Flood 2014).
fn split_mix_64(x: &mut u64) -> u64 {
    *x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *x;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The outputs of the authors' C program from the state 1, 2, 3, 4.
    #[test]
    fn xoshiro256_plus_plus_gives_the_published_numbers() {
        let mut rng = Rng { state: [1, 2, 3, 4] };
        let expected = [
            41943041,
            58720359,
            3588806011781223,
            3591011842654386,
            9228616714210784205,
            9973669472204895162,
            14011001112246962877,
            12406186145184390807,
            15849039046786891736,
            10450023813501588000,
        ];
        assert_eq!(expected.map(|_| rng.next_u64()), expected);
    }

    /// The outputs of the authors' C program from the seed 1234567.
    #[test]
    fn split_mix_64_gives_the_published_numbers() {
        let mut x = 1234567;
        let expected = [
            6457827717110365317,
            3203168211198807973,
            9817491932198370423,
            4593380528125082431,
            16408922859458223821,
        ];
        assert_eq!(expected.map(|_| split_mix_64(&mut x)), expected);
    }

    /// The first numbers for one seed, bit by bit, and the number of draws that they take.
    #[test]
    fn one_seed_gives_these_numbers() {
        let mut rng = Rng::new(1);
        let uniform = [0.8116121588818848, 0.7471047161582187, 0.10015090353378375];
        assert_eq!(uniform.map(|_| rng.uniform()), uniform);
        for expected in [0.6607707692529304, 1.3316968202070363, 1.000005159146606] {
            let found = rng.normal();
            assert!((found - expected).abs() < 1e-14, "{found}, expected {expected}");
        }
        // A quarter of the draws would make some numbers more likely and are drawn again.
        #[cfg(target_pointer_width = "64")]
        for expected in [
            12733518083660704947,
            1002097234270531744,
            5459044150080715829,
            2163069219806019211,
            7707969383301322295,
            6542646291430204212,
        ] {
            assert_eq!(rng.below(usize::MAX / 4 * 3), expected);
        }
    }

    #[test]
    fn uniform_numbers_fill_the_unit_interval() {
        let mut rng = Rng::new(1);
        let mut counts = [0; 10];
        for _ in 0..100_000 {
            let u = rng.uniform();
            assert!((0.0..1.0).contains(&u));
            counts[(10.0 * u) as usize] += 1;
        }
        assert!(counts.iter().all(|c| (9_600..10_400).contains(c)), "{counts:?}");
    }

    #[test]
    fn normal_numbers_have_the_moments_of_the_normal_distribution() {
        let mut rng = Rng::new(2);
        let n = 200_000;
        let xs: Vec<f64> = (0..n).map(|_| rng.normal()).collect();
        let moment = |p: i32| xs.iter().map(|x| x.powi(p)).sum::<f64>() / n as f64;
        for (p, expected, tolerance) in
            [(1, 0.0, 0.01), (2, 1.0, 0.02), (3, 0.0, 0.05), (4, 3.0, 0.1)]
        {
            assert!((moment(p) - expected).abs() < tolerance, "moment {p}: {}", moment(p));
        }
    }

    #[test]
    fn below_reaches_every_number_equally() {
        let mut rng = Rng::new(3);
        let mut counts = [0; 7];
        for _ in 0..70_000 {
            counts[rng.below(7)] += 1;
        }
        assert!(counts.iter().all(|c| (9_600..10_400).contains(c)), "{counts:?}");
    }

    #[test]
    fn shuffle_reaches_every_order_equally() {
        let mut rng = Rng::new(4);
        let mut counts = std::collections::BTreeMap::new();
        for _ in 0..24_000 {
            let mut items = [0, 1, 2, 3];
            rng.shuffle(&mut items);
            *counts.entry(items).or_insert(0) += 1;
        }
        assert_eq!(counts.len(), 24);
        assert!(counts.values().all(|c| (850..1150).contains(c)), "{counts:?}");
    }
}
