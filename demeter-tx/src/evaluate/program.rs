//! Decoded programs, kept per thread.

use std::cell::RefCell;
use std::collections::HashMap;
use std::mem::ManuallyDrop;

use demeter_core::ScriptHash;
use uplc::ast::{FakeNamedDeBruijn, NamedDeBruijn, Program};

use super::EvaluationError;
use super::machine::on_large_stack;
use crate::PlutusScript;

/// How many programs a thread keeps. A grid has two or three; the bound is against a stream of strange ones.
const KEPT: usize = 64;

type Programs = HashMap<ScriptHash, Program<NamedDeBruijn>>;

thread_local! {
    /// NOTE: not dropped when the thread ends, because dropping a deep program recurses and no large stack is
    /// there then. What a thread leaves behind is bounded by `KEPT`.
    static PROGRAMS: ManuallyDrop<RefCell<Programs>> = ManuallyDrop::new(RefCell::new(HashMap::new()));
}

/// The program of a script. A copy is cheap: its terms are shared. To be called on a large stack.
pub(super) fn program(script: &PlutusScript) -> Result<Program<NamedDeBruijn>, EvaluationError> {
    let hash = script.hash();
    if let Some(program) = PROGRAMS.with(|kept| kept.borrow().get(&hash).cloned()) {
        return Ok(program);
    }
    let mut buffer = Vec::new();
    let program: Program<NamedDeBruijn> =
        Program::<FakeNamedDeBruijn>::from_cbor(script.as_bytes(), &mut buffer)
            .map_err(|error| EvaluationError::MalformedScript { hash, reason: error.to_string() })?
            .into();
    PROGRAMS.with(|kept| {
        let mut kept = kept.borrow_mut();
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(hash, program.clone());
    });
    Ok(program)
}

/// Checks that a script's bytes are a program.
pub(crate) fn check_program(script: &PlutusScript) -> Result<(), EvaluationError> {
    on_large_stack(|| program(script).map(|_| ()))
}
