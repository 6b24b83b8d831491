//! Rules on withdrawals from reward accounts.
//!
//! Nothing is ever earned here, so there is nothing to withdraw. But scripts are run by withdrawing zero from their
//! accounts (one script then speaks for many inputs), and `hydra-node` lets them: for each withdrawal of zero it makes
//! the ledger believe in an account that is registered, empty and delegated to nobody
//! (`Hydra.Ledger.Cardano`, `mockCertState`). What the ledger's rules say of such accounts is what holds here.

use demeter_core::Credential;

use super::LedgerError;
use super::subject::Subject;

/// The last protocol version in which accounts of keys need not be delegated to a representative.
const BOOTSTRAP: u16 = 9;

/// Every reward account is on the ledger's network.
///
/// Source: ledger rule UTXO, `WrongNetworkWithdrawal`.
pub(super) fn network(subject: &Subject<'_>) -> Result<(), LedgerError> {
    let expected = subject.settings.network;
    let networks = subject.decoded.withdrawals.iter().map(|withdrawal| withdrawal.network);
    match networks.into_iter().find(|network| *network != expected) {
        Some(found) => Err(LedgerError::WithdrawalNetwork { expected, found }),
        None => Ok(()),
    }
}

/// Nothing but zero is withdrawn: only such accounts exist.
///
/// Source: ledger rule LEDGER, `ConwayWithdrawalsMissingAccounts`; rule CERTS, `WithdrawalsNotInRewardsCERTS`.
pub(super) fn of_zero(subject: &Subject<'_>) -> Result<(), LedgerError> {
    match subject.decoded.withdrawals.iter().find(|withdrawal| withdrawal.lovelace != 0) {
        Some(withdrawal) => {
            Err(LedgerError::NothingToWithdraw { account: withdrawal.account, found: withdrawal.lovelace })
        }
        None => Ok(()),
    }
}

/// Only accounts of scripts: those of keys would have to be delegated to a representative, which none here is.
///
/// Source: ledger rule LEDGER, `ConwayWdrlNotDelegatedToDRep`, from protocol version 10 on.
pub(super) fn delegated(subject: &Subject<'_>) -> Result<(), LedgerError> {
    if subject.settings.parameters.protocol_version.major <= BOOTSTRAP {
        return Ok(());
    }
    let keys = subject.decoded.withdrawals.iter().filter_map(|withdrawal| match withdrawal.account {
        Credential::Key(key) => Some(key),
        Credential::Script(_) => None,
    });
    match keys.into_iter().next() {
        Some(key) => Err(LedgerError::NotDelegated { key }),
        None => Ok(()),
    }
}
