//! Each rule, on both sides of its boundary: a healthy transaction passes, one mutation is refused by name.

use std::collections::{BTreeMap, BTreeSet};

use demeter_core::{Address, Amount, Asset, AssetName, OutputReference, Value};
use pallas_codec::utils::MaybeIndefArray;
use pallas_crypto::hash::Hash;
use pallas_primitives::conway::{ExUnits, MintedTx, Redeemer, RedeemerTag, Redeemers, Tx};
use pallas_primitives::{Bytes, NonEmptyKeyValuePairs, NonEmptySet, NonZeroInt, PositiveCoin, Set};

use super::*;
use crate::builder::TransactionBuilder;
use crate::evaluate::{Purpose, RedeemerPointer};
use crate::testing::*;
use crate::{Data, ExecutionUnits, Network, Output, OutputDraft, PlutusScript, PlutusVersion, Ratio, wire};

mod collateral;
mod fees;
mod fields;
mod native;
mod plutus;
mod withdrawals;

/// A transaction, the ledger it is for, and who signs it.
struct Case {
    transaction: Tx,
    utxos: UtxoSet,
    settings: LedgerSettings,
    slot: Slot,
    signers: Vec<Party>,
    /// The versions of Plutus that it uses, for the script-data hash.
    versions: BTreeSet<PlutusVersion>,
}

impl Case {
    fn of(built: &SignedTransaction, utxos: UtxoSet) -> Self {
        let bytes = built.to_cbor();
        let decoded: MintedTx<'_> = minicbor::decode(&bytes).unwrap();
        let transaction = decoded.into();
        Self {
            transaction,
            utxos,
            settings: settings(),
            slot: Slot::from_number(10),
            signers: vec![Party::new(1)],
            versions: built.redeemer_bytes().map(|_| PlutusVersion::V3).into_iter().collect(),
        }
    }

    /// 20 ada in, 5 to another, 15 back.
    fn payment() -> Self {
        let party = Party::new(1);
        let utxos = guarded_utxos(&party, &always_true());
        let built = TransactionBuilder::new(settings(), party.address())
            .spend(reference(3), utxos[&reference(3)].clone())
            .pay(OutputDraft::new(Party::new(2).address(), Value::of_lovelace(ada(5))))
            .build()
            .unwrap();
        Self::of(built.transaction(), utxos)
    }

    /// A guarded output of 5 ada spent by its reference script.
    fn guarded() -> Self {
        let party = Party::new(1);
        let utxos = guarded_utxos(&party, &always_true());
        let built = guarded_spending(&party, &utxos).build().unwrap();
        Self::of(built.transaction(), utxos)
    }

    /// The case after one mutation.
    fn but(mut self, mutate: impl FnOnce(&mut Self)) -> Self {
        mutate(&mut self);
        self
    }

    /// Corrects the script-data hash, which most mutations of witnesses break too.
    fn rehashed(self) -> Self {
        self.but(|case| {
            let witnesses = &case.transaction.transaction_witness_set;
            let redeemers = witnesses.redeemer.as_ref().map(wire::encode);
            let data = witnesses.plutus_data.as_ref().map(wire::encode);
            case.transaction.transaction_body.script_data_hash = crate::integrity::script_data_hash(
                redeemers.as_deref(),
                data.as_deref(),
                &case.versions,
                &case.settings.parameters.cost_models,
            )
            .map(Hash::from);
        })
    }

    fn signed(&self) -> SignedTransaction {
        let mut signed = SignedTransaction::from_cbor(&wire::encode(&self.transaction)).unwrap();
        for signer in &self.signers {
            signed.add_witness(signer.public_key(), signer.signature(signed.sign_hash())).unwrap();
        }
        signed
    }

    fn verdict(&self) -> Result<Applied, LedgerError> {
        validate(&self.signed(), &self.utxos, &self.settings, self.slot)
    }

    #[track_caller]
    fn accepted(self) {
        self.verdict().unwrap();
    }

    #[track_caller]
    fn refused(self) -> LedgerError {
        self.verdict().unwrap_err()
    }
}

fn units(count: u64) -> Amount {
    Amount::from_units(count).unwrap()
}

fn replace_output(case: &mut Case, index: usize, output: &Output) {
    case.transaction.transaction_body.outputs[index] = minicbor::decode(output.as_bytes()).unwrap();
}

/// One redeemer that says nothing, with units enough.
fn one_redeemer(tag: RedeemerTag, index: u32) -> Redeemers {
    let data = Data::unit().decode().unwrap();
    let ex_units = ExUnits { mem: 10_000, steps: 10_000_000 };
    Redeemers::List(MaybeIndefArray::Def(vec![Redeemer { tag, index, data, ex_units }]))
}

fn spend_zero() -> RedeemerPointer {
    RedeemerPointer { purpose: Purpose::Spend, index: 0 }
}

fn token() -> Asset {
    Asset::Token { policy: always_true().hash(), name: AssetName::from_bytes(*b"t").unwrap() }
}

#[test]
fn healthy_transactions_pass() {
    Case::payment().accepted();
    Case::guarded().accepted();
    Case::guarded().rehashed().accepted();
}

#[test]
fn inputs_exist() {
    for missing in [1, 2, 3] {
        let case = Case::guarded().but(|case| {
            case.utxos.remove(&reference(missing));
        });
        assert_eq!(case.refused(), LedgerError::UnknownInput { reference: reference(missing) });
    }
}

#[test]
fn something_is_spent() {
    let case = Case::payment().but(|case| {
        case.transaction.transaction_body.inputs = Set::from(vec![]);
        case.transaction.transaction_body.outputs.clear();
    });
    assert_eq!(case.refused(), LedgerError::NoInputs);
}

#[test]
fn nothing_is_named_twice() {
    let case = Case::payment().but(|case| {
        case.transaction.transaction_body.inputs = Set::from(vec![wire::input(&reference(3)); 2]);
    });
    assert!(matches!(case.refused(), LedgerError::Decode(_)));
}

#[test]
fn references_are_disjoint() {
    let refer = |seed: u8| {
        Case::payment().but(|case| {
            case.transaction.transaction_body.reference_inputs =
                NonEmptySet::from_vec(vec![wire::input(&reference(seed))]);
        })
    };
    refer(1).accepted();
    assert_eq!(refer(3).refused(), LedgerError::InputAlsoReferred { reference: reference(3) });
}

#[test]
fn validity_is_half_open() {
    let valid = |from: Option<u64>, before: Option<u64>| {
        Case::payment().but(|case| {
            case.transaction.transaction_body.validity_interval_start = from;
            case.transaction.transaction_body.ttl = before;
        })
    };
    valid(Some(10), None).accepted();
    valid(None, Some(11)).accepted();
    valid(Some(10), Some(11)).accepted();
    let slot = Slot::from_number;
    assert_eq!(
        valid(Some(11), None).refused(),
        LedgerError::OutsideValidity { slot: slot(10), from: Some(slot(11)), before: None }
    );
    assert_eq!(
        valid(Some(3), Some(10)).refused().to_string(),
        "slot 10 is outside the validity interval from 3 to before 10"
    );
}

#[test]
fn size_has_a_limit() {
    let size = Case::payment().signed().to_cbor().len() as u64 - 1;
    let limited =
        |maximum: u64| Case::payment().but(|case| case.settings.parameters.max_transaction_size = maximum);
    limited(size).accepted();
    assert_eq!(limited(size - 1).refused(), LedgerError::TooBig { maximum: size - 1, found: size });
}

#[test]
fn reference_scripts_have_a_size_together() {
    let maximum = 200 * 1024;
    let carrying = |sizes: &[usize]| {
        Case::payment().but(|case| {
            let seeds = 10u8..;
            for (seed, size) in seeds.zip(sizes) {
                let script = PlutusScript::new(vec![0; *size]);
                case.utxos.insert(reference(seed), carrier(&Party::new(9), script));
            }
            let inputs = (10u8..).take(sizes.len()).map(|seed| wire::input(&reference(seed))).collect();
            case.transaction.transaction_body.reference_inputs = NonEmptySet::from_vec(inputs);
        })
    };
    carrying(&[maximum]).accepted();
    let found = maximum as u64 + 1;
    let refusal = LedgerError::ReferenceScriptsTooBig { maximum: maximum as u64, found };
    assert_eq!(carrying(&[maximum + 1]).refused(), refusal);
    // The same script twice counts twice.
    carrying(&[maximum / 2, maximum / 2]).accepted();
    assert_eq!(carrying(&[maximum / 2, maximum / 2, 1]).refused(), refusal);
}

#[test]
fn networks_match() {
    let case = Case::payment().but(|case| {
        let draft = OutputDraft::new(Party::new(2).address(), Value::of_lovelace(ada(5)));
        replace_output(case, 0, &draft.finish(Network::Mainnet));
    });
    let (expected, found) = (Network::Testnet, Network::Mainnet);
    assert_eq!(case.refused(), LedgerError::OutputNetwork { index: 0, expected, found });
    let named =
        |network| Case::payment().but(|case| case.transaction.transaction_body.network_id = Some(network));
    named(pallas_primitives::NetworkId::Testnet).accepted();
    let refusal = named(pallas_primitives::NetworkId::Mainnet).refused();
    assert_eq!(refusal, LedgerError::TransactionNetwork { expected, found: 1 });
}

#[test]
fn ada_is_conserved() {
    let paying = |back: u64| {
        Case::payment().but(|case| replace_output(case, 1, &held_by(&Party::new(1), units(back))))
    };
    paying(15_000_000).accepted();
    for (back, produced) in [(15_000_001, 20_000_001), (14_999_999, 19_999_999)] {
        let expected = LedgerError::NotConserved { asset: Asset::Lovelace, consumed: 20_000_000, produced };
        assert_eq!(paying(back).refused(), expected);
    }
}

#[test]
fn tokens_are_conserved() {
    let holding = |before: u64, after: u64| {
        Case::payment().but(|case| {
            let party = Party::new(1);
            let draft = |lovelace, tokens| {
                let value = Value::of_lovelace(lovelace).plus(&token(), units(tokens)).unwrap();
                output(OutputDraft::new(party.address(), value))
            };
            case.utxos.insert(reference(3), draft(ada(20), before));
            replace_output(case, 1, &draft(ada(15), after));
        })
    };
    holding(7, 7).accepted();
    for after in [6, 8] {
        let expected = LedgerError::NotConserved { asset: token(), consumed: 7, produced: i128::from(after) };
        assert_eq!(holding(7, after).refused(), expected);
    }
}

#[test]
fn outputs_hold_a_minimum_that_counts_the_datum() {
    let datum = Data::from_cbor([vec![0x58, 0x40], vec![0; 64]].concat()).unwrap();
    let draft = |lovelace: Amount| {
        OutputDraft::new(Party::new(2).address(), Value::of_lovelace(lovelace))
            .with_inline_datum(datum.clone())
    };
    let minimum = draft(ada(5)).finish(Network::Testnet).minimum_lovelace(&settings().parameters).unwrap();
    let paying = |lovelace: Amount| {
        Case::payment().but(|case| {
            replace_output(case, 0, &output(draft(lovelace)));
            let rest = ada(20).checked_sub(lovelace).unwrap();
            replace_output(case, 1, &held_by(&Party::new(1), rest));
        })
    };
    paying(minimum).accepted();
    let found = minimum.checked_sub(units(1)).unwrap();
    assert_eq!(paying(found).refused(), LedgerError::BelowMinimum { index: 0, minimum, found });
}

#[test]
fn values_have_a_size() {
    let limited = |maximum| Case::payment().but(|case| case.settings.parameters.max_value_size = maximum);
    limited(5).accepted();
    assert_eq!(limited(4).refused(), LedgerError::ValueTooBig { index: 0, maximum: 4, found: 5 });
}

#[test]
fn transactions_claim_to_be_valid() {
    let case = Case::guarded().but(|case| case.transaction.success = false);
    assert_eq!(case.refused(), LedgerError::MarkedInvalid);
}

#[test]
fn all_who_must_have_signed() {
    let other = Party::new(2);
    let required = || {
        Case::payment().but(|case| {
            case.transaction.transaction_body.required_signers =
                NonEmptySet::from_vec(vec![Hash::from(*Party::new(2).hash().as_bytes())]);
        })
    };
    required().but(|case| case.signers.push(Party::new(2))).accepted();
    assert_eq!(required().refused(), LedgerError::NotSigned { key: other.hash() });
    // Who locks collateral signs too, and who need not sign may.
    let collateral = || {
        Case::guarded().but(|case| {
            case.utxos.insert(reference(3), held_by(&Party::new(2), ada(20)));
        })
    };
    assert_eq!(collateral().refused(), LedgerError::NotSigned { key: other.hash() });
    collateral().but(|case| case.signers.extend([Party::new(2), Party::new(3)])).accepted();
}

#[test]
fn signatures_are_verified() {
    let case = Case::payment();
    let mut signed = case.signed();
    let stranger = Party::new(3);
    signed.insert_unverified(stranger.public_key(), [0; 64]);
    let refusal = validate(&signed, &case.utxos, &case.settings, case.slot).unwrap_err();
    assert_eq!(refusal, LedgerError::WrongSignature { key: stranger.hash() });
}

fn attach(case: &mut Case, script: &PlutusScript) {
    let script = pallas_primitives::PlutusScript(Bytes::from(script.as_bytes().to_vec()));
    case.transaction.transaction_witness_set.plutus_v3_script = NonEmptySet::from_vec(vec![script]);
}

#[test]
fn exactly_the_needed_scripts() {
    let hash = always_true().hash();
    let without_carrier = || {
        Case::guarded().but(|case| {
            case.utxos.insert(reference(2), held_by(&Party::new(1), ada(10)));
        })
    };
    assert_eq!(without_carrier().refused(), LedgerError::ScriptMissing { hash });
    without_carrier().but(|case| attach(case, &always_true())).accepted();
    // Attached and referred to as well, or not needed at all.
    let twice = Case::guarded().but(|case| attach(case, &always_true()));
    assert_eq!(twice.refused(), LedgerError::ScriptNotNeeded { hash });
    let other = Case::guarded().but(|case| attach(case, &always_false()));
    assert_eq!(other.refused(), LedgerError::ScriptNotNeeded { hash: always_false().hash() });
}

#[test]
fn scripts_to_carry_are_programs() {
    let carrying = |script: PlutusScript| {
        Case::payment().but(|case| {
            let draft = OutputDraft::new(Party::new(2).address(), Value::of_lovelace(ada(5)));
            replace_output(case, 0, &output(draft.with_reference_script(script)));
        })
    };
    carrying(always_true()).accepted();
    let broken = PlutusScript::new([0x41, 0xff]);
    assert_eq!(carrying(broken.clone()).refused(), LedgerError::ScriptMalformed { hash: broken.hash() });
}

#[test]
fn exactly_the_needed_redeemers() {
    let case = Case::guarded().but(|case| case.transaction.transaction_witness_set.redeemer = None);
    assert_eq!(case.rehashed().refused(), LedgerError::RedeemerMissing { pointer: spend_zero() });
    let moved = Case::guarded().but(|case| {
        let Some(Redeemers::Map(map)) = &mut case.transaction.transaction_witness_set.redeemer else {
            panic!("expected a map")
        };
        let mut pairs = map.clone().to_vec();
        let mut extra = pairs[0].clone();
        extra.0.index = 1;
        pairs.push(extra);
        *map = NonEmptyKeyValuePairs::Def(pairs);
    });
    let pointer = RedeemerPointer { purpose: Purpose::Spend, index: 1 };
    assert_eq!(moved.rehashed().refused(), LedgerError::RedeemerNotNeeded { pointer });
}

#[test]
fn data_are_attached_where_named() {
    let data = Data::unit();
    let by_hash = |attached: bool| {
        Case::guarded()
            .but(|case| {
                let draft =
                    OutputDraft::new(Address::of_script(always_true().hash()), Value::of_lovelace(ada(5)));
                case.utxos.insert(reference(1), output(draft.with_datum_hash(data.hash())));
                let tree = NonEmptySet::from_vec(vec![data.decode().unwrap()]);
                case.transaction.transaction_witness_set.plutus_data = tree.filter(|_| attached);
            })
            .rehashed()
    };
    by_hash(true).accepted();
    assert_eq!(by_hash(false).refused(), LedgerError::DatumMissing { hash: hex::encode(data.hash()) });
    let beside = Case::guarded().but(|case| {
        case.transaction.transaction_witness_set.plutus_data =
            NonEmptySet::from_vec(vec![data.decode().unwrap()]);
    });
    let refusal = beside.rehashed().refused();
    assert_eq!(refusal, LedgerError::DatumNotNeeded { hash: hex::encode(data.hash()) });
}

#[test]
fn the_body_commits_to_script_data() {
    let absent = Case::guarded().but(|case| case.transaction.transaction_body.script_data_hash = None);
    assert!(matches!(absent.refused(), LedgerError::ScriptDataHash { expected: Some(_), found: None }));
    let costs = Case::guarded().but(|case| case.settings.parameters.cost_models.plutus_v3[0] += 1);
    assert!(matches!(costs.refused(), LedgerError::ScriptDataHash { .. }));
    let needless = Case::payment()
        .but(|case| case.transaction.transaction_body.script_data_hash = Some(Hash::from([0; 32])));
    let refusal = needless.refused().to_string();
    assert_eq!(refusal, format!("the script-data hash is absent, found {}", "00".repeat(32)));
}

fn declaring(declared: ExecutionUnits) -> Case {
    Case::guarded()
        .but(|case| {
            let Some(Redeemers::Map(map)) = &mut case.transaction.transaction_witness_set.redeemer else {
                panic!("expected a map")
            };
            let mut pairs = map.clone().to_vec();
            pairs[0].1.ex_units = ExUnits { mem: declared.memory, steps: declared.steps };
            *map = NonEmptyKeyValuePairs::Def(pairs);
        })
        .rehashed()
}

#[test]
fn declared_units_are_within_the_limit() {
    let maximum = settings().parameters.max_transaction_units;
    declaring(maximum).accepted();
    for extra in [ExecutionUnits { memory: 1, steps: 0 }, ExecutionUnits { memory: 0, steps: 1 }] {
        let found = maximum.saturating_add(extra);
        assert_eq!(declaring(found).refused(), LedgerError::UnitsAboveLimit { maximum, found });
    }
}

#[test]
fn scripts_use_no_more_than_declared() {
    let used = ExecutionUnits { memory: 500, steps: 64_100 };
    declaring(used).accepted();
    for less in [ExecutionUnits { memory: 1, steps: 0 }, ExecutionUnits { memory: 0, steps: 1 }] {
        let refusal = declaring(used.saturating_sub(less)).refused();
        assert!(matches!(refusal, LedgerError::Script(_)), "{refusal:?}");
    }
}

#[test]
fn minting_needs_its_policy() {
    let case = Case::payment().but(|case| {
        let policy = Hash::from(*always_true().hash().as_bytes());
        let names = vec![(Bytes::from(b"t".to_vec()), NonZeroInt::try_from(3).unwrap())];
        let names = NonEmptyKeyValuePairs::from_vec(names).unwrap();
        case.transaction.transaction_body.mint = NonEmptyKeyValuePairs::from_vec(vec![(policy, names)]);
        let value = Value::of_lovelace(ada(15)).plus(&token(), units(3)).unwrap();
        replace_output(case, 1, &output(OutputDraft::new(Party::new(1).address(), value)));
    });
    assert_eq!(case.refused(), LedgerError::ScriptMissing { hash: always_true().hash() });
}

#[test]
fn applying_replaces_inputs_by_outputs() {
    let case = Case::payment();
    let applied = case.verdict().unwrap();
    let id = applied.id;
    let mut utxos = case.utxos;
    applied.effect.apply_to(&mut utxos);
    let held: BTreeMap<_, _> = utxos.iter().map(|(key, one)| (*key, one.value().lovelace())).collect();
    let made = |index| OutputReference { transaction: id, index };
    let expected = BTreeMap::from([
        (reference(1), ada(5)),
        (reference(2), ada(10)),
        (made(0), ada(5)),
        (made(1), ada(15)),
    ]);
    assert_eq!(held, expected);
}

#[test]
fn no_changed_byte_passes_and_none_panics() {
    let case = Case::guarded();
    let bytes = case.signed().to_cbor();
    for position in 0..bytes.len() {
        for change in [0x01, 0x02, 0x10, 0x20, 0x40, 0x80, 0xff] {
            let mut changed = bytes.clone();
            changed[position] ^= change;
            if let Ok(signed) = SignedTransaction::from_cbor(&changed) {
                let verdict = validate(&signed, &case.utxos, &case.settings, case.slot);
                assert!(verdict.is_err(), "byte {position} changed by {change:#x}: {}", hex::encode(changed));
            }
        }
        assert!(SignedTransaction::from_cbor(&bytes[..position]).is_err());
    }
}
