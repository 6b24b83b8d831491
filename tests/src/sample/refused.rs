//! Data that must be refused, and the exact words of the refusal.

use demeter_core::{Genesis, MarketRedeemer, PlutusData, RegistryRedeemer, State, Terms};
use pallas_primitives::PlutusData as Data;

use super::states::{all_terms, bids, grids, operators, pools, slots};
use super::{Sample, genesis, market_redeemers, registry_redeemers};
use crate::make::grid_id;
use crate::{machine, tree};

/// Bytes that are refused, with what is wrong with them.
pub(super) type Refused = Sample<Vec<u8>>;

/// Those of one healthy value: the ways in which it is spoiled.
struct Spoiler {
    healthy: Data,
    refused: Vec<Refused>,
}

impl Spoiler {
    fn of(value: &impl PlutusData) -> Self {
        Self { healthy: machine::data(value), refused: Vec::new() }
    }

    /// Bytes as they are.
    fn bytes(mut self, description: &str, bytes: Vec<u8>) -> Self {
        self.refused.push(Sample { description: description.to_owned(), value: bytes });
        self
    }

    /// Another node at the end of a way.
    fn node(self, description: &str, path: &[usize], node: Data) -> Self {
        let bytes = machine::encoded(&tree::replaced(&self.healthy, path, node));
        self.bytes(description, bytes)
    }

    /// An integer at the end of a way.
    fn integer(self, description: &str, path: &[usize], integer: i128) -> Self {
        self.node(description, path, machine::integer(integer))
    }

    /// What no type takes: bytes missing or left over, another constructor, other numbers of fields.
    fn whole(self) -> Self {
        let bytes = machine::encoded(&self.healthy);
        let fields = tree::fields(&self.healthy);
        let index = tree::index(&self.healthy);
        let mut more = fields.clone();
        more.push(machine::integer(0));
        let fewer = fields.split_last().map(|(_, fewer)| fewer.to_vec()).unwrap_or_default();
        let trailing = [bytes.as_slice(), &[0x00]].concat();
        let cut = bytes[..bytes.len() - 1].to_vec();
        self.bytes("a byte follows", trailing)
            .bytes("the last byte is missing", cut)
            .bytes("no bytes", Vec::new())
            .node("another constructor", &[], tree::constructor(9, fields))
            .node("a field too few", &[], tree::constructor(index, fewer))
            .node("a field too many", &[], tree::constructor(index, more))
            .node("a list", &[], tree::list(Vec::new()))
            .bytes("a text", b"\x64text".to_vec())
            .bytes("a tag that is no constructor", vec![0xd8, 0x18, 0x40])
    }

    /// Integers below zero and from `2^63` on, and another kind, at the end of a way.
    fn bounds(self, field: &str, path: &[usize]) -> Self {
        self.integer(&format!("{field} below zero"), path, -1)
            .integer(&format!("{field} of 2^63"), path, 1 << 63)
            .integer(&format!("{field} of 2^64"), path, 1 << 64)
            .node(&format!("bytes for {field}"), path, machine::bytes(b"1"))
    }

    /// A hash too short, too long, and another kind, at the end of a way.
    fn hash(self, field: &str, path: &[usize], length: usize) -> Self {
        self.node(&format!("{field} too short"), path, machine::bytes(&vec![0; length - 1]))
            .node(&format!("{field} too long"), path, machine::bytes(&vec![0; length + 1]))
            .integer(&format!("an integer for {field}"), path, 0)
    }
}

fn first<T>(samples: Vec<Sample<T>>) -> T {
    samples.into_iter().next().expect("samples").value
}

/// The sample that is described so.
fn described<T>(samples: Vec<Sample<T>>, description: &str) -> T {
    samples.into_iter().find(|sample| sample.description == description).expect("a sample").value
}

/// States, by the name of their file.
pub fn refused_states() -> Vec<(&'static str, Vec<Refused>)> {
    vec![
        ("grid", refused_grids()),
        ("pool", refused_pools()),
        ("operator", refused_operators()),
        ("slot", refused_slots()),
        ("bid", refused_bids()),
    ]
}

fn refused_grids() -> Vec<Refused> {
    let entity = |byte| machine::bytes(&[byte; 28]);
    let pointer = tree::constructor(1, vec![machine::integer(1); 3]);
    let pointer = tree::constructor(0, vec![pointer]);
    Spoiler::of(&first::<State>(grids()))
        .whole()
        .hash("the id", &[0], 28)
        .hash("the market", &[1], 28)
        .bounds("the fee", &[7])
        .node("ada with a name", &[3, 1], machine::bytes(b"x"))
        .node("a policy of one byte", &[3, 0], machine::bytes(b"x"))
        .node("a name of 33 bytes", &[3], tree::constructor(0, vec![entity(0x55), machine::bytes(&[1; 33])]))
        .node("a credential of a third kind", &[8, 0], tree::constructor(2, vec![entity(0)]))
        .node("a staking part by pointer", &[8, 1], pointer)
        .node("a treasury of 27 bytes", &[8, 0, 0], machine::bytes(&[0; 27]))
        .node("an entity of 29 bytes", &[4, 1], machine::bytes(&[0; 29]))
        .node("an entity twice", &[4], tree::list([1, 2, 1].map(entity).to_vec()))
        .node("seventeen entities", &[4], tree::list((0..17).map(entity).collect()))
        .integer("more entities admit than there are", &[5], 4)
        .integer("a threshold that is no majority", &[6], 1)
        .integer("a threshold above all", &[6], 4)
        .integer("a fee above a tenth", &[7], 100_001)
        .integer("no prior", &[9], 0)
        .integer("a half-life below an hour", &[11], 3_599_999)
        .refused
}

fn refused_pools() -> Vec<Refused> {
    let grid = *grid_id(0x11).as_bytes();
    let big = [&[0xd8, 0x7a, 0x9f, 0x58, 0x1c], grid.as_slice(), &[0xc3, 0x41, 0x00, 0xff]].concat();
    let definite = [&[0xd8, 0x7a, 0x83, 0x58, 0x1c], grid.as_slice(), &[0x00, 0x00]].concat();
    Spoiler::of(&first::<State>(pools()))
        .whole()
        .hash("the grid", &[0], 28)
        .bounds("the count", &[1])
        .bytes("minus one as a big integer", big)
        .bytes("three fields, counted in front", definite)
        .refused
}

fn refused_operators() -> Vec<Refused> {
    let one = || machine::integer(1);
    Spoiler::of(&first::<State>(operators()))
        .whole()
        .hash("the owner", &[2], 28)
        .bounds("the number", &[1])
        .bounds("an amount of capacity", &[4, 3])
        .integer("an integer for a resource's name", &[4, 2], 1)
        .node("a list for a map", &[5], tree::list(Vec::new()))
        .node("an integer for a label's value", &[5], tree::map(vec![(machine::bytes(b"region"), one())]))
        .node("a record of two fields", &[7], tree::constructor(0, vec![one(), one()]))
        .bounds("what was kept", &[7, 0])
        .bounds("the time of the record", &[7, 2])
        .refused
}

fn refused_slots() -> Vec<Refused> {
    let stage = |description| Spoiler::of(&described::<State>(slots(), description));
    [
        stage("idle").whole().node("a fifth stage", &[4], tree::constructor(4, Vec::new())).node(
            "idle with a field",
            &[4],
            tree::constructor(0, vec![machine::integer(0)]),
        ),
        stage("behind an offer")
            .hash("the name of the bid", &[4, 0], 32)
            .bounds("the price offered", &[4, 1])
            .bounds("a quantity offered", &[4, 2, 1])
            .node("a map for the quantities", &[4, 2], tree::map(Vec::new()))
            .bounds("the end of the offer", &[4, 4]),
        stage("leased, nothing claimed")
            .hash("the application", &[4, 1], 28)
            .hash("the workload", &[4, 9], 32)
            .bounds("the periods claimed", &[4, 13])
            .node("a list for the resources", &[4, 10], tree::list(Vec::new())),
        stage("settled").bounds("what was broken", &[4, 1]).bounds("the time of the settlement", &[4, 2]),
    ]
    .into_iter()
    .flat_map(|spoiler| spoiler.refused)
    .collect()
}

fn refused_bids() -> Vec<Refused> {
    let led = Spoiler::of(&described::<State>(bids(), "with a leader"));
    led.whole()
        .node("an option of a third kind", &[1], tree::constructor(2, Vec::new()))
        .node("a leader that is missing", &[1], tree::constructor(0, Vec::new()))
        .bounds("the leader's merit", &[1, 0, 5])
        .hash("the leader's owner", &[1, 0, 2], 28)
        .bounds("a quantity of the leader", &[1, 0, 4, 0])
        .bounds("the ceiling", &[0, 7, 1])
        .refused
}

/// Terms: every condition of theirs.
pub fn refused_terms() -> Vec<Refused> {
    let need = |name: &[u8]| {
        tree::constructor(0, vec![machine::bytes(name), machine::integer(0), machine::integer(0)])
    };
    let needs = |names: Vec<&[u8]>| tree::list(names.into_iter().map(need).collect());
    let many: Vec<[u8; 1]> = (0..17).map(|byte| [byte]).collect();
    let long = machine::bytes(&[b'x'; 900]);
    let mut refused = Spoiler::of(&first::<Terms>(all_terms()))
        .whole()
        .bounds("the nonce", &[1])
        .bounds("the floor", &[7, 0])
        .bounds("a quantity required", &[6, 0, 0, 1])
        .hash("the application", &[2], 28)
        .hash("the workload", &[12], 32)
        .node("a refund at a pointer", &[3, 1], tree::constructor(0, vec![tree::constructor(1, Vec::new())]))
        .node("a method of a third kind", &[11], tree::constructor(2, Vec::new()))
        .node("a race with three fields", &[11], tree::constructor(0, vec![machine::integer(0); 3]))
        .integer("a floor above the ceiling", &[7, 0], 500_001)
        .integer("a period below a minute", &[8, 0], 59_999)
        .integer("no period", &[8, 1], 0)
        .integer("a lease above 366 days", &[8, 1], 8_783)
        .integer("a bond below the fee", &[9], 49_999)
        .integer("a window that opens when it closes", &[10, 0], 1_800_000_600_000)
        .integer("a window that settles in under five minutes", &[10, 2], 1_800_000_899_999)
        .integer("a window of more than thirty days", &[10, 0], 1_800_001_200_000 - 2_592_000_001)
        .integer("a weight above the whole", &[11, 1], 1_000_001)
        .node("a name needed twice", &[6, 0], needs(vec![b"cpu", b"memory", b"cpu"]))
        .node("seventeen needs", &[6, 0], needs(many.iter().map(<[u8; 1]>::as_slice).collect()))
        .node("terms of more than 1,100 bytes", &[6, 1], tree::map(vec![(long, machine::bytes(b""))]))
        .refused;
    let free = described::<Terms>(all_terms(), "no needs, no labels, no fee, no bond, all weights 0");
    refused.extend(
        Spoiler::of(&free).integer("an escrow that no value holds", &[7, 1], i128::from(i64::MAX)).refused,
    );
    refused
}

/// Redeemers of the policy.
pub fn refused_genesis() -> Vec<Refused> {
    Spoiler::of(&first::<Genesis>(genesis()))
        .whole()
        .hash("the transaction", &[0, 0], 32)
        .bounds("the index", &[0, 1])
        .bounds("the deadline", &[1])
        .bounds("the slots", &[3])
        .refused
}

/// Redeemers at `registry`.
pub fn refused_registry_redeemers() -> Vec<Refused> {
    let act = |description| Spoiler::of(&described::<RegistryRedeemer>(registry_redeemers(), description));
    let all = [
        act("admit")
            .whole()
            .node("a seventh transition", &[0], tree::constructor(6, Vec::new()))
            .hash("the owner", &[0, 0], 28)
            .bounds("the slots", &[0, 4])
            .bounds("an amount of capacity", &[0, 2, 1]),
        act("endorse two labels").node("a list for labels", &[0, 0], tree::list(Vec::new())),
        act("rotate").bounds("the threshold", &[0, 3]).hash("an entity", &[0, 1, 2], 28),
        act("report").node("report with a field", &[0], tree::constructor(4, vec![machine::integer(0)])),
        act("follow").node("follow with a field", &[], tree::constructor(1, vec![machine::integer(0)])),
    ];
    all.into_iter().flat_map(|spoiler| spoiler.refused).collect()
}

/// Redeemers at `market`.
pub fn refused_market_redeemers() -> Vec<Refused> {
    let act = |description| Spoiler::of(&described::<MarketRedeemer>(market_redeemers(), description));
    let all = [
        act("offer")
            .whole()
            .node("a fifteenth transition", &[0], tree::constructor(14, Vec::new()))
            .bounds("the price", &[0, 0])
            .bounds("a quantity", &[0, 1, 1])
            .node("a map for the quantities", &[0, 1], tree::map(Vec::new())),
        act("claim").bounds("the periods claimed", &[0, 0]),
        act("arbitrate").bounds("what is slashed", &[0, 1]),
        act("lead").node("lead with a field", &[0], tree::constructor(1, vec![machine::integer(0)])),
        act("follow").node("follow with a field", &[], tree::constructor(1, vec![machine::integer(0)])),
    ];
    all.into_iter().flat_map(|spoiler| spoiler.refused).collect()
}
