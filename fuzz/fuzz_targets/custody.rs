//! See `cenote_fuzz::custody`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cenote_fuzz::report(cenote_fuzz::custody::run(bytes)));
