//! See `cenote_fuzz::routes`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cenote_fuzz::report(cenote_fuzz::routes::run(bytes)));
