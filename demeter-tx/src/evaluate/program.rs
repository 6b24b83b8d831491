//! Decoded programs, kept per thread.

use std::cell::RefCell;
use std::collections::HashMap;

use demeter_core::ScriptHash;
use uplc::ast::{FakeNamedDeBruijn, NamedDeBruijn, Program};

use super::EvaluationError;
use crate::PlutusScript;

/// How many programs a thread keeps. A grid has two or three; the bound is against a stream of strange ones.
const KEPT: usize = 64;

thread_local! {
    static PROGRAMS: RefCell<HashMap<ScriptHash, Program<NamedDeBruijn>>> = RefCell::new(HashMap::new());
}

/// The program of a script. A copy is cheap: its terms are shared.
pub(super) fn program(script: &PlutusScript) -> Result<Program<NamedDeBruijn>, EvaluationError> {
    let hash = script.hash();
    if let Some(program) = PROGRAMS.with_borrow(|kept| kept.get(&hash).cloned()) {
        return Ok(program);
    }
    let mut buffer = Vec::new();
    let program: Program<NamedDeBruijn> =
        Program::<FakeNamedDeBruijn>::from_cbor(script.as_bytes(), &mut buffer)
            .map_err(|error| EvaluationError::MalformedScript { hash, reason: error.to_string() })?
            .into();
    PROGRAMS.with_borrow_mut(|kept| {
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(hash, program.clone());
    });
    Ok(program)
}

/// Checks that a script's bytes are a program.
pub(crate) fn check_program(script: &PlutusScript) -> Result<(), EvaluationError> {
    program(script).map(|_| ())
}
