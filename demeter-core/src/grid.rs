//! The grid itself: who governs it, and under which parameters.

use std::ops::Deref;

use crate::codec::{Codec, DecodeError, DecodeFault, PlutusData, Reader, Writer, record};
use crate::limits::{MAX_ENTITIES, MAX_FEE_PPM, MIN_HALF_LIFE};
use crate::{Address, Amount, Asset, Count, GridId, KeyHash, Ppm, ScriptHash, Span};

/// A grid that nobody has checked yet: what [`Grid::new`] takes, and what [`Grid`] lets one read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct GridDraft {
    /// Its name.
    pub id: GridId,
    /// The script of its slots and bids.
    pub market: ScriptHash,
    /// The hash of hydra's deposit validator.
    pub deposit: ScriptHash,
    /// What is paid with.
    pub asset: Asset,
    /// Who governs it.
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

record! {
    0 GridDraft as "grid" {
        id, market, deposit, asset, entities, admission, threshold, fee_ppm, treasury, prior, penalty, half_life,
    }
}

/// A grid that is well formed.
///
/// What the contract asks of it together with its script hashes (the treasury is at neither script, the asset not
/// of the registry's policy) is for Genesis and Rotate to check.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "GridDraft", into = "GridDraft")
)]
pub struct Grid(GridDraft);

/// A grid may not stand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GridError {
    /// There are too many entities.
    #[error("there are at most {limit} entities, found {found}")]
    Entities {
        /// The most.
        limit: usize,
        /// How many were found.
        found: usize,
    },
    /// An entity is there twice.
    #[error("entity {entity} is listed twice")]
    EntityTwice {
        /// Which one.
        entity: KeyHash,
    },
    /// More entities admit than there are.
    #[error("admission takes at most all {entities} entities, found {admission}")]
    Admission {
        /// How many there are.
        entities: usize,
        /// How many admit.
        admission: Count,
    },
    /// The threshold is not a majority, or more than there are.
    #[error("the threshold is more than half and at most all of {entities} entities, found {threshold}")]
    Threshold {
        /// How many there are.
        entities: usize,
        /// How many decide.
        threshold: Count,
    },
    /// The fee is too high.
    #[error("the fee is at most {limit} millionths, found {found}")]
    Fee {
        /// The highest.
        limit: u64,
        /// The one found.
        found: Ppm,
    },
    /// A newcomer's record starts with nothing.
    #[error("the prior is at least 1, found 0")]
    Prior,
    /// Records fade too fast.
    #[error("the half-life is at least {limit} ms, found {found}")]
    HalfLife {
        /// The shortest.
        limit: Span,
        /// The one found.
        found: Span,
    },
}

impl Grid {
    /// Checks that a grid may stand.
    ///
    /// # Errors
    /// The first condition that it violates.
    pub fn new(draft: GridDraft) -> Result<Self, GridError> {
        check_entities(&draft)?;
        if draft.fee_ppm.to_millionths() > MAX_FEE_PPM {
            return Err(GridError::Fee { limit: MAX_FEE_PPM, found: draft.fee_ppm });
        }
        if draft.prior == Amount::ZERO {
            return Err(GridError::Prior);
        }
        if draft.half_life < MIN_HALF_LIFE {
            return Err(GridError::HalfLife { limit: MIN_HALF_LIFE, found: draft.half_life });
        }
        Ok(Self(draft))
    }

    /// Lets the fields be changed again.
    pub fn into_draft(self) -> GridDraft {
        self.0
    }
}

impl Deref for Grid {
    type Target = GridDraft;

    fn deref(&self) -> &GridDraft {
        &self.0
    }
}

impl TryFrom<GridDraft> for Grid {
    type Error = GridError;

    fn try_from(draft: GridDraft) -> Result<Self, GridError> {
        Self::new(draft)
    }
}

impl From<Grid> for GridDraft {
    fn from(grid: Grid) -> Self {
        grid.into_draft()
    }
}

impl Codec for Grid {
    const NAME: &'static str = GridDraft::NAME;

    fn write(&self, writer: &mut Writer) {
        self.0.write(writer);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let draft = GridDraft::read(reader)?;
        Self::new(draft).map_err(|error| reader.fault(DecodeFault::Grid(error)))
    }
}

impl PlutusData for Grid {}

fn check_entities(draft: &GridDraft) -> Result<(), GridError> {
    let entities = draft.entities.len();
    if entities > MAX_ENTITIES {
        return Err(GridError::Entities { limit: MAX_ENTITIES, found: entities });
    }
    let mut others = draft.entities.iter();
    while let Some(entity) = others.next() {
        if others.clone().any(|other| other == entity) {
            return Err(GridError::EntityTwice { entity: *entity });
        }
    }
    let count = entities as u64;
    if draft.admission.to_number() > count {
        return Err(GridError::Admission { entities, admission: draft.admission });
    }
    let threshold = draft.threshold.to_number();
    if threshold <= count / 2 || threshold > count.max(1) {
        return Err(GridError::Threshold { entities, threshold: draft.threshold });
    }
    Ok(())
}

/// A grid for tests: three entities, two of which decide, one admits.
#[cfg(test)]
pub(crate) fn sample_grid() -> Grid {
    let number = |number| Count::from_number(number).unwrap();
    Grid::new(GridDraft {
        id: GridId::from_bytes([1; 28]),
        market: ScriptHash::from_bytes([0xbb; 28]),
        deposit: ScriptHash::from_bytes([0xdd; 28]),
        asset: Asset::Lovelace,
        entities: [1, 2, 3].map(|byte| KeyHash::from_bytes([byte; 28])).to_vec(),
        admission: number(1),
        threshold: number(2),
        fee_ppm: Ppm::from_millionths(10_000).unwrap(),
        treasury: Address::of_key(KeyHash::from_bytes([0x77; 28])),
        prior: Amount::from_units(1_000_000).unwrap(),
        penalty: number(3),
        half_life: Span::from_seconds(86_400).unwrap(),
    })
    .unwrap()
}

/// Generates a grid that may not stand.
#[cfg(any(test, feature = "test-utils"))]
pub fn any_grid_draft() -> impl proptest::strategy::Strategy<Value = GridDraft> {
    use crate::id::{any_grid_id, any_key_hash, any_script_hash};
    use crate::integer::{any_amount, any_count, any_ppm, any_span};
    use proptest::prelude::*;
    let what = (any_grid_id(), any_script_hash(), any_script_hash(), crate::value::any_asset());
    let who = (proptest::collection::vec(any_key_hash(), 0..5), any_count(), any_count());
    let how = (any_ppm(), crate::address::any_address(), any_amount(), any_count(), any_span());
    (what.boxed(), who.boxed(), how.boxed()).prop_map(
        |(
            (id, market, deposit, asset),
            (entities, admission, threshold),
            (fee_ppm, treasury, prior, penalty, half_life),
        )| GridDraft {
            id,
            market,
            deposit,
            asset,
            entities,
            admission,
            threshold,
            fee_ppm,
            treasury,
            prior,
            penalty,
            half_life,
        },
    )
}

/// Generates a grid.
#[cfg(any(test, feature = "test-utils"))]
pub fn any_grid() -> impl proptest::strategy::Strategy<Value = Grid> {
    use proptest::prelude::*;
    any_grid_draft().boxed().prop_filter_map("well formed", |mut draft| {
        draft.entities.sort();
        draft.entities.dedup();
        let count = draft.entities.len() as u64;
        draft.admission = draft.admission.min(Count::from_number(count).ok()?);
        let majority = count / 2 + 1;
        let threshold = draft.threshold.to_number() % (count.max(1) - majority + 1) + majority;
        draft.threshold = Count::from_number(threshold).ok()?;
        draft.fee_ppm = draft.fee_ppm.min(Ppm::from_millionths(MAX_FEE_PPM).ok()?);
        draft.prior = draft.prior.max(Amount::from_units(1).ok()?);
        draft.half_life = draft.half_life.max(MIN_HALF_LIFE);
        Grid::new(draft).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl FnOnce(&mut GridDraft)) -> String {
        let mut draft = sample_grid().into_draft();
        change(&mut draft);
        Grid::new(draft).unwrap_err().to_string()
    }

    fn number(number: u64) -> Count {
        Count::from_number(number).unwrap()
    }

    #[test]
    fn each_condition_is_named() {
        let key = |byte| KeyHash::from_bytes([byte; 28]);
        assert_eq!(
            refused(|grid| grid.entities = (0..17).map(key).collect()),
            "there are at most 16 entities, found 17"
        );
        assert_eq!(
            refused(|grid| grid.entities = vec![key(9), key(8), key(9)]),
            format!("entity {} is listed twice", key(9))
        );
        assert_eq!(
            refused(|grid| grid.admission = number(4)),
            "admission takes at most all 3 entities, found 4"
        );
        for threshold in [1, 4] {
            assert_eq!(
                refused(|grid| grid.threshold = number(threshold)),
                format!("the threshold is more than half and at most all of 3 entities, found {threshold}")
            );
        }
        assert_eq!(
            refused(|grid| grid.fee_ppm = Ppm::from_millionths(100_001).unwrap()),
            "the fee is at most 100000 millionths, found 100001"
        );
        assert_eq!(refused(|grid| grid.prior = Amount::ZERO), "the prior is at least 1, found 0");
        assert_eq!(
            refused(|grid| grid.half_life = Span::from_milliseconds(3_599_999).unwrap()),
            "the half-life is at least 3600000 ms, found 3599999"
        );
    }

    #[test]
    fn without_entities_the_threshold_is_one() {
        let mut draft = sample_grid().into_draft();
        draft.entities.clear();
        draft.admission = Count::ZERO;
        draft.threshold = number(1);
        assert!(Grid::new(draft.clone()).is_ok());
        draft.threshold = Count::ZERO;
        assert!(Grid::new(draft).is_err());
    }
}
