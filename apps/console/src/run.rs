//! Running an experiment: its options, its progress, its log and its end. It draws with
//! [`draw`](crate::draw), never the other way round.

pub(crate) mod app;
pub(crate) mod diverged;
pub(crate) mod log;
pub(crate) mod options;
pub(crate) mod progress;
pub(crate) mod share;
mod terminal;
