//! What a run of the demo can take: it has so much money, so many slots, and one agenda for all bids.

use std::path::PathBuf;

use demeter_core::limits::{BID_RESERVE, MAX_SLOTS};
use demeter_core::{Amount, RangeError, Span, Terms, Time};
use demeter_examples::BidFile;
use demeter_examples::units::Duration;

use crate::error::DemoError;
use crate::opening::SLOTS_TO_SPARE;
use crate::stage::VALIDITY;

/// What the application of a bid has, in ada.
pub(crate) const APPLICATION_PURSE: u64 = 1_000;
/// What of that must be left when the bid is placed, in ada: change is an output too.
const CHANGE: u64 = 10;
/// The largest bond, in ada.
const BOND: u64 = 1_000;

/// What the bid files ask for is more than a run can do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LimitError {
    /// There are too many bids.
    #[error("a run takes at most {limit} bid files, found {found}")]
    Bids { limit: u64, found: usize },
    /// The bids do not share their window.
    #[error("{}: window: not that of {}, and all bids of a run open, close and settle together", path.display(), other.display())]
    OtherWindow { path: PathBuf, other: PathBuf },
    /// There is no time to offer.
    #[error("{}: window.closes: a run needs at least {limit} between opening and closing", path.display())]
    ShortWindow { path: PathBuf, limit: Duration },
    /// The bid is more than its application has.
    #[error("{}: price.ceiling: the bid locks {locked} lovelace, and its application can spend {limit}", path.display())]
    Purse { path: PathBuf, locked: Amount, limit: Amount },
    /// No operator has that much to put at stake.
    #[error("{}: bond: the operators put up at most {limit} lovelace, found {found}", path.display())]
    Bond { path: PathBuf, found: Amount, limit: Amount },
}

/// Checks what bid files say by themselves.
pub(crate) fn check_files(files: &[BidFile]) -> Result<(), DemoError> {
    let limit = MAX_SLOTS - SLOTS_TO_SPARE;
    if files.len() as u64 > limit {
        return Err(LimitError::Bids { limit, found: files.len() }.into());
    }
    for file in files {
        let path = || file.path.clone();
        let window = file.window(Time::ZERO)?;
        if let Some(first) = files.first()
            && first.window(Time::ZERO)? != window
        {
            return Err(LimitError::OtherWindow { path: path(), other: first.path.clone() }.into());
        }
        // A transaction begins with a slot, so up to one is lost. That it closes after it opens is for the terms.
        let limit = Span::from_seconds(VALIDITY + 1)?;
        let open = window.closes.since(window.opens);
        if window.opens < window.closes && open < limit {
            return Err(LimitError::ShortWindow { path: path(), limit: Duration(limit) }.into());
        }
        let limit = ada(BOND)?;
        if file.bond > limit {
            return Err(LimitError::Bond { path: path(), found: file.bond, limit }.into());
        }
    }
    Ok(())
}

/// All bonds together: what an operator puts up that takes the lead of every bid.
pub(crate) fn bonds(files: &[BidFile]) -> Result<Amount, RangeError> {
    files.iter().try_fold(Amount::ZERO, |sum, file| sum.checked_add(file.bond))
}

/// Checks that an application can pay for its bid.
pub(crate) fn check_purse(file: &BidFile, terms: &Terms) -> Result<(), DemoError> {
    let locked = terms.escrow()?.checked_add(BID_RESERVE)?;
    let limit = ada(APPLICATION_PURSE - CHANGE)?;
    if locked > limit {
        return Err(LimitError::Purse { path: file.path.clone(), locked, limit }.into());
    }
    Ok(())
}

/// So much ada, in lovelace.
pub(crate) fn ada(count: u64) -> Result<Amount, RangeError> {
    Amount::from_units(count)?.checked_mul(1_000_000)
}
