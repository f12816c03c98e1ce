//! See `cenote_fuzz::swaps_csv`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cenote_fuzz::report(cenote_fuzz::swaps_csv::run(bytes)));
