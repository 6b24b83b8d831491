//! The two engines: the mirror in Rust, and the compiled scripts.

use demeter_core::transition::{Datum, InputView, OutputView, TransactionView, verify};
use demeter_core::{Asset, OutputReference, Script, Scripts, Time, Value};
use demeter_tx::evaluate::{EvaluationError, evaluate};
use demeter_tx::market::Contract;
use demeter_tx::{
    Data, LedgerSettings, Network, Output, OutputDraft, PlutusScript, ProtocolParameters, SlotClock, UtxoSet,
};
use minicbor::Encoder;

use crate::make;
use crate::repository;

/// Whether a transaction is accepted.
pub type Verdict = Result<(), Refused>;

/// What an engine says of a transaction that it does not accept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Of the mirror the code of its refusal; of the scripts `script`, or `over_budget`.
    pub code: &'static str,
    /// The same in words.
    pub reason: String,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.reason)
    }
}

/// Something that judges whole transactions by the contract.
pub trait Engine {
    /// Judges one.
    fn judge(&self, transaction: &TransactionView) -> Verdict;
}

/// The mirror.
pub struct Mirror {
    /// The scripts whose transactions it judges.
    pub scripts: Scripts,
}

impl Engine for Mirror {
    fn judge(&self, transaction: &TransactionView) -> Verdict {
        verify(&self.scripts, transaction)
            .map(|_| ())
            .map_err(|refusal| Refused { code: refusal.code(), reason: refusal.to_string() })
    }
}

/// The compiled scripts of the committed blueprint, run as the ledger's phase 2 runs them; there is no phase 1.
pub struct Validator {
    contract: Contract,
    settings: LedgerSettings,
}

impl Validator {
    /// Reads the committed blueprint.
    ///
    /// # Panics
    /// It is not one.
    pub fn committed() -> Self {
        Self::of_blueprint(&repository::text("validators/plutus.json"))
    }

    /// Reads another build of the contract.
    ///
    /// # Panics
    /// The text is no blueprint of it.
    pub fn of_blueprint(text: &str) -> Self {
        let contract = Contract::from_blueprint(text).expect("the contract's blueprint");
        let settings = LedgerSettings {
            network: Network::Testnet,
            parameters: ProtocolParameters::hydra_l2().expect("our own file"),
            clock: SlotClock::of_seconds(Time::ZERO).expect("a second"),
        };
        Self { contract, settings }
    }

    /// The two scripts.
    pub const fn contract(&self) -> &Contract {
        &self.contract
    }

    /// What the scripts are run under.
    pub const fn settings(&self) -> &LedgerSettings {
        &self.settings
    }

    /// The hashes of the two scripts.
    pub const fn scripts(&self) -> Scripts {
        self.contract.scripts()
    }

    /// Where the scripts lie: before and after all other outputs in the ledger's order.
    fn published(&self) -> [(OutputReference, Output); 2] {
        let lie = |script: &PlutusScript| {
            OutputDraft::new(
                demeter_core::Address::of_key(make::key(0xee)),
                Value::of_lovelace(make::amount(1)),
            )
            .with_reference_script(script.clone())
            .finish(self.settings.network)
        };
        [
            (make::reference(0x00, 0), lie(self.contract.registry())),
            (make::reference(0xff, 0), lie(self.contract.market())),
        ]
    }

    fn output(&self, view: &OutputView) -> Output {
        let mut draft = OutputDraft::new(view.address, view.value.clone());
        draft = match &view.datum {
            Datum::None => draft,
            Datum::Hash => draft.with_datum_hash([0; 32]),
            Datum::Inline(bytes) => {
                draft.with_inline_datum(Data::from_cbor(bytes.clone()).expect("plutus data"))
            }
        };
        if view.has_reference_script {
            draft = draft.with_reference_script(self.contract.registry().clone());
        }
        draft.finish(self.settings.network)
    }

    /// The transaction of a view, and the outputs that it consumes and reads.
    ///
    /// # Panics
    /// A bound is no slot's, or an input of ours lacks its redeemer.
    pub fn transaction(&self, view: &TransactionView) -> (Vec<u8>, UtxoSet) {
        let mut utxos: UtxoSet = view
            .inputs
            .iter()
            .chain(&view.references)
            .map(|input| (input.reference, self.output(&input.output)))
            .collect();
        let mut references: Vec<_> = view.references.iter().map(|input| input.reference).collect();
        for (reference, output) in self.published() {
            references.push(reference);
            utxos.insert(reference, output);
        }
        references.sort();
        (self.encode(view, &references), utxos)
    }

    /// Runs the scripts of a view.
    ///
    /// # Errors
    /// A script refuses, or uses more than it may.
    ///
    /// # Panics
    /// As [`Self::transaction`].
    pub fn run(&self, view: &TransactionView) -> Result<(), EvaluationError> {
        let (transaction, utxos) = self.transaction(view);
        evaluate(&transaction, &utxos, &self.settings).map(|_| ())
    }

    fn encode(&self, view: &TransactionView, references: &[OutputReference]) -> Vec<u8> {
        let mut body = Fields::default();
        let mut inputs: Vec<_> = view.inputs.iter().map(|input| input.reference).collect();
        inputs.sort();
        body.field(0, |encoder| outputs_of(encoder, &inputs));
        body.field(1, |encoder| {
            array(encoder, view.outputs.len());
            for output in &view.outputs {
                encoder.writer_mut().extend_from_slice(self.output(output).as_bytes());
            }
        });
        body.field(2, |encoder| integer(encoder, 0));
        if let Some(upper) = view.upper {
            body.field(3, |encoder| integer(encoder, self.slot(upper)));
        }
        if let Some(lower) = view.lower {
            body.field(8, |encoder| integer(encoder, self.slot(lower)));
        }
        if !view.minted.is_empty() {
            body.field(9, |encoder| mint(encoder, &view.minted));
        }
        if view.signatories.iter().next().is_some() {
            body.field(14, |encoder| {
                array(encoder, view.signatories.iter().count());
                view.signatories.iter().for_each(|key| bytes(encoder, key.as_bytes()));
            });
        }
        body.field(18, |encoder| outputs_of(encoder, references));
        let mut witnesses = Fields::default();
        witnesses.field(5, |encoder| self.redeemers(encoder, view, &inputs));
        let mut encoder = Encoder::new(Vec::new());
        array(&mut encoder, 4);
        encoder.writer_mut().extend(body.finish());
        encoder.writer_mut().extend(witnesses.finish());
        encoder.bool(true).expect("memory").null().expect("memory");
        encoder.into_writer()
    }

    fn slot(&self, time: Time) -> u64 {
        let slot = self.settings.clock.slot_at(time).expect("a time after the start");
        assert_eq!(self.settings.clock.time_of(slot), Ok(time), "a bound is the start of a slot");
        slot.to_number()
    }

    fn redeemers(&self, encoder: &mut Encoder<Vec<u8>>, view: &TransactionView, inputs: &[OutputReference]) {
        let of_ours = |input: &&InputView| self.script_at(input).is_some();
        let redeemer = |input: &InputView| input.redeemer.clone().expect("a redeemer");
        let position = |input: &InputView| {
            inputs.iter().position(|reference| *reference == input.reference).expect("an input") as u64
        };
        let spending = view.inputs.iter().filter(of_ours).map(|input| (0, position(input), redeemer(input)));
        let minting = policies(&view.minted)
            .into_iter()
            .position(|policy| policy == self.scripts().registry)
            .map(|position| (1, position as u64, view.policy_redeemer.clone().expect("a redeemer")));
        let all: Vec<_> = spending.chain(minting).collect();
        encoder.map(all.len() as u64).expect("memory");
        for (purpose, position, data) in all {
            array(encoder, 2);
            integer(encoder, purpose);
            integer(encoder, position);
            array(encoder, 2);
            encoder.writer_mut().extend(data);
            array(encoder, 2);
            integer(encoder, 0);
            integer(encoder, 0);
        }
    }

    fn script_at(&self, input: &InputView) -> Option<Script> {
        let scripts = self.scripts();
        [Script::Registry, Script::Market]
            .into_iter()
            .find(|script| input.output.address.payment == scripts.address(*script).payment)
    }
}

impl Engine for Validator {
    fn judge(&self, view: &TransactionView) -> Verdict {
        match self.run(view) {
            Ok(()) => Ok(()),
            Err(EvaluationError::Refused { pointer, reason, .. }) => {
                Err(Refused { code: "script", reason: format!("{pointer}: {reason}") })
            }
            // What cannot be run within a transaction's limits is refused, though not by a condition.
            Err(error @ EvaluationError::OverBudget { .. }) => {
                Err(Refused { code: "over_budget", reason: error.to_string() })
            }
            Err(other) => panic!("no verdict: {other}"),
        }
    }
}

/// The fields of a map in the ledger's encoding.
#[derive(Default)]
struct Fields {
    count: u64,
    bytes: Vec<u8>,
}

impl Fields {
    fn field(&mut self, number: u64, write: impl FnOnce(&mut Encoder<Vec<u8>>)) {
        let mut encoder = Encoder::new(std::mem::take(&mut self.bytes));
        integer(&mut encoder, number);
        write(&mut encoder);
        self.bytes = encoder.into_writer();
        self.count += 1;
    }

    fn finish(self) -> Vec<u8> {
        let mut encoder = Encoder::new(Vec::new());
        encoder.map(self.count).expect("memory");
        let mut bytes = encoder.into_writer();
        bytes.extend(self.bytes);
        bytes
    }
}

fn array(encoder: &mut Encoder<Vec<u8>>, length: usize) {
    encoder.array(length as u64).expect("memory");
}

fn integer(encoder: &mut Encoder<Vec<u8>>, integer: u64) {
    encoder.u64(integer).expect("memory");
}

fn bytes(encoder: &mut Encoder<Vec<u8>>, bytes: &[u8]) {
    encoder.bytes(bytes).expect("memory");
}

fn outputs_of(encoder: &mut Encoder<Vec<u8>>, references: &[OutputReference]) {
    array(encoder, references.len());
    for reference in references {
        array(encoder, 2);
        bytes(encoder, reference.transaction.as_bytes());
        integer(encoder, reference.index);
    }
}

fn policies(minted: &[(Asset, i64)]) -> Vec<demeter_core::ScriptHash> {
    let mut policies: Vec<_> = minted
        .iter()
        .filter_map(|(asset, _)| match asset {
            Asset::Token { policy, .. } => Some(*policy),
            Asset::Lovelace => None,
        })
        .collect();
    policies.sort();
    policies.dedup();
    policies
}

fn mint(encoder: &mut Encoder<Vec<u8>>, minted: &[(Asset, i64)]) {
    let policies = policies(minted);
    encoder.map(policies.len() as u64).expect("memory");
    for one in policies {
        bytes(encoder, one.as_bytes());
        let mut names: Vec<_> = minted
            .iter()
            .filter_map(|(asset, count)| match asset {
                Asset::Token { policy, name } if *policy == one => Some((name, *count)),
                _ => None,
            })
            .collect();
        names.sort();
        encoder.map(names.len() as u64).expect("memory");
        for (name, count) in names {
            bytes(encoder, name.as_bytes());
            encoder.i64(count).expect("memory");
        }
    }
}
