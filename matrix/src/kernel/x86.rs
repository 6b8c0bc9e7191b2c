//! Vectors and functions for the processor features of x86-64.

use super::{Job, Vector, run};
pub(super) use std::arch::x86_64::{__m256, __m256d, __m512, __m512d};
use std::arch::x86_64::{
    _mm256_fmadd_pd, _mm256_fmadd_ps, _mm256_set1_pd, _mm256_set1_ps, _mm512_fmadd_pd,
    _mm512_fmadd_ps, _mm512_set1_pd, _mm512_set1_ps,
};
use std::mem::transmute;

macro_rules! vector {
    ($v:ident, $t:ident, $lanes:literal, $splat:ident, $fmadd:ident) => {
        #[expect(unsafe_code, reason = "processor instructions")]
        impl Vector for $v {
            type Number = $t;
            const LANES: usize = $lanes;

            #[inline(always)]
            fn splat(x: $t) -> Self {
                // SAFETY: only [`avx512`] and [`avx2`] run with this type, see [`Element::run`].
                unsafe { $splat(x) }
            }
            #[inline(always)]
            fn load(from: &[$t]) -> Self {
                // SAFETY: both types are the same numbers in the same bytes.
                unsafe { transmute::<[$t; $lanes], $v>(*from.first_chunk().unwrap()) }
            }
            #[inline(always)]
            fn store(self, to: &mut [$t]) {
                // SAFETY: both types are the same numbers in the same bytes.
                *to.first_chunk_mut().unwrap() = unsafe { transmute::<$v, [$t; $lanes]>(self) };
            }
            #[inline(always)]
            fn plus_product(self, a: Self, b: Self) -> Self {
                // SAFETY: as for `splat`.
                unsafe { $fmadd(a, b, self) }
            }
        }
    };
}

vector!(__m512, f32, 16, _mm512_set1_ps, _mm512_fmadd_ps);
vector!(__m512d, f64, 8, _mm512_set1_pd, _mm512_fmadd_pd);
vector!(__m256, f32, 8, _mm256_set1_ps, _mm256_fmadd_ps);
vector!(__m256d, f64, 4, _mm256_set1_pd, _mm256_fmadd_pd);

#[target_feature(enable = "avx512f")]
pub(super) fn avx512<V: Vector, const MR: usize, const NV: usize>(job: Job<V::Number>) -> bool {
    run::<V, MR, NV, true>(job)
}

#[target_feature(enable = "avx2,fma")]
pub(super) fn avx2<V: Vector, const MR: usize, const NV: usize>(job: Job<V::Number>) -> bool {
    run::<V, MR, NV, true>(job)
}

#[target_feature(enable = "fma")]
pub(super) fn fma<V: Vector, const MR: usize, const NV: usize>(job: Job<V::Number>) -> bool {
    run::<V, MR, NV, true>(job)
}
