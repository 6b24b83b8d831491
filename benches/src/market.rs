//! A grid with one operator and one bid, from offer to collected lease.

use demeter_core::limits::{GRID_RESERVE, OPERATOR_RESERVE, SLOT_RESERVE};
use demeter_core::transition::{Held, Range, StateOutput, Step, apply};
use demeter_core::{
    Address, Amount, Asset, Bid, Count, Grid, GridDraft, GridId, KeyHash, Label, MarketTransition, Method,
    Need, Operator, OutputReference, PlutusData as _, Ppm, PriceRange, Quantity, RangeError,
    RegistryTransition, Reputation, Request, ScriptHash, Slot, Span, Stage, State, Term, Terms, TermsDraft,
    Time, Token, TransactionId, Transition, Value, Window, WorkloadHash,
};
use demeter_tx::market::{Composer, Contract, Funds, Plan, SlotRange};
use demeter_tx::{
    Data, LedgerSettings, Network, Output, OutputDraft, ProtocolParameters, Slot as ClockSlot, SlotClock,
    UtxoSet,
};

use crate::Outcome;

const GRID: GridId = GridId::from_bytes([1; 28]);
const APPLICATION: KeyHash = KeyHash::from_bytes([2; 28]);
const OPERATOR: KeyHash = KeyHash::from_bytes([3; 28]);
const TREASURY: KeyHash = KeyHash::from_bytes([4; 28]);
const ENTITY: KeyHash = KeyHash::from_bytes([5; 28]);

/// Seconds after which the bid opens, closes and settles.
const WINDOW: [u64; 3] = [120, 720, 1_320];
/// How long a transaction stays valid, in seconds.
const VALIDITY: u64 = 60;
/// When the lease starts: the upper bound of its award.
const START: u64 = WINDOW[2] + VALIDITY;
const HOUR: u64 = 3_600;
const PERIODS: u64 = 4;
const PRICE: u64 = 200_000;

/// A transition that the contract accepts.
#[derive(Clone, Debug)]
pub struct Case {
    /// What to call it.
    pub name: &'static str,
    /// All that the transition depends on.
    pub step: Step,
    /// The same as the composer takes it.
    pub plan: Plan,
    /// The ledger before it.
    pub utxos: UtxoSet,
}

/// The market with a case of each transition.
#[derive(Clone, Debug)]
pub struct Market {
    /// Composes for it.
    pub composer: Composer,
    /// Pays for all.
    pub funds: Funds,
    /// The bid's terms.
    pub terms: Terms,
    /// The transitions, in the order in which they happen.
    pub cases: Vec<Case>,
    /// Every state that occurs, by name.
    pub states: Vec<(&'static str, State)>,
    utxos: UtxoSet,
    transactions: u64,
}

impl Market {
    /// Runs a bid from its offer to the collected lease, on the states alone.
    ///
    /// # Errors
    /// A transition is refused.
    pub fn new() -> Outcome<Self> {
        let terms = terms()?;
        let mut market = Self::open(terms.clone())?;
        let scripts = market.composer.contract().scripts();
        let token =
            |token, reserve| Value::of_lovelace(reserve).plus(&scripts.token(token, &GRID), amount(1)?);
        let funded = terms.funding()?;

        let grid = market.put("grid", token(Token::Grid, GRID_RESERVE)?, grid(scripts.market)?)?;
        let record = market.put("operator", token(Token::Operator, OPERATOR_RESERVE)?, operator()?)?;
        let idle = market.put("slot-idle", token(Token::Slot, SLOT_RESERVE)?, idle_slot())?;
        let bid = market.put("bid-open", funded, Bid::open(terms))?;

        let [opens, closes, settles] = WINDOW;
        let (price, resources) = (amount(PRICE)?, vec![quantity(3_000)?, quantity(4 << 30)?]);
        market.case("cancel", MarketTransition::Cancel, &[bid], &[], 0)?;
        let offer = MarketTransition::Offer { price, resources };
        let offered = market.act("offer", offer, &[idle], &[bid, record, grid], opens, "slot-offered")?;
        market.case("withdraw", MarketTransition::Withdraw, &[offered], &[], settles)?;
        let led = market.act("lead", MarketTransition::Lead, &[bid, offered], &[], closes, "bid-led")?;
        let leased = market.act("award", MarketTransition::Award, &[led], &[grid], settles, "slot-leased")?;
        let half = MarketTransition::Claim { claimed: Count::from_number(PERIODS / 2)? };
        let half_time = START + PERIODS / 2 * HOUR;
        let leased = market.act("claim", half, &[leased], &[], half_time, "slot-claimed")?;
        let end = START + (PERIODS + 1) * HOUR;
        let settled =
            market.act("complete", MarketTransition::Complete, &[leased], &[], end, "slot-settled")?;
        market.case("collect", MarketTransition::Collect, &[settled], &[], end)?;
        market.act(
            "report",
            RegistryTransition::Report,
            &[record, settled],
            &[grid],
            end,
            "operator-proven",
        )?;
        Ok(market)
    }

    /// A ledger with the scripts and money.
    fn open(terms: Terms) -> Outcome<Self> {
        let contract = Contract::embedded()?;
        let settings = settings()?;
        let payer = Address::of_key(OPERATOR);
        let mut market = Self {
            composer: Composer::new(contract.clone(), settings.clone()),
            funds: Funds { utxos: UtxoSet::new(), change: payer },
            terms,
            cases: Vec::new(),
            states: Vec::new(),
            utxos: UtxoSet::new(),
            transactions: 0,
        };
        for script in [contract.registry(), contract.market()] {
            let holder = OutputDraft::new(Address::of_key(TREASURY), Value::default());
            let carrier = holder.with_reference_script(script.clone()).topped_up(&settings.parameters)?;
            market.insert(carrier.finish(settings.network));
        }
        let money = OutputDraft::new(payer, Value::of_lovelace(amount(1_000_000_000)?));
        market.insert(money.finish(settings.network));
        market.composer = market.composer.with_published(&Address::of_key(TREASURY), &market.utxos);
        market.funds = Funds::at(payer, &market.utxos);
        Ok(market)
    }

    /// Adds an output under a reference of its own.
    fn insert(&mut self, output: Output) -> OutputReference {
        self.transactions += 1;
        let mut id = [0; 32];
        id.iter_mut().zip(self.transactions.to_be_bytes()).for_each(|(to, from)| *to = from);
        let reference = OutputReference { transaction: TransactionId::from_bytes(id), index: 0 };
        self.utxos.insert(reference, output);
        reference
    }

    fn put(&mut self, name: &'static str, value: Value, state: impl Into<State>) -> Outcome<OutputReference> {
        let state = state.into();
        self.states.push((name, state.clone()));
        self.insert_state(&StateOutput { script: state.script(), value, state })
    }

    fn insert_state(&mut self, output: &StateOutput) -> Outcome<OutputReference> {
        let address = self.composer.contract().scripts().address(output.script);
        let datum = Data::from_cbor(output.state.encode())?;
        let draft = OutputDraft::new(address, output.value.clone()).with_inline_datum(datum);
        Ok(self.insert(draft.finish(self.composer.settings().network)))
    }

    /// Notes a case without letting it happen: gives the states that would come of it.
    fn case(
        &mut self,
        name: &'static str,
        transition: impl Into<Transition>,
        inputs: &[OutputReference],
        reads: &[OutputReference],
        second: u64,
    ) -> Outcome<Vec<StateOutput>> {
        let transition = transition.into();
        let [primary, followers @ ..] = inputs else { return Err("a case has an input".into()) };
        let [from, before] = [second, second + VALIDITY].map(ClockSlot::from_number);
        let mut plan = Plan::new(transition.clone(), *primary).within(SlotRange { from, before });
        plan = followers.iter().fold(plan, |plan, follower| plan.consuming(*follower));
        plan = reads.iter().fold(plan, |plan, read| plan.reading(*read));
        plan = [APPLICATION, OPERATOR].into_iter().fold(plan, Plan::signed_by);
        let clock = &self.composer.settings().clock;
        let mut references = reads.to_vec();
        references.sort_unstable();
        let step = Step {
            transition,
            inputs: self.held(inputs)?,
            references: self.held(&references)?,
            range: Some(Range { lower: clock.time_of(from)?, upper: clock.time_of(before)? }),
            signers: [APPLICATION, OPERATOR].into_iter().collect(),
        };
        let outcome = apply(&self.composer.contract().scripts(), &step)?;
        self.cases.push(Case { name, step, plan, utxos: self.utxos.clone() });
        Ok(outcome.states)
    }

    fn held(&self, references: &[OutputReference]) -> Outcome<Vec<Held<State>>> {
        let scripts = self.composer.contract().scripts();
        let held = |reference: &OutputReference| {
            let output = self.utxos.get(reference).ok_or("no such output")?;
            Ok(demeter_tx::market::read_state(&scripts, *reference, output)?)
        };
        references.iter().map(held).collect()
    }

    /// Notes a case and lets it happen: gives its first state, under this name.
    fn act(
        &mut self,
        name: &'static str,
        transition: impl Into<Transition>,
        inputs: &[OutputReference],
        reads: &[OutputReference],
        second: u64,
        becomes: &'static str,
    ) -> Outcome<OutputReference> {
        let states = self.case(name, transition, inputs, reads, second)?;
        let first = states.first().ok_or("no state comes of it")?;
        self.states.push((becomes, first.state.clone()));
        for input in inputs {
            self.utxos.remove(input);
        }
        self.insert_state(first)
    }
}

/// Hydra's parameters, and a clock of seconds that begins with slot 0.
pub(crate) fn settings() -> Outcome<LedgerSettings> {
    Ok(LedgerSettings {
        network: Network::Testnet,
        parameters: ProtocolParameters::hydra_l2()?,
        clock: SlotClock::of_seconds(Time::ZERO)?,
    })
}

fn amount(units: u64) -> Result<Amount, RangeError> {
    Amount::from_units(units)
}

fn quantity(units: u64) -> Result<Quantity, RangeError> {
    Quantity::from_units(units)
}

fn grid(market: ScriptHash) -> Outcome<Grid> {
    let one = Count::from_number(1)?;
    Ok(Grid::new(GridDraft {
        id: GRID,
        market,
        deposit: ScriptHash::from_bytes([6; 28]),
        asset: Asset::Lovelace,
        entities: vec![ENTITY],
        admission: one,
        threshold: one,
        fee_ppm: Ppm::from_millionths(10_000)?,
        treasury: Address::of_key(TREASURY),
        prior: amount(50_000_000)?,
        penalty: Count::from_number(4)?,
        half_life: Span::from_seconds(30 * 24 * HOUR)?,
    })?)
}

fn operator() -> Outcome<Operator> {
    Ok(Operator {
        grid: GRID,
        number: Count::ZERO,
        owner: OPERATOR,
        endpoint: "https://operator.example".into(),
        capacity: [("cpu".into(), quantity(16_000)?), ("memory".into(), quantity(64 << 30)?)]
            .into_iter()
            .collect(),
        labels: [region()].into_iter().collect(),
        endorsed: Default::default(),
        reputation: Reputation::default(),
        slots: Count::from_number(1)?,
        updated: Time::ZERO,
    })
}

fn idle_slot() -> Slot {
    Slot { grid: GRID, operator: Count::ZERO, index: Count::ZERO, owner: OPERATOR, stage: Stage::Idle }
}

fn region() -> Label {
    Label::new("topology.kubernetes.io/region", "eu-west")
}

fn terms() -> Outcome<Terms> {
    let need = |name: &str, required, preferred| {
        Ok::<_, RangeError>(Need {
            name: name.into(),
            required: quantity(required)?,
            preferred: quantity(preferred)?,
        })
    };
    let at = |second| Time::ZERO.after(Span::from_seconds(second)?);
    let [opens, closes, settles] = WINDOW;
    Ok(Terms::new(TermsDraft {
        grid: GRID,
        nonce: Count::ZERO,
        application: APPLICATION,
        refund: Address::of_key(APPLICATION),
        asset: Asset::Lovelace,
        fee_ppm: Ppm::from_millionths(10_000)?,
        request: Request {
            needs: vec![need("cpu", 2_000, 4_000)?, need("memory", 2 << 30, 8 << 30)?],
            labels: [region()].into_iter().collect(),
            endorsed: Default::default(),
        },
        price: PriceRange { floor: amount(50_000)?, ceiling: amount(400_000)? },
        term: Term {
            period: Span::from_seconds(HOUR)?,
            periods: Count::from_number(PERIODS)?,
            grace: Span::from_seconds(HOUR)?,
        },
        bond: amount(2_000_000)?,
        window: Window { opens: at(opens)?, closes: at(closes)?, settles: at(settles)? },
        method: Method::auction(
            Ppm::from_millionths(500_000)?,
            Ppm::from_millionths(300_000)?,
            Ppm::from_millionths(200_000)?,
        ),
        workload: WorkloadHash::from_bytes([7; 32]),
    })?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use demeter_tx::evaluate::evaluate;

    #[test]
    fn the_compiled_contract_accepts_every_case() {
        let market = Market::new().unwrap();
        assert_eq!(market.cases.len(), 9);
        for case in &market.cases {
            let preview = market.composer.preview(&case.plan, &case.utxos).unwrap();
            assert_eq!(apply(&market.composer.contract().scripts(), &case.step).unwrap(), preview);
            let composed = market.composer.compose(&case.plan, &case.utxos, &market.funds).unwrap();
            let bytes = composed.transaction().to_cbor();
            let used = evaluate(&bytes, &case.utxos, market.composer.settings()).unwrap();
            assert!(used.total().memory > 0, "{}", case.name);
        }
    }
}
