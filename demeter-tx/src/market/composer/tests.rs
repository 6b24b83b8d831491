//! What a composer pays with, under the figures of mainnet.

use demeter_core::codec::grid_id;
use demeter_core::{Amount, Count, GridDraft, Ppm, Span, Time};

use super::*;
use crate::testing::*;
use crate::{Network, ProtocolParameters, Slot, SlotClock};

const START: Time = Time::ZERO;

fn composer() -> Composer {
    let clock = SlotClock::of_seconds(START).unwrap();
    let parameters = ProtocolParameters::mainnet().unwrap();
    let settings = LedgerSettings { network: Network::Testnet, parameters, clock };
    Composer::new(Contract::embedded().unwrap(), settings)
}

fn foreign() -> Asset {
    Asset::Token { policy: always_true().hash(), name: AssetName::from_bytes(*b"shell").unwrap() }
}

/// An output of so much ada and one such token.
fn with_token(lovelace: u64, asset: &Asset) -> Output {
    let value = Value::of_lovelace(Amount::from_units(lovelace).unwrap());
    let value = value.plus(asset, Amount::from_units(1).unwrap()).unwrap();
    output(OutputDraft::new(Party::new(1).address(), value))
}

fn funds(outputs: impl IntoIterator<Item = Output>) -> Funds {
    let outputs = (1u8..).zip(outputs).map(|(seed, output)| (reference(seed), output)).collect();
    Funds::at(Party::new(1).address(), &outputs)
}

/// The founding of a grid out of the first output.
fn founding(composer: &Composer) -> GenesisPlan {
    let (seed, deadline) = (reference(1), Time::from_milliseconds(3_600_000).unwrap());
    let number = |number| Count::from_number(number).unwrap();
    let grid = Grid::new(GridDraft {
        id: grid_id(&seed, deadline),
        market: composer.contract().scripts().market,
        deposit: always_false().hash(),
        asset: Asset::Lovelace,
        entities: vec![Party::new(1).hash()],
        admission: number(1),
        threshold: number(1),
        fee_ppm: Ppm::ZERO,
        treasury: Party::new(2).address(),
        prior: ada(50),
        penalty: number(4),
        half_life: Span::from_seconds(86_400).unwrap(),
    })
    .unwrap();
    let genesis = Genesis { seed, deadline, operators: number(4), slots: number(8) };
    let range = SlotRange { from: Slot::from_number(1), before: Slot::from_number(60) };
    GenesisPlan { genesis, grid, range }
}

#[test]
fn the_largest_are_spent_and_no_more_than_it_takes() {
    let composer = composer();
    let party = Party::new(1);
    let publish = |outputs: Vec<Output>| {
        let holder = Party::new(2).address();
        let built = composer.publish(Script::Registry, holder, &funds(outputs)).unwrap();
        assert!(built.summary().fee.to_units() > 155_381);
        built.resolved().keys().copied().collect::<Vec<_>>()
    };
    let plain = |count| held_by(&party, ada(count));
    assert_eq!(publish(vec![plain(90), plain(200), plain(100)]), [reference(2)]);
    assert_eq!(publish(vec![plain(6), plain(30), plain(9)]), [reference(2), reference(3)]);
    // A token of the contract's own policy makes an output untouchable, other tokens do not.
    let policy = composer.contract().scripts().registry;
    let ours = Asset::Token { policy, name: AssetName::default() };
    assert_eq!(publish(vec![plain(90), with_token(500_000_000, &ours)]), [reference(1)]);
    assert_eq!(publish(vec![plain(90), with_token(500_000_000, &foreign())]), [reference(2)]);
}

#[test]
fn what_lacks_is_said_when_only_untouchable_outputs_are_left() {
    let composer = composer();
    let policy = composer.contract().scripts().registry;
    let ours = Asset::Token { policy, name: AssetName::default() };
    let funds = funds([held_by(&Party::new(1), ada(2)), with_token(500_000_000, &ours)]);
    let refused = composer.publish(Script::Registry, Party::new(2).address(), &funds);
    let Err(ComposeError::Build(error)) = refused else {
        panic!("expected a build error, found {refused:?}")
    };
    assert!(matches!(*error, BuildError::NotEnough { asset: Asset::Lovelace, .. }), "{error:?}");
}

#[test]
fn collateral_of_several_outputs_covers_its_share_and_returns_tokens() {
    let composer = composer();
    // None of them alone covers one and a half fees and the return of its token.
    let small = || with_token(1_700_000, &foreign());
    let funds = funds((0..60).map(|_| small()));
    let built = composer.genesis(&founding(&composer), &funds).unwrap();
    let signed = Party::new(1).sign(built.clone());
    let bytes = signed.to_cbor();
    let decoded = crate::decoded::Decoded::from_cbor(&bytes).unwrap();
    assert!(decoded.collateral.len() > 1, "{}", decoded.collateral.len());
    let returned = decoded.collateral_return.unwrap();
    assert_eq!(returned.value().amount_of(&foreign()).to_units(), decoded.collateral.len() as u64);
    let total = decoded.transaction.transaction_body.total_collateral.unwrap();
    assert_eq!(total, (built.summary().fee.to_units() * 150).div_ceil(100));
    let slot = Slot::from_number(1);
    assert!(crate::ledger::validate(&signed, &funds.utxos, composer.settings(), slot).is_ok());
}
