//! Who sees to it that fees are paid, and keeps them together.

use demeter_core::{Address, Credential, Span, Time};
use demeter_tx::view::{GridView, Subject};

use super::Reason;
use super::agent::awards;
use crate::{Agent, Decision};

/// The treasury's own agent: awards what has settled, because a week later no fee would be paid. Its wallet is the
/// treasury, so the driver that runs it sweeps the fees together, as its
/// [`WalletPolicy`](crate::driver::WalletPolicy) says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Treasurer {
    treasury: Address,
    award_after: Span,
}

impl Treasurer {
    /// The agent of a treasury, which leaves the parties of a bid so long to award it themselves.
    ///
    /// # Errors
    /// The address is a script's: what is there is not for keys to spend.
    pub fn new(treasury: Address, award_after: Span) -> Result<Self, Reason> {
        match treasury.payment {
            Credential::Key(_) => Ok(Self { treasury, award_after }),
            Credential::Script(_) => Err(Reason::TreasuryOfScript),
        }
    }
}

impl Agent for Treasurer {
    fn wallet(&self) -> Address {
        self.treasury
    }

    fn decide(&self, view: &GridView, now: Time) -> Vec<Decision> {
        match view.grid() {
            Err(why) => vec![Decision::pass(Subject::Grid, Reason::NoGrid { why })],
            Ok(grid) if grid.state.treasury != self.treasury => {
                vec![Decision::pass(Subject::Grid, Reason::OtherTreasury)]
            }
            Ok(grid) => awards(view, grid, now, Some(self.award_after)),
        }
    }
}
