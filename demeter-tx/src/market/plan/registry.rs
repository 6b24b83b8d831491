//! Plans for the transitions of `registry`.

use demeter_core::{
    Address, Amount, Count, Grid, KeyHash, Labels, Operator, OutputReference, Ppm, RegistryTransition,
    Resources, ScriptHash, Span, Text, Time,
};

use super::Plan;

/// What an operator says of itself when it joins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The key that acts for it.
    pub owner: KeyHash,
    /// Where it can be reached.
    pub endpoint: Text,
    /// The most that one slot may carry.
    pub capacity: Resources,
    /// What it says of its clusters.
    pub labels: Labels,
    /// How many slots it wants, 1 to 16.
    pub slots: Count,
}

/// What an operator says of itself from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// The key that acts for it.
    pub owner: KeyHash,
    /// Where it can be reached.
    pub endpoint: Text,
    /// The most that one slot may carry.
    pub capacity: Resources,
    /// What it says of its clusters.
    pub labels: Labels,
}

impl Declaration {
    /// What a record says already: to change one field of it, and leave the others.
    pub fn of(operator: &Operator) -> Self {
        Self {
            owner: operator.owner,
            endpoint: operator.endpoint.clone(),
            capacity: operator.capacity.clone(),
            labels: operator.labels.clone(),
        }
    }
}

/// What the entities make of their grid. Its id, market and settlement asset stay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// The hash of hydra's deposit validator.
    pub deposit: ScriptHash,
    /// Who governs the grid.
    pub entities: Vec<KeyHash>,
    /// How many entities admit an operator.
    pub admission: Count,
    /// How many entities decide everything else.
    pub threshold: Count,
    /// What is charged on a price.
    pub fee_ppm: Ppm,
    /// Where fees go.
    pub treasury: Address,
    /// The sum of prices that a newcomer's record starts with on either side.
    pub prior: Amount,
    /// How many times a broken period weighs as much as one kept.
    pub penalty: Count,
    /// In which time a record counts half.
    pub half_life: Span,
}

impl Rotation {
    /// What a grid is already: to change one field of it, and leave the others.
    pub fn of(grid: &Grid) -> Self {
        Self {
            deposit: grid.deposit,
            entities: grid.entities.clone(),
            admission: grid.admission,
            threshold: grid.threshold,
            fee_ppm: grid.fee_ppm,
            treasury: grid.treasury,
            prior: grid.prior,
            penalty: grid.penalty,
            half_life: grid.half_life,
        }
    }
}

impl Plan {
    /// Grid and pool move from L1 into the head of this id, or can be taken back from `deadline` on: needs the
    /// signatures of as many entities as the grid's `threshold` says.
    ///
    /// hydra-node takes up a deposit only where the transaction's validity ends ([`Plan::within`]), and between one
    /// deposit period after that end and one before `deadline`: leave more than two. Only the quorum's care keeps `head`
    /// from being a wrong one.
    pub fn deposit(grid: OutputReference, pool: OutputReference, head: ScriptHash, deadline: Time) -> Self {
        Self::new(RegistryTransition::Deposit { head, deadline }, grid).consuming(pool)
    }

    /// An operator joins: needs its owner's signature, and those of as many entities as the grid's `admission` says.
    pub fn admit(pool: OutputReference, grid: OutputReference, candidate: Candidate) -> Self {
        let Candidate { owner, endpoint, capacity, labels, slots } = candidate;
        Self::new(RegistryTransition::Admit { owner, endpoint, capacity, labels, slots }, pool)
            .reading(grid)
            .signed_by(owner)
    }

    /// What a settled slot tells goes into its operator's record. Anyone may.
    pub fn report(operator: OutputReference, slot: OutputReference, grid: OutputReference) -> Self {
        Self::new(RegistryTransition::Report, operator).consuming(slot).reading(grid)
    }

    /// An operator changes what it says of itself, 10 minutes or more after it last did: needs its owner's signature,
    /// and that of the owner from now on. Its slots follow one by one: [`Plan::rekey`].
    pub fn update(operator: OutputReference, declaration: Declaration) -> Self {
        let Declaration { owner, endpoint, capacity, labels } = declaration;
        Self::new(RegistryTransition::Update { owner, endpoint, capacity, labels }, operator).signed_by(owner)
    }

    /// The entities vouch for just these labels of an operator: needs the signatures of as many as the grid's
    /// `threshold` says.
    pub fn endorse(operator: OutputReference, grid: OutputReference, endorsed: Labels) -> Self {
        Self::new(RegistryTransition::Endorse { endorsed }, operator).reading(grid)
    }

    /// The entities change their grid: needs the signatures of as many of the present ones as the present
    /// `threshold` says.
    pub fn rotate(grid: OutputReference, rotation: Rotation) -> Self {
        let Rotation {
            deposit,
            entities,
            admission,
            threshold,
            fee_ppm,
            treasury,
            prior,
            penalty,
            half_life,
        } = rotation;
        let transition = RegistryTransition::Rotate {
            deposit,
            entities,
            admission,
            threshold,
            fee_ppm,
            treasury,
            prior,
            penalty,
            half_life,
        };
        Self::new(transition, grid)
    }

    /// An operator leaves with all its slots, which are idle: needs its owner's signature; or those of as many
    /// entities as the grid's `threshold` says, and all that it had is then paid to the owner's key.
    pub fn retire(
        pool: OutputReference,
        operator: OutputReference,
        slots: impl IntoIterator<Item = OutputReference>,
        grid: OutputReference,
    ) -> Self {
        let plan = Self::new(RegistryTransition::Retire, pool).consuming(operator).reading(grid);
        slots.into_iter().fold(plan, Self::consuming)
    }
}
