//! A transaction, the ledger it is for, and who signs it.

use demeter_core::{Address, Amount, KeyHash, OutputReference, TransactionId, Value};
use demeter_tx::ledger::validate;
use demeter_tx::{
    CostModels, LedgerSettings, Network, Output, OutputDraft, PlutusScript, PlutusVersion, SignedTransaction,
    Slot, UtxoSet,
};
use pallas_crypto::hash::{Hash, Hasher};
use pallas_crypto::key::ed25519::SecretKey;
use pallas_primitives::conway::{self, TransactionOutput, Tx};

/// What a verdict is called that is no refusal.
pub(crate) const ACCEPTED: &str = "accepted";

/// The current slot.
pub(crate) const SLOT: u64 = 1_000;

#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) transaction: Tx,
    pub(crate) utxos: UtxoSet,
    pub(crate) settings: LedgerSettings,
    /// The seeds of the keys that sign, and whether they sign this transaction or another.
    pub(crate) signers: Vec<(u8, bool)>,
    /// How much more than the least fee is paid.
    pub(crate) slack: u64,
    /// The output reference with the money that pays for all, which a key locks.
    pub(crate) money: OutputReference,
    /// The version of Plutus that its scripts are in.
    pub(crate) version: PlutusVersion,
    /// The output that a script guards, if one is spent.
    pub(crate) guarded: Option<OutputReference>,
}

pub(crate) fn secret(seed: u8) -> SecretKey {
    SecretKey::from([seed; 32])
}

pub(crate) fn key_hash(seed: u8) -> KeyHash {
    KeyHash::from_bytes(*Hasher::<224>::hash(secret(seed).public_key().as_ref()))
}

pub(crate) fn address(seed: u8) -> Address {
    Address::of_key(key_hash(seed))
}

pub(crate) fn reference(seed: u8) -> OutputReference {
    OutputReference { transaction: TransactionId::from_bytes([seed; 32]), index: u64::from(seed) }
}

pub(crate) fn lovelace(units: u64) -> Value {
    Value::of_lovelace(Amount::from_units(units).unwrap())
}

pub(crate) fn output(draft: OutputDraft) -> Output {
    draft.finish(Network::Testnet)
}

pub(crate) fn held(seed: u8, units: u64) -> Output {
    output(OutputDraft::new(address(seed), lovelace(units)))
}

/// The script of a text.
pub(crate) fn script(version: PlutusVersion, text: &str) -> PlutusScript {
    PlutusScript::of(version, uplc::parser::program(text).unwrap().to_debruijn().unwrap().to_cbor().unwrap())
}

pub(crate) fn always_true() -> PlutusScript {
    script(PlutusVersion::V3, "(program 1.1.0 (lam context (con unit ())))")
}

pub(crate) fn other_script() -> PlutusScript {
    script(PlutusVersion::V3, "(program 1.1.0 (lam context (force (delay (con unit ())))))")
}

impl Case {
    /// The bytes of the transaction with its signatures.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let encoded = minicbor::to_vec(&self.transaction).unwrap();
        let id = match SignedTransaction::from_cbor(&encoded) {
            Ok(transaction) => transaction.sign_hash(),
            Err(_) => return encoded,
        };
        let mut transaction = self.transaction.clone();
        let witness = |&(seed, right): &(u8, bool)| {
            let message = if right { id } else { [0; 32] };
            let signature = secret(seed).sign(message).as_ref().to_vec();
            let vkey = secret(seed).public_key().as_ref().to_vec();
            pallas_primitives::conway::VKeyWitness { vkey: vkey.into(), signature: signature.into() }
        };
        transaction.transaction_witness_set.vkeywitness =
            pallas_primitives::NonEmptySet::from_vec(self.signers.iter().map(witness).collect());
        minicbor::to_vec(&transaction).unwrap()
    }

    /// What our ledger says: the name of the rule that the transaction breaks.
    pub(crate) fn verdict(&self, bytes: &[u8]) -> String {
        let Ok(transaction) = SignedTransaction::from_cbor(bytes) else { return "Malformed".to_owned() };
        match validate(&transaction, &self.utxos, &self.settings, Slot::from_number(SLOT)) {
            Ok(_) => ACCEPTED.to_owned(),
            Err(error) => variant(&error),
        }
    }

    /// Pays so much more than the least fee, out of the change, and puts all collateral at risk for it.
    pub(crate) fn pay_more(&mut self, slack: u64) {
        let body = &mut self.transaction.transaction_body;
        body.fee += slack;
        body.collateral_return = None;
        body.total_collateral = None;
        self.slack += slack;
        *self.change() -= slack;
    }

    /// The lovelace in the change.
    pub(crate) fn change(&mut self) -> &mut u64 {
        coin(self.transaction.transaction_body.outputs.last_mut().unwrap())
    }

    /// Corrects the script-data hash, which most mutations of witnesses break too.
    pub(crate) fn rehash(&mut self) {
        let witnesses = &self.transaction.transaction_witness_set;
        let mut preimage = Vec::new();
        if witnesses.redeemer.is_some() || witnesses.plutus_data.is_some() {
            match &witnesses.redeemer {
                Some(redeemers) => minicbor::encode(redeemers, &mut preimage).unwrap(),
                None => preimage.push(0xa0),
            }
            if let Some(data) = &witnesses.plutus_data {
                minicbor::encode(data, &mut preimage).unwrap();
            }
            let version = witnesses.redeemer.as_ref().map(|_| self.version);
            preimage.extend(language_view(version, &self.settings.parameters.cost_models));
        }
        self.transaction.transaction_body.script_data_hash =
            (!preimage.is_empty()).then(|| Hash::from(*Hasher::<256>::hash(&preimage)));
    }
}

/// The costs of one version of Plutus, or of none, as the script-data hash takes them: of the first wrapped in byte
/// strings.
fn language_view(version: Option<PlutusVersion>, models: &CostModels) -> Vec<u8> {
    let mut encoder = minicbor::Encoder::new(Vec::new());
    encoder.map(u64::from(version.is_some())).unwrap();
    match version {
        None => {}
        Some(PlutusVersion::V1) => {
            let mut costs = vec![0x9f];
            for cost in &models.plutus_v1 {
                minicbor::encode(cost, &mut costs).unwrap();
            }
            costs.push(0xff);
            encoder.bytes(&[0]).unwrap().bytes(&costs).unwrap();
        }
        Some(PlutusVersion::V2) => {
            encoder.u8(1).unwrap().encode(&models.plutus_v2).unwrap();
        }
        Some(PlutusVersion::V3) => {
            encoder.u8(2).unwrap().encode(&models.plutus_v3).unwrap();
        }
    }
    encoder.into_writer()
}

/// The lovelace in an output.
pub(crate) fn coin(output: &mut TransactionOutput) -> &mut u64 {
    match output {
        TransactionOutput::PostAlonzo(output) => match &mut output.value {
            conway::Value::Coin(coin) | conway::Value::Multiasset(coin, _) => coin,
        },
        TransactionOutput::Legacy(_) => panic!("the builder makes no outputs in the old format"),
    }
}

/// The name of an error's variant, or of the innermost that matters.
pub(crate) fn variant(error: &impl std::fmt::Debug) -> String {
    let text = format!("{error:?}");
    text.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default().to_owned()
}
