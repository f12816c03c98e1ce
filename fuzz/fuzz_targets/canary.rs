//! See `cenote_fuzz::canary`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cenote_fuzz::report(cenote_fuzz::canary::run(bytes)));
