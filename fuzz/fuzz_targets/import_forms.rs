#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ledgate_fuzz::import_forms(bytes));
