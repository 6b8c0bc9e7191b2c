//! Vectors and functions for the processor features of x86-64.

use super::{Job, Real, Simd, run};
use std::arch::x86_64::*;
use std::mem::transmute;

macro_rules! token {
    ($name:ident, $features:literal, $($feature:tt)*) => {
        /// Proof that this processor has the features: only `detect` makes one.
        #[derive(Clone, Copy, Debug)]
        pub struct $name(());

        impl $name {
            pub(super) fn detect() -> Option<Self> {
                ($(is_x86_feature_detected!($feature))&&*).then_some(Self(()))
            }

            /// Does the job in code for these features.
            #[expect(unsafe_code, reason = "code for processor features is called")]
            pub(super) fn run<S: Simd<T>, T: Real, const MR: usize, const PR: usize, const NV: usize>(
                self,
                simd: S,
                job: Job<T>,
            ) -> bool {
                #[target_feature(enable = $features)]
                fn featured<S: Simd<T>, T: Real, const MR: usize, const PR: usize, const NV: usize>(
                    simd: S,
                    job: Job<T>,
                ) -> bool {
                    run::<S, T, MR, PR, NV>(simd, job)
                }
                // SAFETY: the processor has the features, as `self` proves.
                unsafe { featured::<S, T, MR, PR, NV>(simd, job) }
            }
        }
    };
}

token!(Avx512, "avx512f,popcnt", "avx512f" "popcnt");
token!(Avx2, "avx2,fma,popcnt", "avx2" "fma" "popcnt");
token!(Fma, "fma,popcnt", "fma" "popcnt");

macro_rules! simd {
    (
        $token:ident, $t:ident, $v:ident, $lanes:literal, $splat:ident, $fmadd:ident, $nonzero:expr
        $(, parts: $masked_load:ident, $masked_store:ident, $mask:ident)?
    ) => {
        #[expect(unsafe_code, reason = "processor instructions")]
        impl Simd<$t> for $token {
            type Vector = $v;
            const LANES: usize = $lanes;
            const FMA: bool = true;

            #[inline(always)]
            fn splat(self, x: $t) -> $v {
                // SAFETY: the processor has the instruction, as `self` proves.
                unsafe { $splat(x) }
            }
            #[inline(always)]
            fn load(self, from: &[$t]) -> $v {
                // SAFETY: both types are the same numbers in the same bytes.
                unsafe { transmute::<[$t; $lanes], $v>(*from.first_chunk().unwrap()) }
            }
            #[inline(always)]
            fn store(self, x: $v, to: &mut [$t]) {
                // SAFETY: both types are the same numbers in the same bytes.
                *to.first_chunk_mut().unwrap() = unsafe { transmute::<$v, [$t; $lanes]>(x) };
            }
            #[inline(always)]
            fn mul_add(self, a: $v, b: $v, c: $v) -> $v {
                // SAFETY: the processor has the instruction, as `self` proves.
                unsafe { $fmadd(a, b, c) }
            }
            #[inline(always)]
            fn nonzero(self, x: $v) -> u64 {
                let zero = Simd::<$t>::splat(self, 0.0);
                // SAFETY: the processor has the instructions, as `self` proves.
                unsafe { $nonzero(x, zero) as u64 }
            }
            $(
                const PARTS: bool = true;

                #[inline(always)]
                fn load_part(self, from: &[$t]) -> $v {
                    let mask = !$mask::MAX.checked_shl(from.len() as u32).unwrap_or(0);
                    // SAFETY: the processor has the instruction, as `self` proves, and by the mask
                    // it loads no number after the last one of `from`.
                    unsafe { $masked_load(mask, from.as_ptr()) }
                }
                #[inline(always)]
                fn store_part(self, x: $v, to: &mut [$t]) {
                    let mask = !$mask::MAX.checked_shl(to.len() as u32).unwrap_or(0);
                    // SAFETY: as for `load_part`.
                    unsafe { $masked_store(to.as_mut_ptr(), mask, x) }
                }
            )?
        }
    };
}

simd!(Avx512, f32, __m512, 16, _mm512_set1_ps, _mm512_fmadd_ps, _mm512_cmp_ps_mask::<_CMP_NEQ_UQ>,
    parts: _mm512_maskz_loadu_ps, _mm512_mask_storeu_ps, u16);
simd!(Avx512, f64, __m512d, 8, _mm512_set1_pd, _mm512_fmadd_pd, _mm512_cmp_pd_mask::<_CMP_NEQ_UQ>,
    parts: _mm512_maskz_loadu_pd, _mm512_mask_storeu_pd, u8);
simd!(Avx2, f32, __m256, 8, _mm256_set1_ps, _mm256_fmadd_ps, |x, zero| {
    _mm256_movemask_ps(_mm256_cmp_ps::<_CMP_NEQ_UQ>(x, zero))
});
simd!(Avx2, f64, __m256d, 4, _mm256_set1_pd, _mm256_fmadd_pd, |x, zero| {
    _mm256_movemask_pd(_mm256_cmp_pd::<_CMP_NEQ_UQ>(x, zero))
});
