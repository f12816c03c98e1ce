//! See `cenote_fuzz::forks`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cenote_fuzz::report(cenote_fuzz::forks::run(bytes)));
