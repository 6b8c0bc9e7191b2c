//! Features of a prepared digit that MNIST's digits do not have, so that no net trained on MNIST
//! can know it.

use super::Digit;

/// A possible problem of a digit, and advice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// In a word or two.
    pub word: &'static str,
    /// In one or two lines.
    pub advice: &'static str,
}

const SMALL: Doubt = Doubt {
    word: "small",
    advice: "the mark has few pixels: write larger, or take the picture from nearer",
};
const WIDE: Doubt = Doubt {
    word: "wide",
    advice: "wider than any digit of MNIST: leave room between digits, since marks\n\
             that touch are read as one",
};
const THIN: Doubt = Doubt {
    word: "thin",
    advice: "less ink than any digit of MNIST: take a thicker pen, or write smaller",
};
const THICK: Doubt = Doubt {
    word: "thick",
    advice: "more ink than any digit of MNIST: take a thinner pen, or write larger",
};

impl Digit {
    /// What sets it apart from MNIST's digits: of those 70 000, one in a thousand has less than 3.6 %
    /// of ink, one in a thousand more than 29 %, and none is 2.3 times as wide as high.
    pub fn doubt(&self) -> Option<Doubt> {
        let Self { pixels, rows, cols } = self;
        let ink: usize = pixels.iter().map(|&ink| usize::from(ink)).sum();
        let ink = ink as f64 / (255 * pixels.len()) as f64;
        let doubts = [
            (SMALL, *rows.max(cols) < 15),
            (WIDE, *cols as f64 > 2.3 * *rows as f64),
            (THIN, ink < 0.036),
            (THICK, ink > 0.29),
        ];
        doubts.into_iter().find_map(|(doubt, is_there)| is_there.then_some(doubt))
    }
}
