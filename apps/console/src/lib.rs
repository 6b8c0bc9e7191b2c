//! The code that the experiments share: options, charts, maps, pictures, tables and progress. A
//! drawing takes values and returns a `String`.
//!
//! An experiment is an [`App`] and one function:
//!
//! ```
//! use console::{App, Opt, Options, Outcome, Style, chart};
//! use std::io::Write;
//!
//! const APP: App = App {
//!     name: "halving",
//!     about: "a number is halved again and again",
//!     options: &[Opt("steps N", "4", "how often"), Opt::SEED],
//! };
//!
//! fn experiment(options: &Options, out: &mut dyn Write) -> Outcome {
//!     let steps = options.get("steps", 1..=100)?;
//!     let values: Vec<f64> = (1..=steps).map(|i| 0.5_f64.powi(i as i32)).collect();
//!     let halves = [("half", &values[..])];
//!     write!(out, "{}", chart(["value", "step"], steps, &halves, options.style))?;
//!     writeln!(out, "the last value: {}", values[steps - 1])?;
//!     Ok(())
//! }
//!
//! // fn main() -> std::process::ExitCode { APP.run(experiment) }
//! let mut out = Vec::new();
//! APP.answer(&["--steps=3".into()], Style::plain(), &mut out, experiment).unwrap();
//! assert!(out.ends_with(b"the last value: 0.125\n"));
//! ```
//!
//! Every drawing takes a [`Style`]: its width, Unicode or ASCII, colour or none. No line of a
//! drawing ends in spaces, and each line ends in a line break.

mod draw;
mod run;

pub use draw::bars::{bars, histogram};
pub use draw::chart::{Series, chart, log_chart};
pub use draw::heat::{picture, weights};
pub use draw::map::{Axis, contours, map};
pub use draw::number::{clock, fixed, percent, seconds, shortest, significant, uncertain};
pub use draw::scatter::scatter;
pub use draw::style::{Style, beside};
pub use draw::table::{Table, confusion};
pub use files::text;
pub use run::app::{App, Outcome};
pub use run::diverged::{Causes, check_learned};
pub use run::log::{Log, same_file};
pub use run::options::{ABOVE_0, Number, Opt, OptionResult, Options};
pub use run::progress::Progress;
pub use run::share::{for_seeds, share};
