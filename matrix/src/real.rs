//! The two kinds of number a matrix can hold. Chapter 0, "Checking a gradient", says why there are two.

use crate::kernel::Element;
use std::fmt::Debug;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

/// A floating-point number: `f32`, which trains fast, or `f64`, in which gradients are checked.
///
/// The trait is sealed: nothing else can implement it.
pub trait Real:
    Element
    + Copy
    + PartialOrd
    + Debug
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + Sum
    + From<u8>
    + Send
    + Sync
    + 'static
{
    /// The number 0.
    const ZERO: Self;
    /// The number 1.
    const ONE: Self;

    /// The nearest number of this type to `x`.
    fn from_f64(x: f64) -> Self;
    /// This number as an `f64`, exactly.
    fn to_f64(self) -> f64;
    /// eˣ, where x is `self`.
    fn exp(self) -> Self;
    /// ln(1 + x), accurate for tiny x as well.
    fn ln_1p(self) -> Self;
    /// The hyperbolic tangent.
    fn tanh(self) -> Self;
    /// The square root √x.
    fn sqrt(self) -> Self;
    /// |x|.
    fn abs(self) -> Self;
    /// Whether this number is neither infinite nor NaN.
    fn is_finite(self) -> bool;
    /// Whether this number has a minus sign: also −0, which equals 0.
    fn is_sign_negative(self) -> bool;
}

macro_rules! real {
    ($t:ident, $($function:ident)*; $($test:ident)*) => {
        impl Real for $t {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;

            fn from_f64(x: f64) -> Self {
                x as $t
            }
            fn to_f64(self) -> f64 {
                self.into()
            }
            $(fn $function(self) -> Self {
                $t::$function(self)
            })*
            $(fn $test(self) -> bool {
                $t::$test(self)
            })*
        }
    };
}

real!(f32, exp ln_1p tanh sqrt abs; is_finite is_sign_negative);
real!(f64, exp ln_1p tanh sqrt abs; is_finite is_sign_negative);
