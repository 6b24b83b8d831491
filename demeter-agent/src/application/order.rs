//! An order: a workload that shall run from one time until another.

use std::collections::BTreeMap;

use demeter_core::{
    Address, Amount, Asset, Count, Credential, Grid, GridId, KeyHash, Label, Leased, Need, Operator, Ppm,
    PriceRange, Quantity, RangeError, Request, ResourceName, Term, Terms, TermsDraft, TermsError, Time,
    WorkloadHash,
};
use demeter_tx::view::PlacedBid;
use pallas_crypto::hash::Hasher;

use super::Wish;
use super::rounds::{Phase, Round};

/// How many bits of a nonce number the round; the others name the order.
const ROUND_BITS: u32 = 24;

/// A workload that shall run from one time until another.
///
/// Its times are fixed: what remains to be done at any moment follows from the order and from what stands on the head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    name: String,
    workload: WorkloadHash,
    request: Request,
    wish: Wish,
    from: Time,
    until: Time,
    stopped: bool,
}

/// An order may not stand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OrderError {
    /// No bid could be made of it.
    #[error("the terms of its bids: {0}")]
    Terms(#[from] TermsError),
    /// It ends before it has begun.
    #[error("it begins at {from}, which is not before it ends at {until}")]
    Until {
        /// When it begins.
        from: Time,
        /// When it ends.
        until: Time,
    },
    /// The first bid may pay more than the last.
    #[error("the highest price is {opening} at first, which is above {ceiling} at last")]
    Opening {
        /// The highest price at first.
        opening: Amount,
        /// The highest price at last.
        ceiling: Amount,
    },
    /// Something is preferred that the workload does not need.
    #[error("{name} is preferred, and the workload needs none")]
    NotNeeded {
        /// The resource.
        name: ResourceName,
    },
    /// Less is preferred than the workload needs.
    #[error("{preferred} of {name} are preferred, less than the {required} that the workload needs")]
    PreferredTooLittle {
        /// The resource.
        name: ResourceName,
        /// What is preferred.
        preferred: Quantity,
        /// What is required.
        required: Quantity,
    },
    /// A time or an amount is out of range.
    #[error(transparent)]
    Range(#[from] RangeError),
}

impl Order {
    /// A workload that needs so much shall run between these times, as this is wished for.
    ///
    /// The hash is the manifest's, and the needs are what it requests, each in the unit of a bid: whatever reads the
    /// manifest says both, as `demeter_kube::Workload` does, which makes an order by itself (`Workload::order`).
    ///
    /// # Errors
    /// It ends before it has begun, what is wished for does not fit the needs or itself, or no bid could be made of it.
    pub fn new(
        name: impl Into<String>,
        workload: WorkloadHash,
        needs: BTreeMap<ResourceName, Quantity>,
        wish: Wish,
        from: Time,
        until: Time,
    ) -> Result<Self, OrderError> {
        if from >= until {
            return Err(OrderError::Until { from, until });
        }
        let (opening, ceiling) = (wish.prices.opening, wish.prices.ceiling);
        if opening > ceiling {
            return Err(OrderError::Opening { opening, ceiling });
        }
        let request = request(needs, &wish)?;
        let order = Self { name: name.into(), workload, request, wish, from, until, stopped: false };
        order.check()?;
        Ok(order)
    }

    /// That the longest and dearest bid and the cheapest may stand, on a grid without a fee.
    fn check(&self) -> Result<(), OrderError> {
        let Phase::Round(round) = self.wish.phase(self.from, self.from)? else {
            return Ok(());
        };
        let attempts = self.wish.campaign.attempts.to_number();
        for attempt in [0, attempts.saturating_sub(1)] {
            let bidder = Bidder { application: KeyHash::from_bytes([0xff; 28]), refund: FURTHEST };
            let ground =
                Ground { grid: GridId::from_bytes([0xff; 28]), asset: Asset::Lovelace, fee_ppm: Ppm::ZERO };
            self.draft(&Round { attempt, ..round }, self.wish.most_periods, bidder, ground)?;
        }
        Ok(())
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The hash of its manifest, by which its leases are known.
    pub const fn workload(&self) -> WorkloadHash {
        self.workload
    }

    /// What it is wished like.
    pub const fn wish(&self) -> &Wish {
        &self.wish
    }

    /// When it begins.
    pub const fn from(&self) -> Time {
        self.from
    }

    /// When it ends.
    pub const fn until(&self) -> Time {
        self.until
    }

    /// Whether its leases are to be closed and its bids to be taken back.
    pub const fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// The same order, to be ended at once: its leases are closed, its bids taken back as soon as the contract allows.
    #[must_use]
    pub const fn stopped(mut self) -> Self {
        self.stopped = true;
        self
    }

    /// How many periods a lease gets that begins then: as many as end before the order does.
    pub(super) fn periods_from(&self, lease: Time) -> Count {
        let left = self.until.since(lease).to_milliseconds();
        let whole = left.checked_div(self.wish.period.to_milliseconds()).unwrap_or(0);
        Count::from_number(whole).unwrap_or(Count::MAX).min(self.wish.most_periods)
    }

    /// The terms of the bid of a round.
    pub(super) fn terms(
        &self,
        round: &Round,
        periods: Count,
        bidder: Bidder,
        grid: &Grid,
    ) -> Result<Terms, OrderError> {
        let ground = Ground { grid: grid.id, asset: grid.asset.clone(), fee_ppm: grid.fee_ppm };
        self.draft(round, periods, bidder, ground)
    }

    fn draft(
        &self,
        round: &Round,
        periods: Count,
        bidder: Bidder,
        ground: Ground,
    ) -> Result<Terms, OrderError> {
        let Wish { prices, period, grace, bond, method, campaign, .. } = &self.wish;
        let price @ PriceRange { ceiling, .. } = prices.of(round.attempt, campaign.attempts.to_number());
        let Ground { grid, asset, fee_ppm } = ground;
        Ok(Terms::new(TermsDraft {
            grid,
            nonce: self.nonce(&bidder.application, round.number)?,
            application: bidder.application,
            refund: bidder.refund,
            asset,
            fee_ppm,
            request: self.request.clone(),
            price,
            term: Term { period: *period, periods, grace: *grace },
            bond: bond.of(ceiling, periods, fee_ppm)?,
            window: round.window,
            method: *method,
            workload: self.workload,
        })?)
    }

    /// The nonce of the bid of a round: what an application and its order are called, hashed, and the round's number.
    fn nonce(&self, application: &KeyHash, round: u64) -> Result<Count, RangeError> {
        if round >> ROUND_BITS != 0 {
            return Err(RangeError { name: "round", operation: "numbering" });
        }
        Count::from_number(self.tag(application) << ROUND_BITS | round)
    }

    /// What the nonces of all bids of the order have in common, in 39 bits.
    pub(super) fn tag(&self, application: &KeyHash) -> u64 {
        let mut hasher = Hasher::<256>::new();
        hasher.input(b"demeter order");
        hasher.input(application.as_bytes());
        hasher.input(self.name.as_bytes());
        let first =
            hasher.finalize().iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        first >> (ROUND_BITS + 1)
    }

    /// Whether a bid of this bidder is one that the order placed, under these settings or earlier ones.
    ///
    /// Anyone can place a bid in an application's name. One whose money does not come back to the bidder, or that is for
    /// another workload, is not taken for its own.
    pub(super) fn placed(&self, bid: &PlacedBid, bidder: &Bidder) -> bool {
        let terms = bid.terms();
        terms.application == bidder.application
            && terms.nonce.to_number() >> ROUND_BITS == self.tag(&bidder.application)
            && terms.refund == bidder.refund
            && terms.workload == self.workload
    }

    /// The label that an operator of this record lacks for the order, if it lacks one.
    pub(super) fn lacking<'a>(&'a self, operator: &Operator) -> Option<&'a Label> {
        let Request { labels, endorsed, .. } = &self.request;
        labels.first_missing_in(&operator.labels).or_else(|| endorsed.first_missing_in(&operator.endorsed))
    }

    /// The first need that a lease does not meet.
    pub(super) fn unmet<'a>(&'a self, lease: &Leased) -> Option<&'a Need> {
        self.request.needs.iter().find(|need| lease.resources.amount_of(&need.name) < need.required)
    }
}

/// What a bid asks for: the needs of the workload, of some of which more is preferred, and the labels wished for.
fn request(needs: BTreeMap<ResourceName, Quantity>, wish: &Wish) -> Result<Request, OrderError> {
    for (name, preferred) in &wish.preferred {
        let required = needs.get(name).copied();
        let required = required.ok_or_else(|| OrderError::NotNeeded { name: name.clone() })?;
        if *preferred < required {
            let (name, preferred) = (name.clone(), *preferred);
            return Err(OrderError::PreferredTooLittle { name, preferred, required });
        }
    }
    let need = |(name, required)| {
        let preferred = wish.preferred.get(&name).copied().unwrap_or(required);
        Need { name, required, preferred }
    };
    let needs = needs.into_iter().map(need).collect();
    Ok(Request { needs, labels: wish.labels.clone(), endorsed: wish.endorsed.clone() })
}

/// Who bids, and where the money goes back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bidder {
    pub(super) application: KeyHash,
    pub(super) refund: Address,
}

/// What the terms of a bid take from its grid.
struct Ground {
    grid: GridId,
    asset: Asset,
    fee_ppm: Ppm,
}

/// An address as long as any.
const FURTHEST: Address = Address {
    payment: Credential::Key(KeyHash::from_bytes([0xff; 28])),
    stake: Some(Credential::Key(KeyHash::from_bytes([0xff; 28]))),
};
