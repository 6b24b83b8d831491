//! Programs as the fast machine takes them, kept per thread.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use amaru_uplc::binder::DeBruijn;
use amaru_uplc::program::{Program, Version};
use demeter_core::ScriptHash;
use self_cell::self_cell;

use super::super::program::{KEPT, program as decoded};
use super::translate::Ground;
use crate::PlutusScript;

type Root<'g> = &'g Program<'g, DeBruijn>;

self_cell!(
    /// A program and the ground that its terms stand on.
    pub(super) struct Translated {
        owner: Ground,
        #[covariant]
        dependent: Root,
    }
);

impl Translated {
    pub(super) fn get(&self) -> &Program<'_, DeBruijn> {
        self.borrow_dependent()
    }
}

thread_local! {
    /// Those that this machine leaves to the reference are kept as `None`.
    static PROGRAMS: RefCell<HashMap<ScriptHash, Option<Rc<Translated>>>> = RefCell::new(HashMap::new());
}

/// The program of a script, translated from what the reference runs; `None` if it is not one, or calls a builtin
/// that is left to the reference. To be called on a large stack.
pub(super) fn program(script: &PlutusScript) -> Option<Rc<Translated>> {
    let hash = script.hash();
    if let Some(program) = PROGRAMS.with(|kept| kept.borrow().get(&hash).cloned()) {
        return program;
    }
    let program = translated(script).map(Rc::new);
    PROGRAMS.with(|kept| {
        let mut kept = kept.borrow_mut();
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(hash, program.clone());
    });
    program
}

fn translated(script: &PlutusScript) -> Option<Translated> {
    let program = decoded(script).ok()?;
    Translated::try_new(Ground::default(), |ground| {
        // NOTE: all that the version decides here is whether constants can be taken apart by `case`, which the
        // reference allows in every program since protocol version 11.
        let version = Version::plutus_v3(&ground.arena);
        ground.term(&program.term).map(|term| Program::new(&ground.arena, version, term)).ok_or(())
    })
    .ok()
}
