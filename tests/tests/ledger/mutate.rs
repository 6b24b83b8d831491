//! What is done to healthy transactions, by name. Some stay healthy; most do not.

use demeter_core::Address;
use demeter_tests::drt::Dice;
use demeter_tx::{Data, NativeRule, Network, OutputDraft, PlutusScript, PlutusVersion};
use pallas_codec::utils::MaybeIndefArray;
use pallas_crypto::hash::Hash;
use pallas_primitives::conway::{Certificate, ExUnits, Redeemer, RedeemerTag, Redeemers, RedeemersKey};
use pallas_primitives::{Bytes, NetworkId, NonEmptySet, PositiveCoin, Set, StakeCredential};

use crate::case::{Case, SLOT, address, always_true, key_hash, lovelace, other_script, output, reference};
use crate::change::{
    attach, change_redeemers, collateral, collateral_at_risk, collateral_declared, collateral_of_tokens,
    datum_by_hash, decoded, fee_below, fee_least, fee_unbalanced, fee_without_units, guarded, limited,
    metadata, mint_without_script, native, needs_script, older, output_about_minimum,
    output_with_datum_below_minimum, refer, references, replace_first, return_collateral, script_on_an_input,
    units, valid, wire, withdraw,
};

/// Changes a case, or says that it does not apply.
pub(crate) type Mutation = fn(&mut Case, &mut Dice) -> Option<()>;

/// All of them.
pub(crate) const MUTATIONS: &[(&str, Mutation)] = &[
    ("fee: the least", fee_least),
    ("fee: one less than the least", fee_below),
    ("fee: one more, not taken from the change", fee_unbalanced),
    ("fee: execution units are not paid for", fee_without_units),
    ("value: one lovelace more comes out", |case, _| {
        *case.change() += 1;
        Some(())
    }),
    ("value: one lovelace less comes out", |case, _| {
        *case.change() -= 1;
        Some(())
    }),
    ("value: minted without a policy's script", mint_without_script),
    ("input: unknown", |case, _| {
        let money = case.money;
        case.utxos.remove(&money).map(|_| ())
    }),
    ("input: none", |case, _| {
        case.transaction.transaction_body.inputs = Set::from(vec![]);
        Some(())
    }),
    ("input: twice", |case, _| {
        let mut inputs = case.transaction.transaction_body.inputs.clone().to_vec();
        inputs.push(inputs[0].clone());
        case.transaction.transaction_body.inputs = Set::from(inputs);
        Some(())
    }),
    ("reference: unknown", |case, _| refer(case, vec![wire(60)])),
    ("reference: of something else", |case, _| {
        let mut references = references(case);
        references.push(wire(8));
        refer(case, references)
    }),
    ("reference: also an input", |case, _| {
        let mut references = references(case);
        references.push(wire(1));
        refer(case, references)
    }),
    ("time: valid from now", |case, _| valid(case, Some(SLOT), None)),
    ("time: valid from the next slot", |case, _| valid(case, Some(SLOT + 1), None)),
    ("time: valid before the next slot", |case, _| valid(case, None, Some(SLOT + 1))),
    ("time: valid before now", |case, _| valid(case, None, Some(SLOT))),
    ("time: valid before the last slot", |case, _| valid(case, None, Some(SLOT - 1))),
    ("output: at the minimum", |case, _| output_about_minimum(case, 0)),
    ("output: one below the minimum", |case, _| output_about_minimum(case, 1)),
    ("output: far below the minimum", |case, _| output_about_minimum(case, 600_000)),
    ("output: one below the minimum, with a datum", output_with_datum_below_minimum),
    ("output: on another network", |case, _| {
        let draft = OutputDraft::new(address(3), lovelace(1));
        replace_first(case, &draft.finish(Network::Mainnet))
    }),
    ("output: carries what is no program", |case, _| {
        let draft = OutputDraft::new(address(3), lovelace(1));
        replace_first(case, &output(draft.with_reference_script(PlutusScript::new([0x41, 0xff]))))
    }),
    ("output: its value is too big", |case, _| {
        case.settings.parameters.max_value_size = 4;
        Some(())
    }),
    ("size: at the limit", |case, _| limited(case, 1)),
    ("size: one above the limit", |case, _| limited(case, 2)),
    ("body: names the network", |case, _| {
        case.transaction.transaction_body.network_id = Some(NetworkId::Testnet);
        Some(())
    }),
    ("body: names another network", |case, _| {
        case.transaction.transaction_body.network_id = Some(NetworkId::Mainnet);
        Some(())
    }),
    ("body: marked as failing", |case, _| {
        case.transaction.success = false;
        Some(())
    }),
    ("body: registers a stake key", |case, _| {
        let account = StakeCredential::AddrKeyhash(Hash::from(*key_hash(1).as_bytes()));
        case.transaction.transaction_body.certificates =
            NonEmptySet::from_vec(vec![Certificate::StakeRegistration(account)]);
        Some(())
    }),
    ("body: donates", |case, _| {
        case.transaction.transaction_body.donation = Some(PositiveCoin::try_from(1).unwrap());
        Some(())
    }),
    ("metadata: with their hash", |case, _| metadata(case, 64, Some)),
    ("metadata: without their hash", |case, _| metadata(case, 64, |_| None)),
    ("metadata: with another hash", |case, _| metadata(case, 64, |_| Some(vec![0; 32]))),
    ("metadata: none, but a hash", |case, _| {
        case.transaction.transaction_body.auxiliary_data_hash = Some(Bytes::from(vec![0; 32]));
        Some(())
    }),
    ("metadata: a long text", |case, _| metadata(case, 65, Some)),
    ("signature: none", |case, _| {
        case.signers.clear();
        Some(())
    }),
    ("signature: of something else", |case, _| {
        case.signers[0].1 = false;
        Some(())
    }),
    ("signature: that nobody needs", |case, _| {
        case.signers.push((20, true));
        Some(())
    }),
    ("signature: that nobody needs, of something else", |case, _| {
        case.signers.push((20, false));
        Some(())
    }),
    ("signature: two that nobody needs, one of something else", |case, _| {
        case.signers.extend([(20, true), (21, false), (22, true)]);
        Some(())
    }),
    ("signature: a required one is missing", |case, _| {
        let required = vec![Hash::from(*key_hash(30).as_bytes())];
        case.transaction.transaction_body.required_signers = NonEmptySet::from_vec(required);
        Some(())
    }),
    ("collateral: none", |case, _| collateral(case, &[])),
    ("collateral: three inputs", |case, _| collateral(case, &[7, 8, 9])),
    ("collateral: four inputs", |case, _| collateral(case, &[6, 7, 8, 9])),
    ("collateral: unknown", |case, _| collateral(case, &[60])),
    ("collateral: locked by a script", |case, _| {
        case.utxos.insert(reference(50), guarded(&always_true(), 50_000_000));
        collateral(case, &[50])
    }),
    ("collateral: four inputs of a payment", |case, _| {
        if case.transaction.transaction_witness_set.redeemer.is_some() {
            return None;
        }
        case.transaction.transaction_body.collateral = NonEmptySet::from_vec([6, 7, 8, 9].map(wire).to_vec());
        Some(())
    }),
    ("collateral: tokens, returned", |case, _| collateral_of_tokens(case, Some(3))),
    ("collateral: tokens, not returned", |case, _| collateral_of_tokens(case, None)),
    ("collateral: tokens, returned in part", |case, _| collateral_of_tokens(case, Some(2))),
    ("collateral: tokens, more returned than there were", |case, _| collateral_of_tokens(case, Some(4))),
    ("collateral: its share to the lovelace", |case, _| collateral_at_risk(case, 0)),
    ("collateral: one less than its share", |case, _| collateral_at_risk(case, 1)),
    ("collateral: declared right", |case, _| collateral_declared(case, 0)),
    ("collateral: declared wrong", |case, _| collateral_declared(case, 1)),
    ("collateral: a return below the minimum", |case, _| {
        collateral(case, &[9])?;
        return_collateral(case, 500_000)
    }),
    ("collateral: a return on another network", |case, _| {
        collateral(case, &[9])?;
        let returned = OutputDraft::new(address(1), lovelace(2_000_000)).finish(Network::Mainnet);
        case.transaction.transaction_body.collateral_return = Some(decoded(&returned));
        Some(())
    }),
    ("script: missing", |case, _| {
        needs_script(case)?;
        case.transaction.transaction_witness_set.plutus_v3_script = None;
        case.transaction.transaction_body.reference_inputs = None;
        Some(())
    }),
    ("script: attached without need", |case, _| attach(case, vec![always_true(), other_script()], false)),
    ("script: attached and referred to", |case, _| {
        refer(case, vec![wire(3)])?;
        attach(case, vec![always_true()], true)
    }),
    ("script: on an input", script_on_an_input),
    ("script: what is attached is no program", |case, _| {
        let broken = PlutusScript::new([0x41, 0xff]);
        let guarded_at = case.guarded?;
        case.utxos.insert(guarded_at, guarded(&broken, 5_000_000));
        case.transaction.transaction_body.reference_inputs = None;
        attach(case, vec![always_true(), broken], false)
    }),
    ("script: in plutus v1", |case, _| older(case, PlutusVersion::V1, false)),
    ("script: in plutus v1, with an inline datum", |case, _| older(case, PlutusVersion::V1, true)),
    ("script: in plutus v2", |case, _| older(case, PlutusVersion::V2, false)),
    ("script: in plutus v2, with an inline datum", |case, _| older(case, PlutusVersion::V2, true)),
    ("script: in plutus v2, without costs", |case, _| {
        case.settings.parameters.cost_models.plutus_v2.clear();
        older(case, PlutusVersion::V2, true)
    }),
    ("native: holds", |case, _| native(case, &NativeRule::Key(key_hash(1)), true)),
    ("native: does not hold", |case, _| native(case, &NativeRule::Key(key_hash(40)), true)),
    ("native: too early", |case, _| {
        let slot = demeter_tx::Slot::from_number(SLOT + 1);
        native(case, &NativeRule::From(slot), true)
    }),
    ("native: missing", |case, _| native(case, &NativeRule::Key(key_hash(1)), false)),
    ("redeemer: missing", |case, _| {
        needs_script(case)?;
        case.transaction.transaction_witness_set.redeemer = None;
        case.rehash();
        Some(())
    }),
    ("redeemer: for what no script guards", |case, _| {
        change_redeemers(case, |pairs| {
            let mut extra = pairs[0].clone();
            extra.0 = RedeemersKey { tag: RedeemerTag::Spend, index: 60 };
            pairs.push(extra);
        })
    }),
    ("redeemer: as a list", |case, _| {
        let mut list = Vec::new();
        change_redeemers(case, |pairs| {
            list = pairs
                .iter()
                .map(|(key, value)| Redeemer {
                    tag: key.tag,
                    index: key.index,
                    data: value.data.clone(),
                    ex_units: value.ex_units,
                })
                .collect();
        })?;
        case.transaction.transaction_witness_set.redeemer = Some(Redeemers::List(MaybeIndefArray::Def(list)));
        case.rehash();
        Some(())
    }),
    ("redeemer: units above the limit", |case, _| {
        let limit = case.settings.parameters.max_transaction_units;
        *case.change() -= 10_000_000;
        case.transaction.transaction_body.fee += 10_000_000;
        collateral(case, &[7, 8, 9])?;
        units(case, ExUnits { mem: limit.memory + 1, steps: limit.steps })
    }),
    ("redeemer: units below what is used", |case, _| units(case, ExUnits { mem: 1, steps: 1 })),
    ("datum: by its hash and attached", |case, _| datum_by_hash(case, true)),
    ("datum: by its hash and not attached", |case, _| datum_by_hash(case, false)),
    ("datum: attached without need", |case, _| {
        let other = Data::from_cbor([0x18, 0x2a]).unwrap();
        case.transaction.transaction_witness_set.plutus_data =
            NonEmptySet::from_vec(vec![other.decode().unwrap()]);
        case.rehash();
        Some(())
    }),
    ("datum: none, which the third Plutus bears", |case, _| {
        let guarded_at = case.guarded?;
        let draft = OutputDraft::new(Address::of_script(always_true().hash()), lovelace(5_000_000));
        case.utxos.insert(guarded_at, output(draft));
        Some(())
    }),
    ("script data: no hash", |case, _| {
        needs_script(case)?;
        case.transaction.transaction_body.script_data_hash = None;
        Some(())
    }),
    ("script data: another hash", |case, _| {
        needs_script(case)?;
        case.transaction.transaction_body.script_data_hash = Some(Hash::from([0; 32]));
        Some(())
    }),
    ("script data: a hash of nothing", |case, _| {
        if case.transaction.transaction_witness_set.redeemer.is_some() {
            return None;
        }
        case.transaction.transaction_body.script_data_hash = Some(Hash::from([0; 32]));
        Some(())
    }),
    ("withdrawal: of zero by a key", |case, _| withdraw(case, 0xe0, *key_hash(1).as_bytes(), 0)),
    ("withdrawal: of zero by a key that does not sign", |case, _| {
        withdraw(case, 0xe0, *key_hash(40).as_bytes(), 0)
    }),
    ("withdrawal: of zero by a script that is missing", |case, _| {
        withdraw(case, 0xf0, *other_script().hash().as_bytes(), 0)
    }),
    ("withdrawal: of what was never earned", |case, _| {
        *case.change() += 1;
        withdraw(case, 0xe0, *key_hash(1).as_bytes(), 1)
    }),
    ("withdrawal: on another network", |case, _| withdraw(case, 0xe1, *key_hash(1).as_bytes(), 0)),
];
