//! Healthy transactions, at random.

use demeter_core::{Amount, Asset, AssetName, Time, Value};
use demeter_tests::drt::Dice;
use demeter_tx::builder::TransactionBuilder;
use demeter_tx::{
    Data, LedgerSettings, Network, Output, OutputDraft, PlutusVersion, ProtocolParameters, Slot, SlotClock,
    UtxoSet,
};
use pallas_primitives::conway::MintedTx;

use crate::case::{Case, SLOT, address, always_true, held, key_hash, lovelace, output, reference};

/// How much more than the least fee is paid where there are fees, so that mutations change one thing at a time.
const SLACK: u64 = 150_000;

fn token(tokens: u64) -> Value {
    let policy = always_true().hash();
    let asset = Asset::Token { policy, name: AssetName::from_bytes(*b"t").unwrap() };
    lovelace(60_000_000).plus(&asset, Amount::from_units(tokens).unwrap()).unwrap()
}

/// The outputs: money is 1, a guarded one 2, the carrier of its script 3, others of money 4 to 9.
fn outputs(dice: &mut Dice) -> UtxoSet {
    let script = always_true();
    let guarded = OutputDraft::new(demeter_core::Address::of_script(script.hash()), lovelace(5_000_000));
    let guarded = guarded.with_inline_datum(Data::unit());
    let carrier = OutputDraft::new(address(9), lovelace(5_000_000)).with_reference_script(script);
    let money = |amount| output(OutputDraft::new(address(1), amount));
    let first = if dice.once_in(2) { token(dice.between(1, 1 << 40)) } else { lovelace(90_000_000) };
    let fixed = [(1, money(first)), (2, output(guarded)), (3, output(carrier))];
    let others = (4..10).map(|seed| (seed, held(1, 10_000_000 + u64::from(seed))));
    fixed.into_iter().chain(others).map(|(seed, output)| (reference(seed), output)).collect()
}

fn payment(dice: &mut Dice) -> OutputDraft {
    let to = u8::try_from(dice.between(2, 6)).unwrap();
    let draft = OutputDraft::new(address(to), lovelace(dice.between(2_000_000, 6_000_000)));
    match dice.between(0, 3) {
        0 => draft.with_inline_datum(Data::unit()),
        1 => draft.with_datum_hash(Data::unit().hash()),
        _ => draft,
    }
}

/// A transaction that pays, and perhaps spends what a script guards, mints or burns.
pub(crate) fn case(parameters: &ProtocolParameters, dice: &mut Dice) -> Case {
    let clock = SlotClock::of_seconds(Time::from_milliseconds(1_000_000_000).unwrap()).unwrap();
    let settings = LedgerSettings { network: Network::Testnet, parameters: parameters.clone(), clock };
    let utxos = outputs(dice);
    let of = |seed: u8| (reference(seed), utxos[&reference(seed)].clone());
    let spend =
        |builder: TransactionBuilder, (reference, output): (_, Output)| builder.spend(reference, output);
    let mut builder = spend(TransactionBuilder::new(settings.clone(), address(1)), of(1));
    for seed in 4..u8::try_from(dice.between(4, 7)).unwrap() {
        builder = spend(builder, of(seed));
    }
    for _ in 0..dice.between(1, 4) {
        builder = builder.pay(payment(dice));
    }
    if dice.once_in(2) {
        builder = builder.valid_from(Slot::from_number(SLOT - dice.between(0, 50)));
    }
    if dice.once_in(2) {
        builder = builder.valid_before(Slot::from_number(SLOT + dice.between(1, 50)));
    }
    let mut signers = vec![(1, true)];
    if dice.once_in(3) {
        builder = builder.signed_by(key_hash(7));
        signers.push((7, true));
    }
    let (guards, mints, by_reference) = (dice.once_in(2), dice.once_in(3), dice.once_in(2));
    if guards {
        let (reference, output) = of(2);
        builder = builder.spend_with(reference, output, Data::unit());
    }
    if mints {
        let quantity = dice.between(1, 1_000).cast_signed();
        let name = AssetName::from_bytes(*b"new").unwrap();
        builder = builder.mint(always_true().hash(), [(name, quantity)], Data::unit());
    }
    if guards || mints {
        let (reference, output) = of(9);
        builder = builder.collateral(reference, output);
        builder = if by_reference {
            let (reference, output) = of(3);
            builder.refer(reference, output)
        } else {
            builder.attach(always_true())
        };
    }
    let built = builder.build().unwrap();
    let fee = built.summary().fee.to_units();
    let bytes = built.transaction().to_cbor();
    let decoded: MintedTx<'_> = minicbor::decode(&bytes).unwrap();
    let mut case = Case {
        transaction: decoded.into(),
        utxos,
        settings,
        signers,
        slack: 0,
        money: reference(1),
        version: PlutusVersion::V3,
        guarded: guards.then(|| reference(2)),
    };
    if fee > 0 {
        case.pay_more(SLACK);
    }
    case
}
