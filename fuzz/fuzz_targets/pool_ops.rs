//! See `cenote_fuzz::pool_ops`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cenote_fuzz::report(cenote_fuzz::pool_ops::run(bytes)));
