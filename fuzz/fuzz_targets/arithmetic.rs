//! See `cenote_fuzz::arithmetic`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cenote_fuzz::report(cenote_fuzz::arithmetic::run(
    bytes
)));
