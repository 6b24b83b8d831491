//! Redeemers: which transition, and what it is told.

use std::fmt;

use crate::codec::{Codec, DecodeError, DecodeFault, PlutusData, Reader, Writer, choice, record};
use crate::{
    Address, Amount, Count, KeyHash, Labels, OutputReference, Ppm, Quantity, Resources, ScriptHash, Span,
    Text, Time,
};

/// What may happen at `registry`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum RegistryTransition {
    /// An operator joins.
    Admit {
        /// Who acts for it.
        owner: KeyHash,
        /// Where it can be reached.
        endpoint: Text,
        /// The most that one slot may carry.
        capacity: Resources,
        /// What it says of itself.
        labels: Labels,
        /// How many slots it gets, 1 to 16.
        slots: Count,
    },
    /// An operator changes what it says of itself.
    Update {
        /// Who acts for it from now on.
        owner: KeyHash,
        /// Where it can be reached.
        endpoint: Text,
        /// The most that one slot may carry.
        capacity: Resources,
        /// What it says of itself.
        labels: Labels,
    },
    /// The entities vouch for labels.
    Endorse {
        /// All that they vouch for.
        endorsed: Labels,
    },
    /// The entities change the grid.
    Rotate {
        /// The hash of hydra's deposit validator.
        deposit: ScriptHash,
        /// Who governs the grid.
        entities: Vec<KeyHash>,
        /// How many entities admit an operator.
        admission: Count,
        /// How many entities decide everything else.
        threshold: Count,
        /// What is charged on a price.
        fee_ppm: Ppm,
        /// Where fees go.
        treasury: Address,
        /// The sum of prices that a newcomer's record starts with on either side.
        prior: Amount,
        /// How many times a broken period weighs as much as one kept.
        penalty: Count,
        /// In which time a record counts half.
        half_life: Span,
    },
    /// What a settled slot tells goes into its operator's record.
    Report,
    /// An operator leaves.
    Retire,
    /// Grid and pool move into a head.
    Deposit {
        /// The head's id: the policy of its tokens.
        head: ScriptHash,
        /// From when on the deposit can be taken back on L1.
        deadline: Time,
    },
}

choice! {
    RegistryTransition as "transition" of "0 to 6" {
        0 Admit { owner, endpoint, capacity, labels, slots },
        1 Update { owner, endpoint, capacity, labels },
        2 Endorse { endorsed },
        3 Rotate {
            deposit, entities, admission, threshold, fee_ppm, treasury, prior, penalty, half_life,
        },
        4 Report {},
        5 Retire {},
        6 Deposit { head, deadline },
    }
}

/// What may happen at `market`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum MarketTransition {
    /// An idle slot answers an auction.
    Offer {
        /// For one period.
        price: Amount,
        /// One amount for each need, in their order.
        resources: Vec<Quantity>,
    },
    /// An offer takes the lead of its bid.
    Lead,
    /// The leader gets the lease.
    Award,
    /// An idle slot takes a race.
    Take {
        /// For one period.
        price: Amount,
        /// One amount for each need, in their order.
        resources: Vec<Quantity>,
    },
    /// An offer that did not win becomes idle again.
    Withdraw,
    /// An application takes its bid back.
    Cancel,
    /// An operator draws pay.
    Claim {
        /// How many periods are paid out in all, those before included.
        claimed: Count,
    },
    /// A lease gets more periods.
    Extend {
        /// How many more.
        periods: Count,
    },
    /// An application ends its lease.
    Close,
    /// An operator ends a lease that ran its course.
    Complete,
    /// An operator gives up.
    Resign,
    /// The entities rule.
    Arbitrate {
        /// What of the unclaimed pay goes to the operator.
        paid: Amount,
        /// What of the bond goes to the application.
        slashed: Amount,
        /// What goes into the operator's record as broken.
        broken: Amount,
    },
    /// An operator empties its purse.
    Collect,
    /// A slot learns its operator's new key.
    Rekey,
}

choice! {
    MarketTransition as "transition" of "0 to 13" {
        0 Offer { price, resources },
        1 Lead {},
        2 Award {},
        3 Take { price, resources },
        4 Withdraw {},
        5 Cancel {},
        6 Claim { claimed },
        7 Extend { periods },
        8 Close {},
        9 Complete {},
        10 Resign {},
        11 Arbitrate { paid, slashed, broken },
        12 Collect {},
        13 Rekey {},
    }
}

/// How an input of ours is spent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Redeemer<T> {
    /// This input is the primary one and checks everything.
    Act(T),
    /// Another input is the primary one.
    Follow,
}

/// How an input at `registry` is spent.
pub type RegistryRedeemer = Redeemer<RegistryTransition>;

/// How an input at `market` is spent.
pub type MarketRedeemer = Redeemer<MarketTransition>;

impl<T: Codec> Codec for Redeemer<T> {
    const NAME: &'static str = "redeemer";

    fn write(&self, writer: &mut Writer) {
        match self {
            Self::Act(transition) => {
                writer.constructor(0, 1);
                transition.write(writer);
                writer.end(1);
            }
            Self::Follow => writer.constructor(1, 0),
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let (found, mut fields) = reader.constructor()?;
        match found {
            0 => {
                let transition = reader.field(&mut fields, T::NAME, 0, 1)?;
                reader.no_more_fields(&mut fields, 1)?;
                Ok(Self::Act(transition))
            }
            1 => reader.no_more_fields(&mut fields, 0).map(|()| Self::Follow),
            _ => Err(reader.fault(DecodeFault::Constructor { expected: "0 or 1", found })),
        }
    }
}

impl<T: Codec> PlutusData for Redeemer<T> {}

/// The redeemer of the policy. What the genesis transaction mints: one GRID, one POOL, and these many OPER and
/// SLOT tokens.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Genesis {
    /// The output that the transaction consumes.
    pub seed: OutputReference,
    /// Before when it must happen.
    pub deadline: Time,
    /// How many OPER tokens.
    pub operators: Count,
    /// How many SLOT tokens.
    pub slots: Count,
}

record! { 0 Genesis as "genesis" { seed, deadline, operators, slots } }

/// A transition at either script.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Transition {
    /// At `registry`.
    Registry(RegistryTransition),
    /// At `market`.
    Market(MarketTransition),
}

impl From<RegistryTransition> for Transition {
    fn from(transition: RegistryTransition) -> Self {
        Self::Registry(transition)
    }
}

impl From<MarketTransition> for Transition {
    fn from(transition: MarketTransition) -> Self {
        Self::Market(transition)
    }
}

impl Transition {
    /// The name of the transition, in lowercase.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Registry(transition) => match transition {
                RegistryTransition::Admit { .. } => "admit",
                RegistryTransition::Update { .. } => "update",
                RegistryTransition::Endorse { .. } => "endorse",
                RegistryTransition::Rotate { .. } => "rotate",
                RegistryTransition::Report => "report",
                RegistryTransition::Retire => "retire",
                RegistryTransition::Deposit { .. } => "deposit",
            },
            Self::Market(transition) => match transition {
                MarketTransition::Offer { .. } => "offer",
                MarketTransition::Lead => "lead",
                MarketTransition::Award => "award",
                MarketTransition::Take { .. } => "take",
                MarketTransition::Withdraw => "withdraw",
                MarketTransition::Cancel => "cancel",
                MarketTransition::Claim { .. } => "claim",
                MarketTransition::Extend { .. } => "extend",
                MarketTransition::Close => "close",
                MarketTransition::Complete => "complete",
                MarketTransition::Resign => "resign",
                MarketTransition::Arbitrate { .. } => "arbitrate",
                MarketTransition::Collect => "collect",
                MarketTransition::Rekey => "rekey",
            },
        }
    }
}

impl fmt::Display for Transition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Generators.
#[cfg(any(test, feature = "test-utils"))]
mod any {
    use super::*;
    use crate::grid::any_grid_draft;
    use crate::integer::{any_amount, any_count, any_quantity, any_time};
    use crate::label::any_labels;
    use crate::operator::any_operator;
    use proptest::prelude::*;

    /// Generates a transition at `registry`.
    pub fn any_registry_transition() -> impl Strategy<Value = RegistryTransition> {
        prop_oneof![
            any_operator().boxed().prop_map(|operator| RegistryTransition::Admit {
                owner: operator.owner,
                endpoint: operator.endpoint,
                capacity: operator.capacity,
                labels: operator.labels,
                slots: operator.slots,
            }),
            any_operator().boxed().prop_map(|operator| RegistryTransition::Update {
                owner: operator.owner,
                endpoint: operator.endpoint,
                capacity: operator.capacity,
                labels: operator.labels,
            }),
            any_labels().prop_map(|endorsed| RegistryTransition::Endorse { endorsed }),
            any_grid_draft().boxed().prop_map(|grid| RegistryTransition::Rotate {
                deposit: grid.deposit,
                entities: grid.entities,
                admission: grid.admission,
                threshold: grid.threshold,
                fee_ppm: grid.fee_ppm,
                treasury: grid.treasury,
                prior: grid.prior,
                penalty: grid.penalty,
                half_life: grid.half_life,
            }),
            Just(RegistryTransition::Report),
            Just(RegistryTransition::Retire),
            (crate::id::any_script_hash(), any_time())
                .prop_map(|(head, deadline)| RegistryTransition::Deposit { head, deadline }),
        ]
    }

    /// Generates a transition at `market`.
    pub fn any_market_transition() -> impl Strategy<Value = MarketTransition> {
        let resources = || proptest::collection::vec(any_quantity(), 0..5);
        prop_oneof![
            (any_amount(), resources())
                .prop_map(|(price, resources)| MarketTransition::Offer { price, resources }),
            (any_amount(), resources())
                .prop_map(|(price, resources)| MarketTransition::Take { price, resources }),
            any_count().prop_map(|claimed| MarketTransition::Claim { claimed }),
            any_count().prop_map(|periods| MarketTransition::Extend { periods }),
            (any_amount(), any_amount(), any_amount())
                .prop_map(|(paid, slashed, broken)| MarketTransition::Arbitrate { paid, slashed, broken }),
            proptest::sample::select(vec![
                MarketTransition::Lead,
                MarketTransition::Award,
                MarketTransition::Withdraw,
                MarketTransition::Cancel,
                MarketTransition::Close,
                MarketTransition::Complete,
                MarketTransition::Resign,
                MarketTransition::Collect,
                MarketTransition::Rekey,
            ]),
        ]
    }

    /// Generates the redeemer of the policy.
    pub fn any_genesis() -> impl Strategy<Value = Genesis> {
        (crate::output::any_output_reference(), any_time(), any_count(), any_count())
            .prop_map(|(seed, deadline, operators, slots)| Genesis { seed, deadline, operators, slots })
    }
}

#[cfg(any(test, feature = "test-utils"))]
pub use any::{any_genesis, any_market_transition, any_registry_transition};
