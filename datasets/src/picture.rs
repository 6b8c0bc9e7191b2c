//! A grey picture, and how colours and opacity become grey.

/// A grey picture, row after row from the top left; 0 is black, 255 white.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The height.
    pub rows: usize,
    /// The width.
    pub cols: usize,
    /// rows × cols shades of grey.
    pub pixels: Vec<u8>,
}

/// How light a colour looks, with the weights of ITU-R BT.601; equal parts give themselves.
#[inline(always)]
pub(crate) fn grey([red, green, blue]: [u8; 3]) -> u8 {
    let [red, green, blue] = [red, green, blue].map(u32::from);
    ((19_595 * red + 38_470 * green + 7_471 * blue + (1 << 15)) >> 16) as u8
}

/// A shade of grey of this opacity, laid on a ground of another.
#[inline(always)]
pub(crate) fn laid_on(ground: u8, grey: u8, alpha: u8) -> u8 {
    let [ground, grey, alpha] = [ground, grey, alpha].map(u32::from);
    // A division by 255, rounded to the nearest.
    ((grey * alpha + ground * (255 - alpha) + 127) / 255) as u8
}
