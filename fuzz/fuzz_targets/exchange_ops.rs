//! See `cenote_fuzz::exchange_ops`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cenote_fuzz::report(cenote_fuzz::exchange_ops::run(
    bytes
)));
