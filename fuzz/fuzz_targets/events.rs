//! See `cenote_fuzz::events`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cenote_fuzz::report(cenote_fuzz::events::run(bytes)));
