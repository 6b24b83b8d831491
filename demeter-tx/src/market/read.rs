//! Reading states out of outputs.

use demeter_core::codec::DecodeError;
use demeter_core::transition::Held;
use demeter_core::{
    Address, Credential, OutputReference, PlutusData as _, Script, Scripts, State, StateKind,
};

use crate::Output;

/// An output does not hold a state of this contract.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// It is at another address.
    #[error("{reference} is not at an address of the contract")]
    Elsewhere {
        /// The output.
        reference: OutputReference,
    },
    /// It has no inline datum.
    #[error("{reference} has no inline datum")]
    NoDatum {
        /// The output.
        reference: OutputReference,
    },
    /// Its datum is not a state.
    #[error("{reference}: {source}")]
    Datum {
        /// The output.
        reference: OutputReference,
        /// What is wrong with it.
        source: DecodeError,
    },
    /// It carries a script, which no state does that the contract would read.
    #[error("{reference} carries a script, which no state does")]
    CarriesScript {
        /// The output.
        reference: OutputReference,
    },
    /// Its datum is a state of the other script.
    #[error("{reference} holds a {found} at the wrong script")]
    WrongScript {
        /// The output.
        reference: OutputReference,
        /// What it holds.
        found: StateKind,
    },
}

/// Reads the state that an output holds.
///
/// NOTE: this does not say that the state is authentic; whether it holds its token is for the transition to check.
///
/// # Errors
/// The output is not at an address of the contract (with a staking part it is not), or its datum is not a state of
/// the script that it stands at.
pub fn read_state(
    scripts: &Scripts,
    reference: OutputReference,
    output: &Output,
) -> Result<Held<State>, StateError> {
    let at = match output.address() {
        Address { payment: Credential::Script(hash), stake: None } if *hash == scripts.registry => {
            Script::Registry
        }
        Address { payment: Credential::Script(hash), stake: None } if *hash == scripts.market => {
            Script::Market
        }
        _ => return Err(StateError::Elsewhere { reference }),
    };
    let data = output.inline_datum().ok_or(StateError::NoDatum { reference })?;
    let state = State::decode(data.as_bytes()).map_err(|source| StateError::Datum { reference, source })?;
    if state.script() != at {
        return Err(StateError::WrongScript { reference, found: state.kind() });
    }
    Ok(Held { reference, value: output.value().clone(), state })
}
