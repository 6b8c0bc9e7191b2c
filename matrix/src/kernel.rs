//! The hot loop.

/// What a number type must bring along for the product.
pub trait Kernel: Sized {
    /// a·b + c, rounded once.
    #[doc(hidden)]
    fn fused(self, b: Self, c: Self) -> Self;
}

impl Kernel for f32 {
    fn fused(self, b: Self, c: Self) -> Self {
        self.mul_add(b, c)
    }
}

impl Kernel for f64 {
    fn fused(self, b: Self, c: Self) -> Self {
        self.mul_add(b, c)
    }
}
