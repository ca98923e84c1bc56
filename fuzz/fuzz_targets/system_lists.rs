#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ledgate_fuzz::system_lists(bytes));
