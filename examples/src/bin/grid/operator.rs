//! The operators: what they have, and how they answer a bid.

use demeter_core::{
    Amount, Grid, Ineligible, KeyHash, Label, Labels, Need, Operator as Record, Quantity, RangeError,
    ResourceName, Resources, Span, Terms, eligibility,
};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::Rng as _;

use crate::cast::Party;
use crate::error::DemoError;
use crate::report::Fault;

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;
const HOUR: u128 = 3_600_000;
/// No operator takes this long to see that it may answer, in milliseconds.
const SLOWEST: u32 = 5_000;

/// What an operator is like, before the seed is drawn.
#[derive(Debug)]
pub(crate) struct Profile {
    pub(crate) name: &'static str,
    /// Millicores.
    cpu: u64,
    /// GiB.
    memory: u64,
    /// GiB.
    storage: u64,
    gpus: u64,
    labels: &'static [(&'static str, &'static str)],
    /// What it asks on top of its cost, or below it, in per cent of the cost.
    margin: u64,
    /// How much of what is preferred beyond the required it gives, in per cent.
    pub(crate) generosity: u64,
    /// Ada that it has earned before: its record.
    pub(crate) history: u64,
    /// Whether the entities have seen its machines, and endorse what it says of their GPUs.
    pub(crate) inspected: bool,
}

/// The five of the demo.
pub(crate) const OPERATORS: [Profile; 5] = [
    Profile {
        name: "alder",
        cpu: 16_000,
        memory: 64,
        storage: 500,
        gpus: 0,
        labels: &[("topology.kubernetes.io/region", "eu-west")],
        margin: 110,
        generosity: 50,
        history: 120,
        inspected: false,
    },
    Profile {
        name: "birch",
        cpu: 48_000,
        memory: 384,
        storage: 4_000,
        gpus: 8,
        labels: &[("topology.kubernetes.io/region", "eu-west"), ("nvidia.com/gpu.product", "NVIDIA-L40S")],
        margin: 120,
        generosity: 100,
        history: 400,
        inspected: true,
    },
    Profile {
        name: "cedar",
        cpu: 8_000,
        memory: 32,
        storage: 200,
        gpus: 0,
        labels: &[("topology.kubernetes.io/region", "eu-west")],
        margin: 85,
        generosity: 0,
        history: 0,
        inspected: false,
    },
    Profile {
        name: "dogwood",
        cpu: 64_000,
        memory: 512,
        storage: 4_000,
        gpus: 8,
        labels: &[("topology.kubernetes.io/region", "us-east"), ("nvidia.com/gpu.product", "NVIDIA-L40S")],
        margin: 90,
        generosity: 100,
        history: 30,
        inspected: false,
    },
    Profile {
        name: "elm",
        cpu: 40_000,
        memory: 320,
        storage: 2_000,
        gpus: 8,
        labels: &[("topology.kubernetes.io/region", "eu-north"), ("nvidia.com/gpu.product", "NVIDIA-L40S")],
        margin: 100,
        generosity: 75,
        history: 180,
        inspected: true,
    },
];

/// An operator of the demo.
#[derive(Debug)]
pub(crate) struct Operator {
    /// With the key that it is admitted with.
    pub(crate) party: Party,
    /// With the key that it keeps for when it changes the first.
    pub(crate) next_key: Party,
    pub(crate) profile: &'static Profile,
    /// In per cent of its cost.
    margin: u64,
    /// How long it takes to see that it may answer.
    pub(crate) reaction: Span,
}

/// An operator's answer to a bid: a price for a period, and an amount for each need.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) price: Amount,
    pub(crate) resources: Vec<Quantity>,
}

/// Why an operator does not answer.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum Declined {
    #[error(transparent)]
    Ineligible(#[from] Ineligible),
    #[error("asks for {asked} lovelace a period, above the ceiling of {ceiling}")]
    TooDear { asked: Amount, ceiling: Amount },
    #[error(transparent)]
    Range(#[from] RangeError),
}

impl Declined {
    /// Which part of the bid it is about.
    pub(crate) const fn fault(&self) -> Fault {
        match self {
            Self::TooDear { .. } => Fault::TooDear,
            Self::Ineligible(Ineligible::MissingLabel { .. }) => Fault::Label,
            Self::Ineligible(Ineligible::MissingEndorsement { .. }) => Fault::Endorsement,
            Self::Ineligible(_) | Self::Range(_) => Fault::Other,
        }
    }
}

impl Operator {
    pub(crate) fn new(profile: &'static Profile, keys: [Party; 2], random: &mut ChaCha20Rng) -> Self {
        // A few per cent up or down, so that the seed matters.
        let margin = profile.margin + u64::from(random.next_u32() % 11) - 5;
        let reaction = Span::from_milliseconds(u64::from(random.next_u32() % SLOWEST)).unwrap_or(Span::ZERO);
        let [party, next_key] = keys;
        Self { party, next_key, profile, margin, reaction }
    }

    /// Itself with the key that a state names as its owner.
    pub(crate) fn acting_as(&self, owner: KeyHash) -> Result<&Party, DemoError> {
        [&self.party, &self.next_key]
            .into_iter()
            .find(|party| party.hash() == owner)
            .ok_or_else(|| DemoError::Missing { what: format!("key {owner} of {}", self.party.name) })
    }

    /// What it asks, in per cent of its cost.
    pub(crate) const fn margin(&self) -> u64 {
        self.margin
    }

    /// The most that one of its slots may carry.
    pub(crate) fn capacity(&self) -> Result<Resources, RangeError> {
        let Profile { cpu, memory, storage, gpus, .. } = *self.profile;
        let amounts = [
            ("cpu", cpu),
            ("ephemeral-storage", storage * GIB / 4),
            ("memory", memory * GIB),
            ("nvidia.com/gpu", gpus),
            ("requests.storage", storage * GIB),
        ];
        amounts
            .into_iter()
            .filter(|(_, units)| *units > 0)
            .map(|(name, units)| Ok((ResourceName::from(name), Quantity::from_units(units)?)))
            .collect()
    }

    /// What it says of its clusters.
    pub(crate) fn labels(&self) -> Labels {
        let own = Label::new("demeter.dev/operator", self.profile.name);
        let others = self.profile.labels.iter().map(|(key, value)| Label::new(key, value));
        std::iter::once(own).chain(others).collect()
    }

    /// Its answer to a bid, by its policy: cost by the hour with its margin, never below the floor.
    pub(crate) fn answer(&self, terms: &Terms, record: &Record, grid: &Grid) -> Result<Answer, Declined> {
        let resources: Vec<Quantity> =
            terms.request.needs.iter().map(|need| self.amount(need, record)).collect::<Result<_, _>>()?;
        let hourly: u128 =
            terms.request.needs.iter().zip(&resources).map(|(need, amount)| cost(need, *amount)).sum();
        let cost = hourly * u128::from(terms.term.period.to_milliseconds()) / HOUR;
        let asked = Amount::try_from(cost * u128::from(self.margin) / 100)?.max(terms.price.floor);
        let ceiling = terms.price.ceiling;
        // Whether it may answer at all comes first: a price says nothing to somebody without the hardware.
        eligibility(terms, record, grid, asked.min(ceiling), &resources)?;
        if asked > ceiling {
            return Err(Declined::TooDear { asked, ceiling });
        }
        Ok(Answer { price: asked, resources })
    }

    /// What is required and, as far as it goes, a part of what is preferred.
    fn amount(&self, need: &Need, record: &Record) -> Result<Quantity, RangeError> {
        let Need { name, required, preferred } = need;
        let wished = preferred.to_units().saturating_sub(required.to_units());
        let extra = u128::from(wished) * u128::from(self.profile.generosity) / 100;
        let generous = u128::from(required.to_units()) + extra;
        // Nobody hands out odd bytes.
        let step = if in_bytes(name) { u128::from(MIB) } else { 1 };
        let generous = Quantity::try_from(generous - generous % step)?;
        Ok(generous.min(record.capacity.amount_of(name)).max(*required))
    }
}

/// Whether a resource is counted in bytes.
fn in_bytes(name: &ResourceName) -> bool {
    matches!(name.as_bytes(), b"memory" | b"ephemeral-storage" | b"requests.storage")
}

/// What so much of a resource costs an operator in an hour, in lovelace.
fn cost(need: &Need, amount: Quantity) -> u128 {
    let units = u128::from(amount.to_units());
    let gib = u128::from(GIB);
    match need.name.as_bytes() {
        b"cpu" => units * 50_000 / 1_000,
        b"memory" => units * 10_000 / gib,
        b"nvidia.com/gpu" => units * 600_000,
        _ => units * 100 / gib,
    }
}
