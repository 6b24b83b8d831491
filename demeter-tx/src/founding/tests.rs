use demeter_core::{State, Value};
use futures_executor::block_on;

use super::*;
use crate::head::{EmbeddedHead, Head as _, UtxoQuery, recreated};
use crate::keys::{PaymentKey, Signer as _};
use crate::market::{Composer, Contract, Funds, Plan, read_state};
use crate::{LedgerScript, LedgerSettings, Network, ProtocolParameters, SlotClock, UtxoSet};

fn key(seed: u8) -> PaymentKey {
    PaymentKey::from_seed(&[seed; 32])
}

fn address(seed: u8) -> Address {
    Address::of_key(key(seed).key_hash())
}

fn settings() -> LedgerSettings {
    let start = Time::from_milliseconds(1_767_225_600_000).unwrap();
    LedgerSettings {
        network: Network::Testnet,
        parameters: ProtocolParameters::hydra_l2().unwrap(),
        clock: SlotClock::of_seconds(start).unwrap(),
    }
}

fn founded(founding: &Founding) -> UtxoSet {
    block_on(founding.found(&Contract::embedded().unwrap(), &settings(), &key(1))).unwrap()
}

#[test]
fn a_head_holds_what_it_would_hold_after_a_deposit() {
    let entities = [2, 3, 4].map(|seed| key(seed).key_hash());
    let founding = Founding::new(address(9)).unwrap().governed_by(entities).unwrap();
    assert_eq!((founding.admission.to_number(), founding.threshold.to_number()), (1, 2));
    let contract = Contract::embedded().unwrap();
    let main_chain = main_chain(&settings()).unwrap();
    let outputs = founders_purse(address(1), Network::Testnet).unwrap();
    let ledger = EmbeddedHead::open(main_chain.clone(), outputs, main_chain.clock.zero_time()).unwrap();
    let composer = Composer::new(contract.clone(), main_chain);
    let submit = |mut transaction: crate::builder::UnsignedTransaction, signers: &[u8]| {
        signers.iter().for_each(|seed| block_on(transaction.sign(&key(*seed))).unwrap());
        block_on(ledger.submit(transaction.finish().unwrap())).unwrap();
    };
    let funds = || Funds::at(address(1), &block_on(ledger.utxos(&UtxoQuery::All)).unwrap());
    let plan = founding.plan(&contract, &settings().clock).unwrap();
    submit(composer.genesis(&plan, &funds()).unwrap(), &[1]);
    let utxos = block_on(ledger.utxos(&UtxoQuery::All)).unwrap();
    let state = |wanted: fn(&State) -> bool| {
        let read = utxos.iter().filter_map(|(at, output)| read_state(&contract.scripts(), *at, output).ok());
        read.into_iter().find(|held| wanted(&held.state)).unwrap().reference
    };
    let (grid, pool) =
        (state(|state| matches!(state, State::Grid(_))), state(|state| matches!(state, State::Pool(_))));
    let recovered = plan.genesis.deadline.after(Span::from_seconds(86_400).unwrap()).unwrap();
    let head = demeter_core::ScriptHash::from_bytes([0xd1; 28]);
    let deposit = Plan::deposit(grid, pool, head, recovered).within(plan.range);
    let deposit = deposit.signed_by(entities[0]).signed_by(entities[1]);
    submit(composer.compose(&deposit, &utxos, &funds()).unwrap(), &[1, 2, 3]);
    let deposited = block_on(ledger.utxos(&UtxoQuery::Address(Address::of_script(HYDRA_DEPOSIT)))).unwrap();
    let [deposit] = deposited.values().collect::<Vec<_>>()[..] else { panic!("expected one deposit") };
    assert_eq!(founded(&founding), recreated(deposit).unwrap());
}

#[test]
fn a_grid_is_called_by_its_clock_alone() {
    let contract = Contract::embedded().unwrap();
    let id = |founding: Founding, clock: &SlotClock| founding.plan(&contract, clock).unwrap().grid.id;
    let clock = settings().clock;
    let one = id(Founding::new(address(9)).unwrap(), &clock);
    let other = Founding::new(address(8)).unwrap().governed_by([key(2).key_hash()]).unwrap();
    assert_eq!(id(other, &clock), one);
    let later = clock.zero_time().after(Span::from_seconds(1).unwrap()).unwrap();
    assert_ne!(id(Founding::new(address(9)).unwrap(), &SlotClock::of_seconds(later).unwrap()), one);
}

#[test]
fn scripts_are_where_a_composer_finds_them_and_nothing_else_is() {
    let contract = Contract::embedded().unwrap();
    let outputs = block_on(published(&contract, &settings(), &key(1))).unwrap();
    let mut found: Vec<_> =
        outputs.values().filter_map(|output| output.reference_script().map(LedgerScript::hash)).collect();
    found.sort_unstable();
    let mut expected = vec![contract.registry().hash(), contract.market().hash()];
    expected.sort_unstable();
    assert_eq!(found, expected);
    assert!(outputs.values().all(|output| *output.address() == address(1)));
}

#[test]
fn purses_stand_beside_the_seed() {
    let value = Value::of_lovelace(Amount::from_units(2_000_000).unwrap());
    let purses = purses([(address(1), value.clone()), (address(2), value)], Network::Testnet);
    let at: Vec<_> = purses.iter().map(|(at, output)| (at.index, *output.address())).collect();
    assert_eq!(at, [(1, address(1)), (2, address(2))]);
    assert!(!purses.contains_key(&SEED));
}

#[test]
fn a_grid_that_may_not_stand_is_refused() {
    let mut founding = Founding::new(address(9)).unwrap();
    founding.threshold = Count::from_number(2).unwrap();
    let contract = Contract::embedded().unwrap();
    let refused = |founding: &Founding| {
        block_on(founding.found(&contract, &settings(), &key(1))).unwrap_err().to_string()
    };
    assert_eq!(refused(&founding), "the threshold is more than half and at most all of 0 entities, found 2");
    let mut founding = Founding::new(Address::of_script(contract.scripts().market)).unwrap();
    assert!(refused(&founding).contains("treasury"), "{}", refused(&founding));
    founding.treasury = address(9);
    founding.operators = Count::ZERO;
    assert!(!refused(&founding).is_empty());
}
