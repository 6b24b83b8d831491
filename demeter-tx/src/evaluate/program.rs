//! Decoded programs, kept per thread.

use std::cell::RefCell;
use std::collections::HashMap;
use std::mem::ManuallyDrop;

use demeter_core::ScriptHash;
use pallas_codec::flat::de::{Decode as _, Decoder};
use uplc::ast::{FakeNamedDeBruijn, NamedDeBruijn, Program};

use super::EvaluationError;
use super::stack::on_large_stack;
use crate::{PlutusScript, PlutusVersion};

/// How many programs a thread keeps. A grid has two or three; the bound is against a stream of strange ones.
pub(super) const KEPT: usize = 64;

type Programs = HashMap<ScriptHash, Program<NamedDeBruijn>>;

thread_local! {
    /// NOTE: not dropped when the thread ends, because dropping a deep program recurses and no large stack is
    /// there then. What a thread leaves behind is bounded by `KEPT`.
    static PROGRAMS: ManuallyDrop<RefCell<Programs>> = ManuallyDrop::new(RefCell::new(HashMap::new()));
}

/// The program of a script. A copy is cheap: its terms are shared. To be called on a large stack.
pub(super) fn program(script: &PlutusScript) -> Result<Program<NamedDeBruijn>, String> {
    let hash = script.hash();
    if let Some(program) = PROGRAMS.with(|kept| kept.borrow().get(&hash).cloned()) {
        return Ok(program);
    }
    let program: Program<NamedDeBruijn> = decode(script)?.into();
    PROGRAMS.with(|kept| {
        let mut kept = kept.borrow_mut();
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(hash, program.clone());
    });
    Ok(program)
}

/// NOTE: the machine's own function passes over whatever follows the program, or the byte string around it.
///
/// Source: Plutus `deserialiseScript`: `RemainderError` since V3; `unflatWith`, which wants every byte used.
fn decode(script: &PlutusScript) -> Result<Program<FakeNamedDeBruijn>, String> {
    let mut wrapping = minicbor::Decoder::new(script.as_bytes());
    let flat = wrapping.bytes().map_err(|error| error.to_string())?;
    let count = script.as_bytes().len().saturating_sub(wrapping.position());
    if count > 0 && script.version() >= PlutusVersion::V3 {
        return Err(format!("{count} bytes follow it"));
    }
    let mut decoder = Decoder::new(flat);
    let program = Program::decode(&mut decoder).map_err(|error| error.to_string())?;
    decoder.filler().map_err(|error| error.to_string())?;
    match flat.len().saturating_sub(decoder.pos) {
        0 => Ok(program),
        count => Err(format!("{count} bytes follow the program in it")),
    }
}

/// Checks that a script's bytes are a program.
pub(crate) fn check_program(script: &PlutusScript) -> Result<(), EvaluationError> {
    let hash = script.hash();
    on_large_stack(|| program(script).map(|_| ()))
        .map_err(|reason| EvaluationError::MalformedScript { hash, reason })
}
