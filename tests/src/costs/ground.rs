//! The ground that is measured on: a head that holds just the states that a transition needs.

use demeter_core::limits::{BID_RESERVE, GRID_RESERVE, OPERATOR_RESERVE, POOL_RESERVE, SLOT_RESERVE};
use demeter_core::rule::appraise;
use demeter_core::{
    Address, Amount, Asset, Bid, Count, Credential, Grid, GridDraft, KeyHash, Labels, Leader, Leased, Method,
    Need, Offered, Operator, OutputReference, Pool, PriceRange, Quantity, Reputation, Request, ResourceName,
    Resources, Settled, Slot, Stage, State, Term, Terms, TermsDraft, Time, Token, Value, Window,
};
use demeter_tx::keys::{PaymentKey, Signer as _};
use demeter_tx::market::{Composer, Contract};
use demeter_tx::{Data, LedgerSettings, Network, OutputDraft, ProtocolParameters, SlotClock, UtxoSet};

use crate::make::{
    amount, count, grid_id, key, labels, need, ppm, quantity, reference, script, span, time, token, workload,
};

/// 2026-01-01T00:00:00Z, when bids open.
pub(super) const OPENS: u64 = 1_767_225_600_000;
/// How long a bid can be answered, and then led.
const WINDOW: u64 = 600_000;
/// When bids close.
pub(super) const CLOSES: u64 = OPENS + WINDOW;
/// When bids settle.
pub(super) const SETTLES: u64 = CLOSES + WINDOW;
/// When leases begin.
pub(super) const START: u64 = SETTLES + 300_000;
/// How long a period of a lease is.
pub(super) const PERIOD: u64 = 3_600_000;
/// How many there are.
pub(super) const PERIODS: u64 = 24;
/// How long after its end a lease can be complained of.
pub(super) const GRACE: u64 = 7_200_000;

/// Who must be there.
pub(super) const ENTITIES: u8 = 7;
/// How many of them decide.
pub(super) const QUORUM: u8 = 4;
const OPERATOR: u8 = 0x21;
const APPLICATION: u8 = 0x22;
const STRANGER: u8 = 0x23;

/// Whom the fees go to.
pub(super) const TREASURY: KeyHash = key(0x66);

/// The number of the operator.
const NUMBER: u64 = 300;

/// The key of the operator.
pub(super) fn owner() -> PaymentKey {
    secret(OPERATOR)
}

/// The key of the application.
pub(super) fn application() -> PaymentKey {
    secret(APPLICATION)
}

/// The key of somebody who has no part in it.
pub(super) fn stranger() -> PaymentKey {
    secret(STRANGER)
}

/// The keys of as many entities as decide: the last of them.
pub(super) fn quorum() -> impl Iterator<Item = PaymentKey> {
    (ENTITIES - QUORUM + 1..=ENTITIES).map(secret)
}

fn secret(seed: u8) -> PaymentKey {
    PaymentKey::from_seed(&[seed; 32])
}

/// What may be needed, and what is preferred.
const NEEDS: [(&str, u64, u64); 16] = [
    ("cpu", 4_000, 8_000),
    ("memory", 8 << 30, 16 << 30),
    ("ephemeral-storage", 20 << 30, 40 << 30),
    ("requests.storage", 100 << 30, 200 << 30),
    ("nvidia.com/gpu", 1, 2),
    ("hugepages-2Mi", 1 << 30, 2 << 30),
    ("pods", 10, 40),
    ("example.com/fpga", 0, 1),
    ("hugepages-1Gi", 1 << 30, 2 << 30),
    ("amd.com/gpu", 0, 1),
    ("intel.com/gpu", 0, 1),
    ("example.com/dpu", 0, 1),
    ("example.com/nic", 0, 1),
    ("example.com/tpu", 0, 1),
    ("example.com/vpu", 0, 1),
    ("services", 1, 2),
];

/// How many resources an operator has to offer at least.
const RESOURCES: usize = 8;

/// A head before it opens, and what composes for it.
pub(super) struct Ground {
    pub(super) composer: Composer,
    pub(super) utxos: UtxoSet,
    pub(super) grid: Grid,
    pub(super) operator: Operator,
    pub(super) terms: Terms,
    /// How many outputs have been named.
    named: u8,
}

impl Ground {
    /// A head with the scripts and everybody's purse; its bid has so many needs and this method.
    pub(super) fn new(needs: usize, method: Method) -> Self {
        let settings = LedgerSettings {
            network: Network::Testnet,
            parameters: ProtocolParameters::hydra_l2().unwrap(),
            clock: SlotClock::of_seconds(time(0)).unwrap(),
        };
        let contract = Contract::embedded().unwrap();
        let grid = grid(&contract);
        let operator = operator(&grid, needs.max(RESOURCES));
        let terms = terms(&grid, &operator, needs, method);
        let scripts = [contract.registry().clone(), contract.market().clone()];
        let mut ground = Self {
            composer: Composer::new(contract, settings),
            utxos: UtxoSet::new(),
            grid,
            operator,
            terms,
            named: 0,
        };
        let publisher = Address::of_key(key(0xee));
        for script in scripts {
            ground.draft(OutputDraft::new(publisher, lovelace(100_000_000)).with_reference_script(script));
        }
        ground.composer = ground.composer.clone().with_published(&publisher, &ground.utxos);
        for purse in [owner(), application(), stranger()].into_iter().chain(quorum()) {
            let value = lovelace(1_000_000_000).plus(&asset(), amount(10_000_000_000)).unwrap();
            ground.draft(OutputDraft::new(Address::of_key(purse.key_hash()), value));
        }
        ground
    }

    /// A head whose bid is an auction for 8 needs.
    pub(super) fn of_auction() -> Self {
        Self::new(RESOURCES, auction())
    }

    /// Puts an output after all others in the ledger's order.
    fn draft(&mut self, draft: OutputDraft) -> OutputReference {
        self.named += 1;
        let reference = reference(self.named, 0);
        self.utxos.insert(reference, draft.finish(Network::Testnet));
        reference
    }

    fn state(&mut self, value: Value, state: impl Into<State>) -> OutputReference {
        let state = state.into();
        let address = self.composer.contract().scripts().address(state.script());
        let datum = Data::from_cbor(demeter_core::PlutusData::encode(&state)).unwrap();
        self.draft(OutputDraft::new(address, value).with_inline_datum(datum))
    }

    /// A reserve, so much of the settlement asset, and tokens.
    fn value(&self, reserve: Amount, settlement: u64, tokens: &[(Token, u64)]) -> Value {
        let scripts = self.composer.contract().scripts();
        let value = Value::of_lovelace(reserve).plus(&asset(), amount(settlement)).unwrap();
        tokens.iter().fold(value, |value, (kind, number)| {
            value.plus(&scripts.token(*kind, &self.grid.id), amount(*number)).unwrap()
        })
    }

    pub(super) fn held_grid(&mut self) -> OutputReference {
        let value = self.value(GRID_RESERVE, 0, &[(Token::Grid, 1)]);
        self.state(value, self.grid.clone())
    }

    pub(super) fn held_pool(&mut self) -> OutputReference {
        let tokens = [(Token::Pool, 1), (Token::Operator, 1_000), (Token::Slot, 10_000)];
        let value = self.value(POOL_RESERVE, 0, &tokens);
        let next = count(NUMBER + 1);
        self.state(value, Pool { grid: self.grid.id, next })
    }

    pub(super) fn held_operator(&mut self) -> OutputReference {
        let value = self.value(OPERATOR_RESERVE, 0, &[(Token::Operator, 1)]);
        self.state(value, self.operator.clone())
    }

    /// A slot of the operator, holding so much of the settlement asset.
    pub(super) fn held_slot(&mut self, index: u64, stage: Stage, holding: u64) -> OutputReference {
        let value = self.value(SLOT_RESERVE, holding, &[(Token::Slot, 1)]);
        let Operator { grid, number, owner, .. } = self.operator;
        self.state(value, Slot { grid, operator: number, index: count(index), owner, stage })
    }

    pub(super) fn offered_slot(&mut self) -> OutputReference {
        let offered = Stage::Offered(self.offered());
        self.held_slot(0, offered, self.terms.bond.to_units())
    }

    /// A slot that carries a lease of which two periods have been claimed.
    pub(super) fn leased_slot(&mut self) -> OutputReference {
        let leased = self.leased();
        let owed = leased.price.to_units() * (PERIODS - leased.claimed.to_number());
        self.held_slot(0, Stage::Leased(Box::new(leased)), owed + self.terms.bond.to_units())
    }

    pub(super) fn settled_slot(&mut self) -> OutputReference {
        let price = self.price().to_units();
        let settled = Settled { kept: amount(price * PERIODS), broken: amount(price), at: time(START) };
        self.held_slot(0, Stage::Settled(settled), price * PERIODS)
    }

    pub(super) fn open_bid(&mut self) -> OutputReference {
        let value = self.value(BID_RESERVE, self.terms.escrow().unwrap().to_units(), &[]);
        self.state(value, Bid::open(self.terms.clone()))
    }

    pub(super) fn led_bid(&mut self, leader: Leader) -> OutputReference {
        let reserve = BID_RESERVE.checked_add(SLOT_RESERVE).unwrap();
        let holding = self.terms.escrow().unwrap().checked_add(self.terms.bond).unwrap().to_units();
        let value = self.value(reserve, holding, &[(Token::Slot, 1)]);
        self.state(value, Bid { terms: self.terms.clone(), leader: Some(leader) })
    }

    /// What the operator asks for a period.
    pub(super) fn price(&self) -> Amount {
        amount((self.terms.price.floor.to_units() + self.terms.price.ceiling.to_units()) / 2)
    }

    /// What the operator offers: half of what is preferred beyond what is required.
    pub(super) fn resources(&self) -> Vec<Quantity> {
        let between =
            |need: &Need| quantity((need.required.to_units() + need.preferred.to_units()).div_ceil(2));
        self.terms.request.needs.iter().map(between).collect()
    }

    /// The operator's offer.
    fn offered(&self) -> Offered {
        let (price, resources) = (self.price(), self.resources());
        let appraisal =
            appraise(&self.terms, &self.grid, &self.operator.reputation, price, &resources).unwrap();
        let until = self.terms.window.settles;
        Offered { bid: self.terms.name(), price, resources, merit: appraisal.merit, until }
    }

    /// The operator's offer as it leads.
    pub(super) fn leader(&self) -> Leader {
        let Offered { price, resources, merit, .. } = self.offered();
        let Operator { number, owner, .. } = self.operator;
        Leader { operator: number, index: Count::ZERO, owner, price, resources, merit }
    }

    /// An offer that the operator's ousts only because merit and price are alike and the tie falls so: what takes most
    /// to find out.
    pub(super) fn outdone(&self) -> Leader {
        let ours = self.leader();
        let others = (1..).map(|number| Leader { operator: count(number), owner: key(0x44), ..ours.clone() });
        let mut outdone =
            others.filter(|other| demeter_core::rule::Rank::better(&self.terms.name(), &ours, other));
        outdone.next().unwrap()
    }

    fn leased(&self) -> Leased {
        let Offered { bid, price, resources, .. } = self.offered();
        let Term { period, periods, grace } = self.terms.term;
        let names = self.terms.request.needs.iter().map(|need| need.name.clone());
        Leased {
            bid,
            application: self.terms.application,
            refund: self.terms.refund,
            asset: self.terms.asset.clone(),
            fee_ppm: self.terms.fee_ppm,
            price,
            period,
            grace,
            bond: self.terms.bond,
            workload: self.terms.workload,
            resources: names.zip(resources).collect(),
            start: time(START),
            periods,
            claimed: count(2),
        }
    }
}

/// Three weights that all count.
pub(super) fn auction() -> Method {
    Method::auction(ppm(500_000), ppm(400_000), ppm(100_000))
}

/// A settlement asset whose policy comes before ours in a value, where more must be passed over.
fn asset() -> Asset {
    token(0x00, b"USDM")
}

fn lovelace(units: u64) -> Value {
    Value::of_lovelace(amount(units))
}

/// A key's address with a staking part, as wallets have.
pub(super) fn staked(payment: KeyHash) -> Address {
    Address { payment: Credential::Key(payment), stake: Some(Credential::Key(key(0x55))) }
}

fn grid(contract: &Contract) -> Grid {
    Grid::new(GridDraft {
        id: grid_id(0x77),
        market: contract.scripts().market,
        deposit: script(0xdd),
        asset: asset(),
        entities: (1..=ENTITIES).map(|seed| secret(seed).key_hash()).collect(),
        admission: count(u64::from(QUORUM)),
        threshold: count(u64::from(QUORUM)),
        fee_ppm: ppm(10_000),
        treasury: staked(TREASURY),
        prior: amount(50_000_000),
        penalty: count(4),
        half_life: span(30 * 86_400_000),
    })
    .unwrap()
}

/// The first needs, as whoever reads them from a manifest has them: sorted by name.
fn sorted(needs: usize) -> Vec<(&'static str, u64, u64)> {
    let mut needs: Vec<_> = NEEDS.into_iter().take(needs).collect();
    needs.sort_unstable();
    needs
}

/// What an operator says of its clusters, sorted by key.
fn eight_labels() -> Labels {
    labels(&[
        ("arch", "amd64"),
        ("disk", "nvme"),
        ("gpu", "a100-80gb"),
        ("net", "25gbit"),
        ("os", "linux"),
        ("region", "eu-west-1"),
        ("tier", "gold"),
        ("zone", "eu-west-1b"),
    ])
}

/// What the entities say of them.
fn endorsed() -> Labels {
    labels(&[("region", "eu-west-1"), ("tier", "gold")])
}

fn operator(grid: &Grid, resources: usize) -> Operator {
    let half_life = grid.half_life.to_milliseconds();
    let capacity: Resources = sorted(resources)
        .iter()
        .map(|(name, _, preferred)| (ResourceName::from(*name), quantity(*preferred)))
        .collect();
    Operator {
        grid: grid.id,
        number: count(NUMBER),
        owner: owner().key_hash(),
        endpoint: "https://grid.operator.example:8443".into(),
        capacity,
        labels: eight_labels(),
        endorsed: endorsed(),
        reputation: Reputation {
            fulfilled: amount(9_000_000_000),
            breached: amount(300_000_000),
            as_of: time(OPENS / half_life * half_life - half_life),
        },
        slots: count(1),
        updated: time(OPENS - 86_400_000),
    }
}

fn terms(grid: &Grid, operator: &Operator, needs: usize, method: Method) -> Terms {
    Terms::new(TermsDraft {
        grid: grid.id,
        nonce: count(1 << 40),
        application: application().key_hash(),
        refund: staked(application().key_hash()),
        asset: grid.asset.clone(),
        fee_ppm: grid.fee_ppm,
        request: Request {
            needs: sorted(needs)
                .into_iter()
                .map(|(name, required, preferred)| need(name, required, preferred))
                .collect(),
            labels: operator.labels.clone(),
            endorsed: operator.endorsed.clone(),
        },
        price: PriceRange { floor: amount(1_000_000), ceiling: amount(5_000_000) },
        term: Term { period: span(PERIOD), periods: count(PERIODS), grace: span(GRACE) },
        bond: amount(2_000_000),
        window: Window { opens: time(OPENS), closes: time(CLOSES), settles: time(SETTLES) },
        method,
        workload: workload(0xab),
    })
    .unwrap()
}

/// When the record of the operator may change again, and all else is before.
pub(super) fn before_all() -> Time {
    time(OPENS - 3_600_000)
}
