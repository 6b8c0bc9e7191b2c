//! The gates: their truth tables, and what the tutorial publishes for them.

/// A gate.
pub(crate) struct Gate {
    pub name: &'static str,
    /// The rows of its truth table.
    pub inputs: &'static [&'static [f64]],
    /// The label of each row.
    pub labels: &'static [f64],
    /// How many outputs learn these labels. The tutorial's 1 × 2 bias makes AND have two.
    pub outputs: usize,
    pub published: Option<Published>,
}

/// What the tutorial prints after 200 000 iterations of its own rule.
pub(crate) struct Published {
    /// The weights of each output.
    pub w: &'static [&'static [f64]],
    /// The bias of each output.
    pub b: &'static [f64],
    /// p(y = 1) of the first output for each row of inputs.
    pub p: &'static [f64],
}

/// AND as derived, with one output.
pub(crate) const AND: Gate = Gate {
    name: "AND",
    inputs: &[&[0.0, 0.0], &[0.0, 1.0], &[1.0, 0.0], &[1.0, 1.0]],
    labels: &[0.0, 0.0, 0.0, 1.0],
    outputs: 1,
    published: None,
};

/// AND as published, with two outputs (`docs/errata.md`, error 1).
pub(crate) const AND_2: Gate = Gate {
    name: "AND, b 1x2",
    outputs: 2,
    published: Some(Published {
        w: &[&[3.58627447, 3.58627445], &[3.58664415, 3.58664413]],
        b: &[-5.69865399, -5.69921649],
        p: &[0.003339284003451103, 0.1078994052700841, 0.1078994065762308, 0.8136486739472225],
    }),
    ..AND
};

/// OR.
pub(crate) const OR: Gate = Gate {
    name: "OR",
    labels: &[0.0, 1.0, 1.0, 1.0],
    published: Some(Published {
        w: &[&[4.63629047, 4.63636187]],
        b: &[-1.87568775],
        p: &[0.1328849727549866, 0.9405133604748699, 0.9405093656227651, 0.9993872646847757],
    }),
    ..AND
};

/// NOT, which has one input.
pub(crate) const NOT: Gate = Gate {
    name: "NOT",
    inputs: &[&[1.0], &[0.0]],
    labels: &[0.0, 1.0],
    outputs: 1,
    published: Some(Published {
        w: &[&[-6.79010254]],
        b: &[3.26280938],
        p: &[0.02854555463398659, 0.9631306816639573],
    }),
};

/// XOR, which one layer cannot learn.
pub(crate) const XOR: Gate = Gate { name: "XOR", labels: &[0.0, 1.0, 1.0, 0.0], ..AND };
