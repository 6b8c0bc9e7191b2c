//! The header of a PNG file: the size of the picture, and how its pixels are stored.

/// The colour types (section 6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Colour {
    Grey,
    Rgb,
    Palette,
    GreyAlpha,
    Rgba,
}

/// The content of the `IHDR` chunk (section 11.2.1).
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    pub(super) rows: usize,
    pub(super) cols: usize,
    /// The bits of a sample.
    pub(super) depth: usize,
    pub(super) colour: Colour,
    pub(super) passes: &'static [Pass],
}

/// One of the small pictures that make up a picture, `[x, y, each_x, each_y]`: each `each_x`-th pixel of
/// each `each_y`-th row, from the one at (x, y) on (section 8.1).
pub(super) type Pass = [usize; 4];

pub(super) const WHOLE: [Pass; 1] = [[0, 0, 1, 1]];
pub(super) const ADAM7: [Pass; 7] = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
];

impl Header {
    fn samples_per_pixel(&self) -> usize {
        match self.colour {
            Colour::Grey | Colour::Palette => 1,
            Colour::GreyAlpha => 2,
            Colour::Rgb => 3,
            Colour::Rgba => 4,
        }
    }

    /// The bytes of a row of `cols` pixels.
    pub(super) fn row_length(&self, cols: usize) -> usize {
        (cols * self.samples_per_pixel() * self.depth).div_ceil(8)
    }

    /// The rows and columns of a pass; nothing if it has no pixels.
    pub(super) fn size(&self, [x, y, each_x, each_y]: Pass) -> Option<(usize, usize)> {
        let rows = self.rows.checked_sub(y)?.div_ceil(each_y);
        let cols = self.cols.checked_sub(x)?.div_ceil(each_x);
        (rows > 0 && cols > 0).then_some((rows, cols))
    }

    /// The bytes of all rows, with their filters.
    pub(super) fn length(&self) -> usize {
        let sizes = self.passes.iter().filter_map(|pass| self.size(*pass));
        sizes.map(|(rows, cols)| rows * (1 + self.row_length(cols))).sum()
    }
}
