//! See `cenote_fuzz::events_csv`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cenote_fuzz::report(cenote_fuzz::events_csv::run(
    bytes
)));
