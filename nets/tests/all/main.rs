//! What the nets compute, against numpy, against finite differences, and against each other. One
//! program, because each would compile the nets once more.

mod answers;
mod by_hand;
mod deep_net;
mod descent;
mod golden;
mod gradients;
mod scaled_inputs;
