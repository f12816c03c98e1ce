//! [`prefetch`]: a word to the memory about what will be read soon.

/// The bytes that come from memory together.
const LINE: usize = 64;

/// Asks for a value that will be read or written soon, and does not wait for it.
///
/// It changes nothing but how long the next access takes: a market of 10^5 pools does not fit
/// the caches near a core, and a program that knows which pools come next can have their lines
/// under way. Only x86-64 has it in stable Rust; elsewhere it does nothing.
#[inline]
pub fn prefetch<T>(value: &T) {
    let start = core::ptr::from_ref(value).cast::<i8>();
    for offset in (0..size_of::<T>()).step_by(LINE) {
        line(start.wrapping_add(offset));
    }
}

#[inline]
#[cfg(all(target_arch = "x86_64", not(miri)))]
#[expect(unsafe_code, reason = "stable Rust has no safe form of this hint")]
fn line(address: *const i8) {
    use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};

    // SAFETY: a prefetch reads and writes nothing and faults on no address; SSE, which it needs,
    // is part of x86-64.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(address) }
}

#[inline]
#[cfg(not(all(target_arch = "x86_64", not(miri))))]
fn line(_: *const i8) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_changes_nothing() {
        let values = [7_u128; 100];
        prefetch(&values);
        prefetch(&());
        assert_eq!(values, [7; 100]);
    }
}
