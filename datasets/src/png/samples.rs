//! The meaning of a PNG picture's samples: shades of grey, and which pixels are transparent.

use super::header::{Colour, Header};
use crate::fault::Fault;
use crate::picture::{grey, laid_on};
use files::text::Count;

/// The meaning of a picture's samples.
#[derive(Clone, Debug)]
pub(super) struct Samples {
    /// For each value of a sample, the shade of grey, red, green or blue from 0 to 255; in a
    /// picture with a palette, the shade of grey for each index.
    pub(super) levels: Vec<u8>,
    /// The red, green and blue of the pixels that are transparent, in a picture of colour type 2.
    pub(super) transparent: Option<[usize; 3]>,
    /// The shade of grey that shows where the picture is transparent.
    pub(super) ground: u8,
}

impl Samples {
    /// Reads the chunks `PLTE`, `tRNS` and `gAMA` if the file has them (sections 11.2.2, 11.3.1,
    /// 11.3.2.1). A `tRNS` chunk that does not fit the picture is ignored, as viewers do.
    ///
    /// # Errors
    /// If a picture with a palette has no `PLTE` chunk, or one of the wrong length.
    pub(super) fn new(
        header: &Header,
        ground: u8,
        palette: Option<&[u8]>,
        transparency: Option<&[u8]>,
        gamma: Option<u32>,
    ) -> Result<Self, Fault> {
        let Header { depth, colour, .. } = *header;
        // A sample in the file is light to the power of `gamma`; the picture needs light to the
        // power of 1/2.2. An exponent within a twentieth of 1 comes from rounding and counts as 1.
        let exponent = gamma.map_or(1.0, |gamma| 1e5 / (2.2 * f64::from(gamma)));
        let exponent = if (0.95..=1.05).contains(&exponent) { 1.0 } else { exponent };
        let most = f64::from((1u32 << depth) - 1);
        let level = |value: f64, most: f64| (255.0 * (value / most).powf(exponent)).round() as u8;
        let mut levels: Vec<u8> = (0..1u32 << depth).map(|v| level(f64::from(v), most)).collect();
        let number =
            |bytes: &[u8]| usize::from(u16::from_be_bytes([bytes[0], bytes[1]])) & (most as usize);
        let mut transparent = None;
        match (colour, palette, transparency) {
            (Colour::Palette, None, _) => {
                return Err(Fault::new("no chunk 'PLTE'", "the colours of the palette"));
            }
            (Colour::Palette, Some(palette), alphas) => {
                let (colours, rest) = palette.as_chunks::<3>();
                if !rest.is_empty() || !(1..=256).contains(&colours.len()) {
                    let found = format!("{} of colours", Count(palette.len(), "byte"));
                    return Err(Fault::new(found, "three a colour and 1 to 256 colours"));
                }
                // A sample cannot be an index beyond `levels.len()`.
                let colours = &colours[..colours.len().min(levels.len())];
                let alphas = alphas.filter(|alphas| alphas.len() <= colours.len()).unwrap_or(&[]);
                let alphas = alphas.iter().copied().chain(std::iter::repeat(255));
                let level = |byte: u8| level(f64::from(byte), 255.0);
                let shade =
                    |(colour, a): (&[u8; 3], u8)| laid_on(ground, grey(colour.map(level)), a);
                levels = colours.iter().zip(alphas).map(shade).collect();
            }
            (Colour::Grey, _, Some(value)) if value.len() == 2 => {
                levels[number(value)] = ground;
            }
            (Colour::Rgb, _, Some(value)) if value.len() == 6 => {
                transparent = Some([number(value), number(&value[2..]), number(&value[4..])]);
            }
            _ => {}
        }
        Ok(Self { levels, transparent, ground })
    }
}
