//! What the tests of this crate share.

use demeter_core::{Address, Amount, KeyHash, OutputReference, Time, TransactionId, Value};
use pallas_crypto::key::ed25519::SecretKey;

use crate::builder::{TransactionBuilder, UnsignedTransaction};
use crate::transaction::key_hash;
use crate::{
    Data, LedgerSettings, Network, Output, OutputDraft, PlutusScript, PlutusVersion, ProtocolParameters,
    SignedTransaction, SlotClock, UtxoSet,
};

/// A party with a key.
pub(crate) struct Party {
    secret: SecretKey,
}

impl Party {
    pub(crate) fn new(seed: u8) -> Self {
        Self { secret: SecretKey::from([seed; 32]) }
    }

    pub(crate) fn public_key(&self) -> [u8; 32] {
        self.secret.public_key().into()
    }

    pub(crate) fn hash(&self) -> KeyHash {
        key_hash(&self.public_key())
    }

    pub(crate) fn address(&self) -> Address {
        Address::of_key(self.hash())
    }

    pub(crate) fn signature(&self, message: [u8; 32]) -> [u8; 64] {
        self.secret.sign(message).as_ref().try_into().unwrap()
    }

    pub(crate) fn sign(&self, transaction: UnsignedTransaction) -> SignedTransaction {
        self.witness(transaction).finish().unwrap()
    }

    pub(crate) fn witness(&self, mut transaction: UnsignedTransaction) -> UnsignedTransaction {
        let signature = self.signature(transaction.sign_hash());
        transaction.add_witness(self.public_key(), signature).unwrap();
        transaction
    }
}

pub(crate) fn settings() -> LedgerSettings {
    LedgerSettings {
        network: Network::Testnet,
        parameters: ProtocolParameters::hydra_l2().unwrap(),
        clock: SlotClock::of_seconds(Time::from_milliseconds(1_000_000_000).unwrap()).unwrap(),
    }
}

pub(crate) fn ada(count: u64) -> Amount {
    Amount::from_units(count * 1_000_000).unwrap()
}

pub(crate) fn reference(seed: u8) -> OutputReference {
    OutputReference { transaction: TransactionId::from_bytes([seed; 32]), index: u64::from(seed) }
}

pub(crate) fn output(draft: OutputDraft) -> Output {
    draft.finish(Network::Testnet)
}

pub(crate) fn held_by(party: &Party, amount: Amount) -> Output {
    output(OutputDraft::new(party.address(), Value::of_lovelace(amount)))
}

/// The Plutus V3 script of a text in the syntax of untyped Plutus core.
pub(crate) fn script(text: &str) -> PlutusScript {
    script_of(PlutusVersion::V3, text)
}

/// The same in any version.
pub(crate) fn script_of(version: PlutusVersion, text: &str) -> PlutusScript {
    PlutusScript::of(version, uplc::parser::program(text).unwrap().to_debruijn().unwrap().to_cbor().unwrap())
}

pub(crate) fn always_true() -> PlutusScript {
    script("(program 1.1.0 (lam context (con unit ())))")
}

pub(crate) fn always_false() -> PlutusScript {
    script(
        "(program 1.1.0 (lam context \
         (force [[(force (builtin trace)) (con string \"bid: closed\")] (delay (error))])))",
    )
}

/// A script that returns `False` where unit is wanted.
pub(crate) fn returns_false() -> PlutusScript {
    script("(program 1.1.0 (lam context (con bool False)))")
}

/// An output that carries a script.
pub(crate) fn carrier(party: &Party, script: PlutusScript) -> Output {
    output(OutputDraft::new(party.address(), Value::of_lovelace(ada(10))).with_reference_script(script))
}

/// An output that a script guards.
pub(crate) fn guarded_by(script: &PlutusScript, amount: Amount) -> Output {
    output(
        OutputDraft::new(Address::of_script(script.hash()), Value::of_lovelace(amount))
            .with_inline_datum(Data::unit()),
    )
}

/// What spends one guarded output: the guarded is 1, the carrier of its script 2, money and collateral 3.
pub(crate) fn guarded_utxos(party: &Party, script: &PlutusScript) -> UtxoSet {
    UtxoSet::from([
        (reference(1), guarded_by(script, ada(5))),
        (reference(2), carrier(party, script.clone())),
        (reference(3), held_by(party, ada(20))),
    ])
}

pub(crate) fn guarded_spending(party: &Party, utxos: &UtxoSet) -> TransactionBuilder {
    let of = |seed: u8| (reference(seed), utxos[&reference(seed)].clone());
    let ((guarded, locked), (carrier, script), (money, collateral)) = (of(1), of(2), of(3));
    TransactionBuilder::new(settings(), party.address())
        .spend_with(guarded, locked, Data::unit())
        .refer(carrier, script)
        .collateral(money, collateral)
        .signed_by(party.hash())
}
