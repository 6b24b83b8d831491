//! Agents reach what they want whichever way they reach the head.

use std::sync::Arc;

use demeter_agent::application::{Application, Prices, Wish};
use demeter_agent::driver::{Driver, Round};
use demeter_agent::operator::{Inventory, Operator};
use demeter_agent::pricing::{Fixed, Rate, Rates};
use demeter_agent::sandbox::{Sandbox, SandboxOptions};
use demeter_agent::{Agent, KeyRing};
use demeter_core::{Address, Amount, Count, Label, Labels, Quantity, ResourceName, Resources, Stage, Time};
use demeter_kube::Workload;
use demeter_tests::chaos::{self, Proxy};
use demeter_tests::make::amount;
use demeter_tx::head::Head;
use demeter_tx::hydra::HydraHead;
use demeter_tx::hydra::HydraOptions;
use demeter_tx::keys::{PaymentKey, Signer as _};
use demeter_tx::view::{GridView, LiveView};
use futures_executor::block_on;

use crate::ground::{ANSWER, Server, seconds};

const APPLICATION: u8 = 99;
const OPERATORS: [u8; 2] = [10, 11];

fn key(seed: u8) -> PaymentKey {
    PaymentKey::from_seed(&[seed; 32])
}

fn address(seed: u8) -> Address {
    Address::of_key(key(seed).key_hash())
}

fn resources() -> Resources {
    [("cpu", 4_000), ("memory", 8_000)]
        .map(|(name, amount)| (ResourceName::from(name), Quantity::from_units(amount).unwrap()))
        .into_iter()
        .collect()
}

/// A grid with an application and two operators.
fn grid() -> Sandbox {
    let mut options = SandboxOptions::default();
    for seed in OPERATORS.into_iter().chain([APPLICATION]) {
        options = options.purse(key(seed).key_hash(), amount(500_000_000));
    }
    let sandbox = block_on(Sandbox::open(options)).unwrap();
    for seed in OPERATORS {
        let labels: Labels = [Label::new("region", "eu")].into_iter().collect();
        let slots = Count::from_number(2).unwrap();
        block_on(sandbox.admit(&key(seed), None, resources(), labels, slots)).unwrap();
    }
    sandbox
}

fn operator(number: u8, price: u64) -> Operator {
    let rate = |price, per| Rate { price: amount(price), per: Quantity::from_units(per).unwrap() };
    let rates = Rates::new().with("cpu", rate(price, 1_000)).with("memory", rate(0, 1));
    let seed = OPERATORS[usize::from(number)];
    let inventory = Inventory::single("here", resources());
    let number = Count::from_number(u64::from(number)).unwrap();
    Operator::new(number, address(seed), [key(seed).key_hash()], inventory, Fixed::new(rates))
}

/// An order of six periods of ten minutes.
fn application(start: Time) -> Application {
    let manifest = "{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [\
        {name: server, resources: {requests: {cpu: 1, memory: 4000}}}]}}";
    let prices = Prices::between(amount(20_000), amount(200_000));
    let wish = Wish::new(prices, seconds(600), Count::from_number(6).unwrap());
    let until = start.after(seconds(3_600 + 480)).unwrap();
    let order = Workload::parse(manifest.as_bytes()).unwrap().order("web", wish, start, until).unwrap();
    Application::new(key(APPLICATION).key_hash(), address(APPLICATION), amount(100_000_000), [order]).unwrap()
}

fn drive<A: Agent>(sandbox: &Sandbox, head: &Arc<dyn Head>, agent: A, seed: u8) -> Driver<A> {
    let (contract, keys) = (sandbox.contract(), KeyRing::new().with(key(seed)));
    let opened =
        Driver::open(Arc::clone(head), contract, sandbox.grid(), agent, keys, sandbox.driver_options());
    block_on(opened).unwrap()
}

/// What was confirmed in a round, in order.
fn confirmed(round: &Round) -> Vec<&'static str> {
    let reports = round.reports.iter().filter(|report| report.outcome.is_confirmed());
    reports.map(|report| report.action).collect()
}

/// What happened: everything that was confirmed, by party, and what the parties have in the end.
#[derive(Debug, PartialEq, Eq)]
struct Story {
    confirmed: [Vec<&'static str>; 3],
    purses: [Amount; 3],
}

/// Two hours in which an order is placed, answered, awarded and served, by agents who reach the head in this way.
fn story(sandbox: &Sandbox, head: &Arc<dyn Head>) -> Story {
    let start = block_on(sandbox.now()).unwrap();
    let end = start.after(seconds(7_200)).unwrap();
    let mut buyer = drive(sandbox, head, application(start), APPLICATION);
    let mut sellers = [(0, 400_000), (1, 500_000)]
        .map(|(number, price)| drive(sandbox, head, operator(number, price), OPERATORS[usize::from(number)]));
    let contract = sandbox.contract();
    let watching = GridView::new(contract.scripts(), sandbox.grid());
    let mut watch = block_on(LiveView::open(Arc::clone(head), watching)).unwrap();
    let mut all: [Vec<&'static str>; 3] = Default::default();
    let mut leases = 0;
    loop {
        let now = block_on(sandbox.now()).unwrap();
        let mut wake = now.after(seconds(300)).unwrap().min(end);
        loop {
            let [cheap, dear] = &mut sellers;
            let rounds = [
                block_on(buyer.settle(32)).unwrap(),
                block_on(cheap.settle(32)).unwrap(),
                block_on(dear.settle(32)).unwrap(),
            ];
            let mut moved = false;
            for (round, all) in rounds.iter().zip(&mut all) {
                let confirmed = confirmed(round);
                moved |= !confirmed.is_empty();
                all.extend(confirmed);
                wake = round.next_wake.map_or(wake, |next| next.min(wake));
            }
            if !moved {
                break;
            }
        }
        block_on(watch.catch_up()).unwrap();
        let of_buyer = key(APPLICATION).key_hash();
        leases += watch
            .view()
            .leases_of(&of_buyer)
            .filter(|held| matches!(held.state.stage, Stage::Leased(_)))
            .count();
        if now >= end {
            break;
        }
        let wake = wake.after(seconds(1)).unwrap().min(end);
        block_on(sandbox.wait_until(wake)).unwrap();
    }
    assert!(leases > 0, "the lease was seen by who watches");
    let purses = [APPLICATION, OPERATORS[0], OPERATORS[1]].map(|seed| {
        let funds = block_on(sandbox.funds(address(seed))).unwrap();
        let held = funds.utxos.values().map(|output| output.value().lovelace().to_units());
        amount(held.sum())
    });
    Story { confirmed: all, purses }
}

#[test]
fn agents_behind_a_socket_do_what_they_do_in_process() {
    let sandbox = grid();
    let expected = story(&sandbox, &sandbox.shared_head());
    assert_eq!(expected.confirmed[0][0], "place", "{expected:?}");
    assert!(expected.confirmed[1].contains(&"complete"), "{expected:?}");

    let sandbox = grid();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(Server::start(sandbox.head()));
    let clock = sandbox.composer().settings().clock;
    let options = HydraOptions::default().clock(clock);
    // The runtime of the client is its own.
    let client = block_on(HydraHead::connect(&server.address.to_string(), options)).unwrap();
    let head: Arc<dyn Head> = Arc::new(client.clone());
    assert_eq!(story(&sandbox, &head), expected);
    assert_eq!((client.metrics().rejected, client.metrics().undecided), (0, 0));
    drop((head, client));
    runtime.block_on(server.stop());
}

#[test]
fn agents_behind_connections_that_fail_end_the_same() {
    let sandbox = grid();
    let expected = story(&sandbox, &sandbox.shared_head());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut ended = 0;
    for seed in 0..2 {
        let sandbox = grid();
        let server = runtime.block_on(Server::start(sandbox.head()));
        let proxy = runtime.block_on(Proxy::start(server.address, seed, 40));
        let clock = sandbox.composer().settings().clock;
        let connected = chaos::connect(proxy.address, clock, seed, ANSWER);
        let head: Arc<dyn Head> = Arc::new(runtime.block_on(connected));
        assert_eq!(story(&sandbox, &head), expected, "seed {seed}");
        ended += proxy.counts().ended();
        drop((head, proxy));
        runtime.block_on(server.stop());
    }
    assert!(ended > 30, "only {ended} connections failed");
}
