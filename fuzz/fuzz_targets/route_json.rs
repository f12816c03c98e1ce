//! See `cenote_fuzz::route_json`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cenote_fuzz::report(cenote_fuzz::route_json::run(
    bytes
)));
