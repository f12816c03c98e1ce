//! See `cenote_fuzz::market_json`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cenote_fuzz::report(cenote_fuzz::market_json::run(
    bytes
)));
