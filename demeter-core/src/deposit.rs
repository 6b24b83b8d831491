//! Crossing into a head: what hydra's deposit validator reads.

use crate::codec::{Codec, Writer, record};
use crate::transition::Held;
use crate::{Address, Asset, OutputReference, ScriptHash, Scripts, State, Text, Time, Value};

/// The datum of a deposit: which outputs appear in which head, and when they can be taken back if they do not.
///
/// Source: `DepositDatum` in hydra-node 2.3.0 (`hydra-plutus`, `Hydra.Contract.Deposit`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Deposit {
    /// The head's id: the policy of its tokens.
    pub head: ScriptHash,
    /// From when on the deposit can be taken back on L1.
    pub deadline: Time,
    /// What appears in the head.
    pub commits: Vec<Commit>,
}

record! { 0 Deposit as "deposit" { head, deadline, commits } }

/// An output that a deposit records.
///
/// Source: `Commit` in hydra-node 2.3.0 (`hydra-plutus`, `Hydra.Contract.Commit`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Commit {
    /// Under which reference the output appears in the head.
    pub reference: OutputReference,
    /// The output as Plutus data, serialised as the ledger does it. A reference script would be lost.
    pub output: Text,
}

record! { 0 Commit as "commit" { reference, output } }

impl Commit {
    /// Records a state in its output, under the reference that it has.
    pub fn of(scripts: &Scripts, held: &Held<State>) -> Self {
        let address = scripts.address(held.state.script());
        let output = LedgerOutput { address, value: &held.value, datum: &held.state };
        let mut writer = Writer::new();
        output.write(&mut writer);
        Self { reference: held.reference, output: Text::from_bytes(writer.finish()) }
    }
}

/// An output with an inline datum and no script, as a Plutus V3 script sees it.
struct LedgerOutput<'a> {
    address: Address,
    value: &'a Value,
    datum: &'a State,
}

impl LedgerOutput<'_> {
    fn write(&self, writer: &mut Writer) {
        writer.constructor(0, 4);
        self.address.write(writer);
        write_value(self.value, writer);
        // An inline datum is the third of three alternatives.
        writer.constructor(2, 1);
        self.datum.write(writer);
        writer.end(1);
        None::<ScriptHash>.write(writer);
        writer.end(4);
    }
}

/// A policy with its assets: names and amounts.
type Policy<'a> = (&'a [u8], Vec<(&'a [u8], u64)>);

/// A value by policy and name; ada has neither, and comes first.
fn write_value(value: &Value, writer: &mut Writer) {
    let mut policies: Vec<Policy<'_>> = Vec::new();
    for (asset, amount) in value.iter() {
        let (policy, name): (&[u8], &[u8]) = match asset {
            Asset::Lovelace => (&[], &[]),
            Asset::Token { policy, name } => (policy.as_bytes(), name.as_bytes()),
        };
        match policies.last_mut() {
            Some((last, names)) if *last == policy => names.push((name, amount.to_units())),
            _ => policies.push((policy, vec![(name, amount.to_units())])),
        }
    }
    writer.map(policies.len());
    for (policy, names) in policies {
        writer.bytes(policy);
        writer.map(names.len());
        for (name, amount) in names {
            writer.bytes(name);
            writer.integer(amount);
        }
    }
}

/// Generates a deposit.
#[cfg(any(test, feature = "test-utils"))]
pub fn any_deposit() -> impl proptest::strategy::Strategy<Value = Deposit> {
    use proptest::prelude::*;
    let output = proptest::collection::vec(any::<u8>(), 0..200);
    let commit = (crate::output::any_output_reference(), output)
        .prop_map(|(reference, output)| Commit { reference, output: Text::from_bytes(output) });
    let commits = proptest::collection::vec(commit, 0..4);
    (crate::id::any_script_hash(), crate::integer::any_time(), commits)
        .prop_map(|(head, deadline, commits)| Deposit { head, deadline, commits })
}
