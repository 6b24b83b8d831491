//! Rules on withdrawals from reward accounts.
//!
//! Nothing is ever earned here, so there is nothing to withdraw. But scripts are run by withdrawing zero from their
//! accounts (one script then speaks for many inputs), and `hydra-node` 2.3.0 lets them: for each withdrawal of zero,
//! from the account of a script or of a key, it makes the ledger believe in an account that is registered, empty and
//! delegated to no representative (`Hydra.Ledger.Cardano`, `cardanoLedger`: `mockCertState` sets `casBalance = 0` and
//! `casDRepDelegation = Nothing`). What the ledger's rules say of such accounts is what holds here: those of scripts
//! may withdraw zero; those of keys may not from protocol version 10 on, and hydra's own parameters are of version 11.
//!
//! # On L1
//! The same rules, whatever the parameters: nothing here keeps accounts, so that of a script is taken as registered,
//! which costs a deposit once, beforehand, and that of a key as not delegated.

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
/// Source: ledger rule LEDGER, `ConwayWdrlNotDelegatedToDRep` (`validateWithdrawalsDelegated`), which asks for keys only
/// and from protocol version 10 on (`hardforkConwayBootstrapPhase` is version 9).
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
