//! [`Isa`]: the instruction sets that quotes are compiled for, and which of them this processor has.
//!
//! A witness of an instruction set exists only where the processor was seen to have it. So whoever
//! holds one may call what is compiled for it.

#[cfg(target_arch = "x86_64")]
use crate::guesses::{self, Guesses};
use crate::lanes::{self, Fee, Open, Tile, Words};

/// An instruction set that this processor has: a way to compute many quotes at once. All give the
/// same answers.
///
/// ```
/// use cenote_kernel::Isa;
///
/// assert_eq!(Isa::available().next(), Some(Isa::best()));
/// assert_eq!(Isa::available().last(), Some(Isa::PORTABLE));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Isa(Kind);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    #[cfg(target_arch = "x86_64")]
    Avx512(Avx512),
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    Portable,
}

impl Isa {
    /// What every processor has: floats where the target has a fused multiply-add, as aarch64 does,
    /// else integers.
    pub const PORTABLE: Self = Self(Kind::Portable);

    /// The fastest one that this processor has.
    #[inline]
    pub fn best() -> Self {
        Self::available().next().unwrap_or(Self::PORTABLE)
    }

    /// All that this processor has, the fastest one first.
    pub fn available() -> impl Iterator<Item = Self> {
        #[cfg(target_arch = "x86_64")]
        let wide = [Avx512::detect().map(Kind::Avx512), Avx2::detect().map(Kind::Avx2)];
        #[cfg(not(target_arch = "x86_64"))]
        let wide: [Option<Kind>; 0] = [];
        wide.into_iter().flatten().chain([Kind::Portable]).map(Self)
    }

    /// Its name in reports.
    pub const fn name(self) -> &'static str {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512(_) => "AVX-512",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2(_) => "AVX2",
            Kind::Portable => "portable",
        }
    }

    pub(crate) fn exact_in_each(
        self,
        tile: Tile<'_>,
        fee: impl Fee,
        answers: &mut [Words],
    ) -> Open {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512(isa) => isa.exact_in_each(tile, fee, answers),
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2(isa) => isa.exact_in_each(tile, fee, answers),
            Kind::Portable => lanes::exact_in_each(tile, fee, answers),
        }
    }

    pub(crate) fn exact_out_each(
        self,
        tile: Tile<'_>,
        fee: impl Fee,
        answers: &mut [Words],
    ) -> Open {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512(isa) => isa.exact_out_each(tile, fee, answers),
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2(isa) => isa.exact_out_each(tile, fee, answers),
            Kind::Portable => lanes::exact_out_each(tile, fee, answers),
        }
    }
}

impl Isa {
    /// Whether floats are faster than integers.
    pub(crate) fn has_floats(self) -> bool {
        self != Self::PORTABLE || FUSED
    }

    /// The instruction set that can do without integers of two words.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn avx512(self) -> Option<Avx512> {
        match self.0 {
            Kind::Avx512(isa) => Some(isa),
            _ => None,
        }
    }
}

/// Whether every processor of the target has a fused multiply-add; without it, it is a call.
const FUSED: bool = cfg!(any(target_arch = "aarch64", target_feature = "fma"));

/// One quote by floats, in doubt without a fused multiply-add.
#[inline]
pub(crate) fn exact_in(x: u128, y: u128, a: u128, kept: f64, scale: f64) -> u128 {
    #[cfg(target_arch = "x86_64")]
    if let Some(isa) = Fma::detect() {
        return isa.exact_in(x, y, a, kept, scale);
    }
    if FUSED { lanes::exact_in(x, y, a, kept, scale) } else { u128::MAX }
}

/// One quote by floats, in doubt without a fused multiply-add.
#[inline]
pub(crate) fn exact_out(x: u128, y: u128, out: u128, kept: f64, scale: f64) -> u128 {
    #[cfg(target_arch = "x86_64")]
    if let Some(isa) = Fma::detect() {
        return isa.exact_out(x, y, out, kept, scale);
    }
    if FUSED { lanes::exact_out(x, y, out, kept, scale) } else { u128::MAX }
}

/// A witness of an instruction set, with the programs that are compiled for it.
#[cfg(target_arch = "x86_64")]
macro_rules! witness {
    ($(#[$doc:meta])* $name:ident, $features:tt: $($program:tt)*) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) struct $name(());

        impl $name {
            detect!($features);
            compiled!($features: $($program)*);
        }
    };
}

#[cfg(target_arch = "x86_64")]
macro_rules! detect {
    ([$($feature:tt),*]) => {
        #[inline]
        pub(crate) fn detect() -> Option<Self> {
            let all = true $(&& is_x86_feature_detected!($feature))*;
            all.then_some(Self(()))
        }
    };
}

/// Programs for some instruction sets, safe to call with their witness.
#[cfg(target_arch = "x86_64")]
macro_rules! compiled {
    ($features:tt:) => {};
    (
        [$($feature:tt),*]:
        $module:ident::$program:ident($($argument:ident: $type:ty),*) $(-> $answer:ty)?;
        $($rest:tt)*
    ) => {
        #[inline]
        #[expect(unsafe_code, reason = "a function for some processors only")]
        #[allow(clippy::too_many_arguments, reason = "what fits registers should not go through memory")]
        pub(crate) fn $program(self, $($argument: $type),*) $(-> $answer)? {
            #[target_feature($(enable = $feature),*)]
            fn compiled($($argument: $type),*) $(-> $answer)? {
                $module::$program($($argument),*)
            }
            // SAFETY: the witness exists, so this processor has these features.
            unsafe { compiled($($argument),*) }
        }

        compiled!([$($feature),*]: $($rest)*);
    };
}

#[cfg(target_arch = "x86_64")]
witness!(
    /// A fused multiply-add: one quote at a time.
    Fma, ["fma"]:
    lanes::exact_in(x: u128, y: u128, a: u128, kept: f64, scale: f64) -> u128;
    lanes::exact_out(x: u128, y: u128, out: u128, kept: f64, scale: f64) -> u128;
);

#[cfg(target_arch = "x86_64")]
witness!(
    /// AVX2 and FMA: four quotes at once.
    Avx2, ["avx2", "fma"]:
);

#[cfg(target_arch = "x86_64")]
witness!(
    /// The AVX-512 of Ice Lake and Zen 4: eight quotes at once.
    Avx512,
    [
        "avx512f", "avx512dq", "avx512bw", "avx512vl", "avx512ifma", "avx512vbmi2", "avx2", "fma"
    ]:
    lanes::exact_in_each(tile: Tile<'_>, fee: impl Fee, answers: &mut [Words]) -> Open;
    lanes::exact_out_each(tile: Tile<'_>, fee: impl Fee, answers: &mut [Words]) -> Open;
    guesses::guess_in_each(tile: Tile<'_>, fee: impl Fee, guesses: &mut Guesses);
    guesses::guess_out_each(tile: Tile<'_>, fee: impl Fee, guesses: &mut Guesses);
);
