//! Any integers into the functions of the rule: the contract's, exported and run by themselves, and ours.

#![no_main]

use demeter_fuzz::agreement::Agreement;
use demeter_fuzz::integers::Integers;
use libfuzzer_sys::fuzz_target;

thread_local! {
    static AGREEMENT: Agreement = Agreement::exported();
}

fuzz_target!(|bytes: &[u8]| {
    // Where the bytes end too early, nothing is compared.
    let _ = AGREEMENT.with(|agreement| agreement.check(&mut Integers::new(bytes)));
});
