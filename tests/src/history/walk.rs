//! A walk: a ground, the books of it, and one step after the other.

use std::collections::VecDeque;

use demeter_core::{Bid, BidName, OutputReference, PlutusData as _, Script, State, Time};
use demeter_tx::builder::{TransactionBuilder, UnsignedTransaction};
use demeter_tx::market::{ComposeError, Funds};
use demeter_tx::{Data, OutputDraft, SignedTransaction};

use super::best::{Offers, Seen};
use super::books::{Account, BidAccount, Books};
use super::cast::{Party, Role};
use super::choice::{Action, Choice};
use super::deed::{Act, Deed};
use super::fault::Fault;
use super::ground::Ground;
use super::tally::Tally;
use super::violation::{Promise, Violation};
use super::{act, hostile, pass};

/// How many accepted transactions are kept for those who replay.
const KEPT: usize = 16;
/// How many outputs somebody spends at a time to make one of them.
const SWEPT: usize = 24;

/// A walk.
#[derive(Clone, Debug)]
pub struct Walk {
    /// The head and what stands on it.
    pub ground: Ground,
    /// What should stand on it.
    pub books: Books,
    /// What was counted.
    pub tally: Tally,
    pub(super) offers: Offers,
    pub(super) fault: Option<Fault>,
    /// Whether operators lead with their offers when bids close, and the best offer therefore wins.
    pub(super) diligent: bool,
    pub(super) accepted: VecDeque<SignedTransaction>,
    /// What happened in the step, for people.
    said: Vec<String>,
}

/// What became of an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// The head accepted it.
    Accepted,
    /// The composer would not build it: it is not allowed now.
    NotNow,
}

impl Walk {
    /// A walk that begins on a ground.
    pub fn new(ground: Ground, fault: Option<Fault>) -> Self {
        let books = Books::open(&ground, fault);
        Self {
            ground,
            books,
            tally: Tally::default(),
            offers: Offers::default(),
            fault,
            diligent: true,
            accepted: VecDeque::new(),
            said: Vec::new(),
        }
    }

    /// The same walk on a copy of the head, on which nobody cares for anything but its own.
    #[must_use]
    pub fn fork(&self) -> Self {
        let ground = self.ground.fork();
        Self { ground, tally: Tally::default(), diligent: false, said: Vec::new(), ..self.clone() }
    }

    /// Takes a step. Returns what happened in it, for people; nothing, if the choice meant nothing.
    ///
    /// # Errors
    /// A promise is broken.
    pub fn step(&mut self, choice: &Choice) -> Result<Vec<String>, Violation> {
        self.begin();
        match choice.action {
            Action::Jump => pass::jump(self, choice)?,
            Action::Steal
            | Action::Hurry
            | Action::Spam
            | Action::Divert
            | Action::Replay
            | Action::FrontRun
            | Action::Desert
            | Action::Forge => hostile::attempt(self, choice)?,
            _ => {
                if let Some(act) = act::act(self, choice) {
                    self.act(&act)?;
                }
            }
        }
        if self.said.is_empty() {
            self.tally.skipped += 1;
        } else {
            self.tally.steps += 1;
        }
        Ok(self.said.clone())
    }

    /// Forgets what happened before.
    pub(super) fn begin(&mut self) {
        self.said.clear();
    }

    /// What happened in the last step, as far as it got.
    pub fn said(&self) -> &[String] {
        &self.said
    }

    /// Notes for people what happens.
    pub(super) fn say(&mut self, line: String) {
        let elapsed = self.ground.now().time.to_milliseconds() - super::ground::START;
        self.said.push(format!("{:>9} s  {line}", elapsed / 1000));
    }

    /// Anyone who can pay, by the choice's actor.
    pub(super) fn anyone(&self, choice: &Choice) -> Option<Party> {
        let paying = |party: &Party| self.ground.cast[*party].role != Role::Treasury;
        choice.actor(&self.ground.cast.all().filter(paying).collect::<Vec<_>>())
    }

    /// Somebody acts by right: composes, has all sign, submits.
    ///
    /// # Errors
    /// The head refuses what was composed, or the ledger is not as the books say thereafter.
    pub(super) fn act(&mut self, act: &Act) -> Result<Done, Violation> {
        let Ok(unsigned) = self.compose(act) else { return Ok(Done::NotNow) };
        let transaction = self.ground.signed(&unsigned);
        self.submit(act, &transaction).map(|()| Done::Accepted)
    }

    /// What the composer makes of an act.
    pub(super) fn compose(&self, act: &Act) -> Result<UnsignedTransaction, ComposeError> {
        let ground = &self.ground;
        let funds = ground.funds(act.payer);
        match &act.deed {
            Deed::Transition(step) => ground.composer.compose(&step.plan(), ground.utxos(), &funds),
            Deed::Sweep => Ok(self.spending(&funds, None)?),
            Deed::Litter { draft, .. } => Ok(self.spending(&funds, Some(draft.as_ref().clone()))?),
            Deed::Place { terms, funded } => {
                let address = ground.composer.contract().scripts().address(Script::Market);
                let state = State::from(Bid::open(terms.as_ref().clone()));
                let value = funded.to_value(&ground.asset);
                let draft =
                    OutputDraft::new(address, value).with_inline_datum(Data::from_cbor(state.encode())?);
                let whole = *funded == BidAccount::funding(terms, &ground.asset);
                if whole {
                    ground.composer.place(terms, &funds)
                } else {
                    Ok(self.spending(&funds, Some(draft))?)
                }
            }
        }
    }

    /// Spends outputs of somebody, for one output and the change.
    fn spending(
        &self,
        funds: &Funds,
        output: Option<OutputDraft>,
    ) -> Result<UnsignedTransaction, demeter_tx::builder::BuildError> {
        let mut own: Vec<_> = funds.utxos.iter().collect();
        own.sort_by_key(|(_, output)| std::cmp::Reverse(output.value().lovelace()));
        let builder = TransactionBuilder::new(self.ground.composer.settings().clone(), funds.change);
        let builder = own
            .into_iter()
            .take(SWEPT)
            .fold(builder, |builder, (reference, output)| builder.spend(*reference, output.clone()));
        match output {
            Some(output) => builder.pay(output).build(),
            None => builder.build(),
        }
    }

    /// Submits what must be accepted, and enters it in the books.
    ///
    /// # Errors
    /// The head refuses, or the ledger is not as the books say thereafter.
    pub(super) fn submit(&mut self, act: &Act, transaction: &SignedTransaction) -> Result<(), Violation> {
        let name = act.deed.name();
        let led = self.leader_of(act);
        if let Err(error) = self.ground.submit(transaction) {
            let who = &self.ground.cast[act.payer].name;
            let seen = format!("{who} may {name}, but the head says: {error}");
            return Err(Violation::new(Promise::Agreement, seen));
        }
        let line = format!("{}: {}", self.ground.cast[act.payer].name, act.deed);
        self.say(line);
        self.tally.accept(name);
        let times = act.step().map_or((0, 0), |step| self.ground.times(step.range));
        self.books.enter(act, transaction.id(), times);
        self.accepted.push_back(transaction.clone());
        if self.accepted.len() > KEPT {
            self.accepted.pop_front();
        }
        if self.diligent {
            self.note(act, led)?;
        }
        self.audit()
    }

    /// Holds the ledger against the books.
    ///
    /// # Errors
    /// A promise is seen broken.
    pub(super) fn audit(&mut self) -> Result<(), Violation> {
        self.tally.checks += self.books.checks(self.ground.utxos());
        self.books.audit(self.ground.utxos())
    }

    /// Who led the bid that an award consumes.
    fn leader_of(&self, act: &Act) -> Option<(BidName, Seen)> {
        let step = act.step().filter(|step| step.transition.name() == "award")?;
        let bids = self.ground.bids();
        let (_, bid) = bids.into_iter().find(|(reference, _)| *reference == step.primary)?;
        Some((bid.name(), Seen::of_leader(bid.leader.as_ref()?)))
    }

    /// Notes what offers there are, and who gets what.
    fn note(&mut self, act: &Act, led: Option<(BidName, Seen)>) -> Result<(), Violation> {
        match act.deed.name() {
            "offer" if self.ground.cast[act.payer].honest => {
                let made: Vec<_> =
                    self.ground.slots().iter().filter_map(|(_, slot)| Seen::of_slot(slot)).collect();
                let honest = |seen: &Seen| {
                    let party = self.books.operators()[&seen.operator].party;
                    self.ground.cast[party].honest
                };
                let made: Vec<_> = made.into_iter().filter(|(_, seen)| honest(seen)).collect();
                for (bid, offer) in made {
                    self.offers.note(bid, offer);
                }
            }
            "lead" => {
                let leaders: Vec<_> = self
                    .ground
                    .bids()
                    .iter()
                    .filter_map(|(_, bid)| Some((bid.name(), Seen::of_leader(bid.leader.as_ref()?))))
                    .filter(|(bid, _)| !self.offers.is_due(bid))
                    .collect();
                let now = self.ground.now().time;
                for (bid, offer) in leaders {
                    if self.settles(&bid).is_some_and(|settles| now < settles) {
                        self.offers.note(bid, offer);
                    }
                }
            }
            "award" => {
                let Some((bid, offer)) = led else { return Ok(()) };
                if self.offers.awarded(&bid, &offer) {
                    self.tally.best_awarded += 1;
                } else if self.offers.is_due(&bid) && self.settles(&bid).is_none() {
                    let seen = format!("bid {bid} went to {offer:?}, which is not the best offer");
                    return Err(Violation::new(Promise::BestOfferWins, seen));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// When the bids of a name settle, where there is one.
    pub(super) fn settles(&self, name: &BidName) -> Option<Time> {
        let bid = self.books.bids().values().find(|bid| bid.name == *name)?;
        Some(bid.terms.window.settles)
    }

    /// Whether there is behind a bid what its terms say.
    pub(super) fn is_funded(&self, bid: &OutputReference) -> bool {
        let Some(Account::Bid(number)) = self.books.account_at(bid) else { return false };
        self.books.bids()[&number].is_funded(&self.ground.asset)
    }
}
