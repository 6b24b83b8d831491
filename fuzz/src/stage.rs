//! The scenario of the golden transactions, as a ledger on which each of them can still be made.

use std::collections::BTreeSet;
use std::rc::Rc;

use demeter_core::transition::verify;
use demeter_core::{Amount, Asset, Credential, KeyHash, Refusal, Scripts, TransactionId, Value};
use demeter_tx::evaluate::EvaluationError;
use demeter_tx::keys::Signer as _;
use demeter_tx::ledger::{Applied, LedgerError, validate};
use demeter_tx::{LedgerSettings, SignedTransaction, Slot, UtxoSet};
use futures_executor::block_on;
use pallas_crypto::hash::Hasher;

use crate::cbor::Item;
use crate::fixture::{Cast, Ledger, Party};
use crate::story::Story;
use crate::view::{Parsed, first_slot, parse};

/// Where the fields of a body and of an output are that are mended.
const OUTPUTS: u64 = 1;
const FEE: u64 = 2;
const REQUIRED_SIGNERS: u64 = 14;
const SCRIPT_DATA_HASH: u64 = 11;
const VALUE: u64 = 1;
/// How often a transaction is mended before it is given up.
const MENDINGS: usize = 5;

/// The ledger, and who can sign.
pub struct Stage {
    /// Every output that the scenario ever made, spent or not.
    utxos: UtxoSet,
    settings: LedgerSettings,
    scripts: Scripts,
    cast: Rc<Cast>,
}

impl Stage {
    /// Plays the scenario.
    pub fn set() -> Self {
        let Story { ledger, .. } = Story::whole(Asset::Lovelace);
        let mut stage = Self {
            utxos: Ledger::open(&Asset::Lovelace).utxos(),
            settings: ledger.composer.settings().clone(),
            scripts: ledger.composer.contract().scripts(),
            cast: Rc::clone(&ledger.cast),
        };
        for recorded in &ledger.recorded {
            let applied = stage.judge(&recorded.transaction).expect("it was valid");
            stage.utxos.extend(applied.effect.made);
        }
        stage
    }

    /// Checks what must hold of any bytes as a transaction: as they are, and mended by someone who has all keys.
    pub fn check(&self, bytes: &[u8]) {
        let Ok(transaction) = SignedTransaction::from_cbor(bytes) else { return };
        let written = transaction.to_cbor();
        assert_eq!(
            SignedTransaction::from_cbor(&written).as_ref(),
            Ok(&transaction),
            "it changes when written"
        );
        // The head of the array alone is not kept where it could be shorter.
        assert!(bytes[0] != 0x84 || written == bytes, "what is written is not what was read");
        let id = TransactionId::from_bytes(*Hasher::<256>::hash(transaction.body()));
        assert_eq!(transaction.id(), id, "the id is not of the body");
        drop(self.judge(&transaction));
        if let Some(tree) = Item::read(bytes) {
            self.mend(tree);
        }
    }

    /// Judges a transaction: what is taken is signed and conserves every asset, and mirror and scripts agree on it.
    fn judge(&self, transaction: &SignedTransaction) -> Result<Applied, LedgerError> {
        let bytes = transaction.to_cbor();
        let slot = first_slot(&bytes).unwrap_or(Slot::from_number(0));
        let outcome = validate(transaction, &self.utxos, &self.settings, slot);
        match &outcome {
            Ok(applied) => {
                assert_eq!(applied.id, transaction.id());
                let parsed = parse(&bytes, &self.utxos, &self.settings.clock);
                assert_signed(&parsed);
                self.assert_conserved(applied, &parsed);
                let mirror = verify(&self.scripts, &parsed.view);
                // The one condition that the chain does not have.
                let agrees = matches!(mirror, Ok(_) | Err(Refusal::OtherMarket { .. }));
                assert!(agrees, "the scripts accept, the mirror says {mirror:?}\n{:#?}", parsed.view);
            }
            // Scripts run last, so this is a verdict of the contract.
            Err(LedgerError::Script(EvaluationError::Refused { hash, reason, .. }))
                if [self.scripts.registry, self.scripts.market].contains(hash) =>
            {
                let parsed = parse(&bytes, &self.utxos, &self.settings.clock);
                let mirror = verify(&self.scripts, &parsed.view);
                assert!(mirror.is_err(), "the scripts say {reason}, the mirror accepts\n{:#?}", parsed.view);
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
        outcome
    }

    fn assert_conserved(&self, applied: &Applied, Parsed { view, fee, .. }: &Parsed) {
        let sum = |values: &mut dyn Iterator<Item = &Value>| {
            values.fold(Value::default(), |sum, value| sum.checked_add(value).expect("all of an asset"))
        };
        let mut before =
            sum(&mut applied.effect.consumed.iter().map(|reference| self.utxos[reference].value()));
        let mut after = sum(&mut applied.effect.made.iter().map(|(_, output)| output.value()));
        let amount = |units| Amount::from_units(units).expect("an amount");
        after = after.plus(&Asset::Lovelace, amount(*fee)).expect("an amount");
        for (asset, count) in &view.minted {
            let side = if *count < 0 { &mut after } else { &mut before };
            *side = side.clone().plus(asset, amount(count.unsigned_abs())).expect("an amount");
        }
        assert_eq!(before, after, "{} is taken and conserves not", applied.id);
    }

    /// Mends what keeps a transaction from its scripts, and judges it again: the hash of what they are told, the
    /// lovelace that is left over or missing, the signatures.
    fn mend(&self, mut tree: Item) {
        let mut signers = None;
        for _ in 0..MENDINGS {
            let Ok(mut transaction) = SignedTransaction::from_cbor(&tree.write()) else { return };
            let signers = signers.get_or_insert_with(|| transaction.signers().collect::<BTreeSet<_>>());
            self.sign(&mut transaction, signers);
            let Some(body) = tree.node(1) else { return };
            match self.judge(&transaction) {
                Err(LedgerError::ScriptDataHash { expected, .. }) => {
                    body.set_field(SCRIPT_DATA_HASH, expected.map(|hash| Item::Bytes(hash.to_vec())));
                }
                Err(LedgerError::NotConserved { asset: Asset::Lovelace, consumed, produced }) => {
                    if balance(body, consumed - produced).is_none() {
                        return;
                    }
                }
                Err(LedgerError::NotSigned { key }) if self.party(&key).is_some() => {
                    signers.insert(key);
                }
                Err(LedgerError::NotSigned { .. }) => body.set_field(REQUIRED_SIGNERS, None),
                _ => return,
            }
        }
    }

    fn party(&self, key: &KeyHash) -> Option<&Party> {
        self.cast.all().find(|party| party.hash() == *key)
    }

    fn sign(&self, transaction: &mut SignedTransaction, signers: &BTreeSet<KeyHash>) {
        for party in signers.iter().filter_map(|signer| self.party(signer)) {
            let witness = block_on(party.key.sign_body(transaction.body())).expect("a key in memory signs");
            transaction
                .add_witness(*witness.key.as_bytes(), *witness.signature.as_bytes())
                .expect("it is of this body");
        }
    }
}

/// Whoever owns an input, and whoever is required to, has signed.
fn assert_signed(Parsed { view, signers, .. }: &Parsed) {
    let owners = view.inputs.iter().filter_map(|input| match &input.output.address.payment {
        Credential::Key(key) => Some(key),
        Credential::Script(_) => None,
    });
    for key in owners.chain(view.signatories.iter()) {
        assert!(signers.contains(key), "taken without the signature of {key}\n{view:#?}");
    }
}

/// Puts lovelace that is left over into the fee, and takes what is missing from there or from the last output.
fn balance(body: &mut Item, over: i128) -> Option<()> {
    let fee = body.field(FEE)?;
    let Item::Unsigned(old) = fee else { return None };
    if let Ok(new) = u64::try_from(i128::from(*old) + over) {
        *old = new;
        return Some(());
    }
    let Item::Collection { items, .. } = body.field(OUTPUTS)? else { return None };
    let mut value = items.last_mut()?.field(VALUE)?;
    if let Item::Collection { is_map: false, items, .. } = value {
        value = items.first_mut()?;
    }
    let Item::Unsigned(old) = value else { return None };
    *old = u64::try_from(i128::from(*old) + over).ok()?;
    Some(())
}
