//! An operator without `demeter-agent`: over `Head` and `GridView` alone, as a third party may write one that decides in
//! its own way. Run at once: `cargo run --bin operator-from-scratch`.
//!
//! It answers every bid that fits for nine tenths of what that would pay, and does what is due to it. It keeps no state:
//! what it has to do follows from what stands on the head.

#![expect(clippy::print_stdout, reason = "an example speaks to its reader")]

use std::sync::Arc;

use async_trait::async_trait;
use demeter_core::transition::Range;
use demeter_core::{Address, Amount, Count, GridId, KeyHash, Stage, Time};
use demeter_examples::staging::{Fallible, Played, Player, Staging, operator_key};
use demeter_tx::Slot;
use demeter_tx::head::{Head, SubmitError};
use demeter_tx::keys::{PaymentKey, Signer as _};
use demeter_tx::market::{Composer, Contract, Plan, SlotRange};
use demeter_tx::view::{GridView, LiveView};

/// How long its transactions stay valid, in slots.
const VALIDITY: u64 = 60;

/// The operator.
struct Operator {
    number: Count,
    key: PaymentKey,
    owner: KeyHash,
    live: LiveView,
    composer: Composer,
}

impl Operator {
    async fn open(
        head: Arc<dyn Head>,
        grid: GridId,
        publisher: Address,
        number: Count,
        key: PaymentKey,
    ) -> Fallible<Self> {
        let composer = Composer::new(Contract::embedded()?, head.settings().await?);
        let owner = key.key_hash();
        let view = GridView::new(composer.contract().scripts(), grid);
        let view = view.watching(Address::of_key(owner)).watching(publisher);
        let live = LiveView::open(head, view).await?;
        // The contract's scripts are on the head already: transactions only refer to them.
        let composer = composer.with_published(&publisher, live.view().utxos());
        Ok(Self { number, key, owner, live, composer })
    }

    /// The one thing to do next, if there is any that may be done in this range.
    fn next(&self, range: Range) -> Fallible<Option<Plan>> {
        let (view, now) = (self.live.view(), range.lower);
        // Pay is drawn, leases are completed and reported, purses are emptied, as soon as that may be.
        for due in view.due(&self.owner, now) {
            if let Some(plan) = due.plan().filter(|_| due.allows(range)) {
                return Ok(Some(plan.clone()));
            }
        }
        // What it offers leads, if it is better.
        for slot in view.slots_of(self.number) {
            let Stage::Offered(offered) = &slot.state.stage else { continue };
            for bid in view.bids_named(&offered.bid) {
                let Some(leadable) = view.leadable(&bid.reference()) else { continue };
                let own = leadable.next_leader().filter(|best| best.offer.operator == self.number);
                if let Some(own) = own.filter(|_| leadable.allows(range)) {
                    return Ok(Some(leadable.plan(own)));
                }
            }
        }
        // One bid after another gets an idle slot, for nine tenths of the most that may be named.
        let biddable = view.biddable(self.number, now)?;
        for prospect in &biddable.prospects {
            let answered = view.offers_on(&prospect.bid.name).any(|slot| slot.state.operator == self.number);
            let (Ok(opening), Some(slot), false) = (&prospect.verdict, biddable.idle.first(), answered)
            else {
                continue;
            };
            if opening.allows(range) {
                let highest = opening.highest_price(now).to_units();
                let price = Amount::from_units(highest / 10 * 9)?.max(opening.price.floor);
                return Ok(Some(biddable.plan(prospect.bid, slot, price, prospect.bid.required())));
            }
        }
        Ok(None)
    }

    /// When there will be something to do, if nobody else does anything.
    fn wakes(&self, now: Time) -> Fallible<Option<Time>> {
        let view = self.live.view();
        let due = view.due(&self.owner, now).into_iter().map(|due| due.from);
        let offers = view.slots_of(self.number).filter_map(|slot| match &slot.state.stage {
            Stage::Offered(offered) => view.bids_named(&offered.bid).next(),
            _ => None,
        });
        let closes = offers.map(|bid| bid.terms().window.closes);
        let biddable = view.biddable(self.number, now)?;
        let opens =
            biddable.prospects.iter().filter_map(|prospect| Some(prospect.verdict.as_ref().ok()?.from));
        Ok(due.chain(closes).chain(opens).filter(|time| *time > now).min())
    }

    /// Does it, unless somebody else's transaction comes first; says whether it did.
    async fn act(&mut self, plan: Plan, slots: SlotRange) -> Fallible<bool> {
        let funds = self.live.view().funds(&Address::of_key(self.owner));
        let mut transaction = self.composer.compose(&plan.within(slots), self.live.view().utxos(), &funds)?;
        transaction.sign(&self.key).await?;
        let id = match self.live.head().submit(transaction.finish()?).await {
            Ok(id) => id,
            Err(SubmitError::Invalid { .. }) => {
                self.live.reload().await?;
                return Ok(false);
            }
            Err(error) => return Err(error.into()),
        };
        self.live.head().confirm(id).await?;
        Ok(true)
    }
}

#[async_trait(?Send)]
impl Player for Operator {
    fn name(&self) -> &'static str {
        "operator from scratch"
    }

    async fn play(&mut self) -> Fallible<Played> {
        let mut played = Played::default();
        loop {
            self.live.catch_up().await?;
            let from = self.live.head().now().await?.slot;
            let slots = SlotRange { from, before: Slot::from_number(from.to_number() + VALIDITY) };
            let clock = self.composer.settings().clock;
            let range = Range { lower: clock.time_of(slots.from)?, upper: clock.time_of(slots.before)? };
            let Some(plan) = self.next(range)? else {
                played.wake = self.wakes(range.lower)?;
                return Ok(played);
            };
            let name = plan.transition().name();
            if self.act(plan, slots).await? {
                played.deeds.push(name.to_owned());
            }
        }
    }
}

fn main() -> Fallible<()> {
    futures_executor::block_on(async {
        let staging = Staging::open().await?;
        let sandbox = &staging.sandbox;
        let publisher = sandbox.driver_options().publisher.ok_or("nobody has published the scripts")?;
        let (head, grid) = (sandbox.shared_head(), sandbox.grid());
        let mut operator = Operator::open(head, grid, publisher, staging.number, operator_key()).await?;
        let mut application = staging.some_application().await?;
        let served =
            staging.play(&mut [&mut operator, &mut application], 9_000, |deed| println!("{deed}")).await?;
        println!("{} leases won, {} served to their end", served.won, served.ended);
        Ok(())
    })
}
