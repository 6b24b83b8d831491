//! A ledger on paper: it lets everything happen.
//!
//! Three operators answer one bid, an auction in ada. Outputs are what the mirror yields, unless somebody changes them.

use demeter_core::limits::{BID_RESERVE, GRID_RESERVE, OPERATOR_RESERVE, SLOT_RESERVE};
use demeter_core::transition::{
    Datum, Held, InputView, Outcome, OutputView, Range, Step, TransactionView, apply,
};
use demeter_core::{
    Amount, Asset, Bid, Count, KeyHash, Labels, MarketRedeemer, MarketTransition, Method, Operator,
    PlutusData as _, Redeemer, Reputation, Slot, Stage, State, Terms, Time, Token, Value,
};
use demeter_tests::drt::Validator;
use demeter_tests::make::{amount, count, key, quantities, reference, span};
use demeter_tests::mutants::Scene;
use demeter_tx::audit::{Audit, Auditor};
use demeter_tx::head::{Event, EventSequence, NumberedEvent, SnapshotNumber};
use demeter_tx::market::read_state;
use demeter_tx::{Data, Network, OutputDraft, SignedTransaction, SlotClock, UtxoSet};

/// The operators.
pub(crate) const OPERATORS: [u64; 3] = [3, 4, 5];

/// A ledger on paper.
pub(crate) struct Paper {
    validator: Validator,
    pub(crate) scene: Scene,
    pub(crate) states: Vec<Held<State>>,
    pub(crate) beginning: UtxoSet,
    pub(crate) events: Vec<NumberedEvent>,
}

/// A transaction to be made.
pub(crate) struct Act {
    pub(crate) transition: MarketTransition,
    pub(crate) inputs: Vec<Held<State>>,
    pub(crate) references: Vec<Held<State>>,
    pub(crate) lower: Time,
    pub(crate) signer: KeyHash,
}

fn owner(operator: u64) -> KeyHash {
    key(u8::try_from(operator).unwrap())
}

impl Paper {
    /// The grid, the operators with a slot each, and the bid, which is placed by the first transaction.
    pub(crate) fn new() -> Self {
        Self::of(Scene::new(Validator::committed().scripts(), Asset::Lovelace))
    }

    /// The same, its bid a race to which better records come first.
    pub(crate) fn racing() -> Self {
        let mut scene = Scene::new(Validator::committed().scripts(), Asset::Lovelace);
        let mut draft = scene.terms.clone().into_draft();
        draft.method = Method::reputation(span(60_000), span(120_000));
        scene.terms = Terms::new(draft).unwrap();
        Self::of(scene)
    }

    fn of(scene: Scene) -> Self {
        let validator = Validator::committed();
        let mut this =
            Self { validator, scene, states: Vec::new(), beginning: UtxoSet::new(), events: Vec::new() };
        let grid = this.scene.grid.clone();
        this.begin(0x10, Token::Grid, GRID_RESERVE, grid);
        for operator in OPERATORS {
            let byte = u8::try_from(operator).unwrap();
            let (number, owner) = (count(operator), owner(operator));
            let mut record = Operator { number, owner, slots: count(1), ..this.scene.operator.clone() };
            // The first is a newcomer, and the last has not what the bid asks for.
            if operator == OPERATORS[0] {
                record.reputation = Reputation::default();
            }
            if operator == OPERATORS[2] && matches!(this.scene.terms.method, Method::Race { .. }) {
                record.labels = Labels::default();
            }
            let slot =
                Slot { grid: record.grid, operator: number, index: Count::ZERO, owner, stage: Stage::Idle };
            this.begin(0x20 + byte, Token::Operator, OPERATOR_RESERVE, record);
            this.begin(0x30 + byte, Token::Slot, SLOT_RESERVE, slot);
        }
        this.place();
        this
    }

    fn begin(&mut self, byte: u8, token: Token, reserve: Amount, state: impl Into<State>) {
        let (state, scripts) = (state.into(), self.scene.scripts);
        let value = Value::of_lovelace(reserve);
        let value = value.plus(&scripts.token(token, &self.scene.grid.id), amount(1)).unwrap();
        let data = Data::from_cbor(state.encode()).unwrap();
        let draft = OutputDraft::new(scripts.address(state.script()), value.clone()).with_inline_datum(data);
        self.beginning.insert(reference(byte, 0), draft.finish(Network::Testnet));
        self.states.push(Held { reference: reference(byte, 0), value, state });
    }

    fn place(&mut self) {
        let terms = self.terms().clone();
        let escrow = terms.escrow().unwrap();
        let bid = State::from(Bid::open(terms));
        let output = OutputView {
            address: self.scene.scripts.address(bid.script()),
            value: Value::of_lovelace(BID_RESERVE.checked_add(escrow).unwrap()),
            datum: Datum::Inline(bid.encode()),
            has_reference_script: false,
        };
        self.confirm(&TransactionView { outputs: vec![output], ..TransactionView::default() });
    }

    pub(crate) fn terms(&self) -> &Terms {
        &self.scene.terms
    }

    pub(crate) fn find(&self, wanted: impl Fn(&State) -> bool) -> Held<State> {
        self.states.iter().find(|held| wanted(&held.state)).unwrap().clone()
    }

    pub(crate) fn grid(&self) -> Held<State> {
        self.find(|state| matches!(state, State::Grid(_)))
    }

    pub(crate) fn bid(&self) -> Held<State> {
        self.find(|state| matches!(state, State::Bid(_)))
    }

    pub(crate) fn slot(&self, operator: u64) -> Held<State> {
        self.find(|state| matches!(state, State::Slot(slot) if slot.operator == count(operator)))
    }

    fn operator(&self, operator: u64) -> Held<State> {
        self.find(|state| matches!(state, State::Operator(record) if record.number == count(operator)))
    }

    /// An operator answers the bid with a price.
    pub(crate) fn offer(&self, operator: u64, price: u64) -> Act {
        let (price, resources) = (amount(price), quantities(&[3_000, 4_000]));
        Act {
            transition: MarketTransition::Offer { price, resources },
            inputs: vec![self.slot(operator)],
            references: vec![self.bid(), self.operator(operator), self.grid()],
            lower: self.terms().window.opens,
            signer: owner(operator),
        }
    }

    /// An operator takes the race, so long after its opening.
    pub(crate) fn take(&self, operator: u64, price: u64, after: u64) -> Act {
        let (price, resources) = (amount(price), quantities(&[3_000, 4_000]));
        Act {
            transition: MarketTransition::Take { price, resources },
            inputs: vec![self.bid(), self.slot(operator)],
            references: vec![self.operator(operator), self.grid()],
            lower: self.terms().window.opens.after(span(after)).unwrap(),
            signer: owner(operator),
        }
    }

    pub(crate) fn lead(&self, operator: u64) -> Act {
        Act {
            transition: MarketTransition::Lead,
            inputs: vec![self.bid(), self.slot(operator)],
            references: Vec::new(),
            lower: self.terms().window.closes,
            signer: owner(operator),
        }
    }

    pub(crate) fn award(&self) -> Act {
        Act {
            transition: MarketTransition::Award,
            inputs: vec![self.bid()],
            references: vec![self.grid()],
            lower: self.terms().window.settles,
            signer: self.terms().application,
        }
    }

    pub(crate) fn close(&self, operator: u64) -> Act {
        let lower = self.terms().window.settles.after(self.terms().term.period).unwrap();
        Act {
            transition: MarketTransition::Close,
            inputs: vec![self.slot(operator)],
            references: Vec::new(),
            lower,
            signer: self.terms().application,
        }
    }

    /// It happens as it should.
    pub(crate) fn act(&mut self, act: &Act) {
        let outcome = apply(&self.scene.scripts, &act.step()).unwrap();
        self.force(act, &outcome, |_| ());
    }

    /// It happens with other outputs than it should.
    pub(crate) fn spoil(&mut self, act: &Act, change: impl FnOnce(&mut TransactionView)) {
        let outcome = apply(&self.scene.scripts, &act.step()).unwrap();
        self.force(act, &outcome, change);
    }

    /// It happens with the outputs of another act, which the contract would allow.
    pub(crate) fn pretend(&mut self, act: &Act, pretended: &Act) {
        let outcome = apply(&self.scene.scripts, &pretended.step()).unwrap();
        self.force(act, &outcome, |_| ());
    }

    fn force(&mut self, act: &Act, outcome: &Outcome, change: impl FnOnce(&mut TransactionView)) {
        let (scripts, step) = (self.scene.scripts, act.step());
        let told = |position: usize| match position {
            0 => Redeemer::Act(act.transition.clone()).encode(),
            _ => MarketRedeemer::Follow.encode(),
        };
        let view = |held: &Held<State>, redeemer| InputView {
            reference: held.reference,
            output: of_state(scripts.address(held.state.script()), held.value.clone(), &held.state),
            redeemer,
        };
        let inputs = act.inputs.iter().enumerate();
        let mut inputs: Vec<_> = inputs.map(|(position, held)| view(held, Some(told(position)))).collect();
        inputs.sort_by_key(|input| input.reference);
        let states = outcome.states.iter();
        let states =
            states.map(|made| of_state(scripts.address(made.script), made.value.clone(), &made.state));
        let payments = outcome.payments.iter().map(|payment| OutputView {
            address: payment.address,
            value: payment.value.clone(),
            datum: Datum::Inline(payment.tag.encode()),
            has_reference_script: false,
        });
        let mut transaction = TransactionView {
            inputs,
            references: step.references.iter().map(|held| view(held, None)).collect(),
            outputs: states.chain(payments).collect(),
            lower: step.range.map(|range| range.lower),
            upper: step.range.map(|range| range.upper),
            signatories: step.signers,
            ..TransactionView::default()
        };
        change(&mut transaction);
        self.confirm(&transaction);
    }

    fn confirm(&mut self, view: &TransactionView) {
        let transaction = SignedTransaction::from_cbor(&self.validator.transaction(view).0).unwrap();
        let effect = transaction.effect().unwrap();
        self.states.retain(|held| !effect.consumed.contains(&held.reference));
        let made = effect.made.iter();
        let scripts = self.scene.scripts;
        self.states.extend(made.filter_map(|(at, output)| read_state(&scripts, *at, output).ok()));
        self.tell(transaction);
    }

    /// The head tells of a transaction.
    pub(crate) fn tell(&mut self, transaction: SignedTransaction) {
        let number = self.events.len() as u64;
        let event = Event::SnapshotConfirmed {
            number: SnapshotNumber::from_number(number + 1),
            transactions: vec![transaction.into()],
        };
        let sequence = EventSequence::from_number(number);
        self.events.push(NumberedEvent { sequence, time: Time::ZERO, event });
    }

    pub(crate) fn auditor(&self) -> Auditor {
        let auditor = Auditor::new(self.scene.scripts, self.scene.grid.id, self.clock(), &self.beginning);
        auditor.after(SnapshotNumber::default())
    }

    pub(crate) fn clock(&self) -> SlotClock {
        SlotClock::of_seconds(Time::ZERO).unwrap()
    }

    /// Nobody has the keys of the parties: who they are is not in question here.
    pub(crate) fn audit(&self) -> Audit {
        self.auditor().trusting_signatures().audit(&self.events)
    }
}

impl Act {
    pub(crate) fn step(&self) -> Step {
        let mut references = self.references.clone();
        references.sort_by_key(|held| held.reference);
        Step {
            transition: self.transition.clone().into(),
            inputs: self.inputs.clone(),
            references,
            range: Some(Range { lower: self.lower, upper: self.lower.after(span(60_000)).unwrap() }),
            signers: [self.signer].into_iter().collect(),
        }
    }
}

fn of_state(address: demeter_core::Address, value: Value, state: &State) -> OutputView {
    OutputView { address, value, datum: Datum::Inline(state.encode()), has_reference_script: false }
}

/// The codes of what was found, in order.
pub(crate) fn codes(audit: &Audit) -> Vec<&'static str> {
    audit.recorded.findings.iter().map(|finding| finding.fault.code()).collect()
}

/// The whole story: three offers, of which the third is best; the first leads, then the third; award and early close.
pub(crate) fn told() -> Paper {
    let mut paper = Paper::new();
    for (operator, price) in OPERATORS.into_iter().zip([300_000, 250_000, 200_000]) {
        paper.act(&paper.offer(operator, price));
    }
    paper.act(&paper.lead(3));
    paper.act(&paper.lead(5));
    paper.act(&paper.award());
    paper.act(&paper.close(5));
    paper
}
