//! See `cenote_fuzz::numbers`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cenote_fuzz::report(cenote_fuzz::numbers::run(bytes)));
