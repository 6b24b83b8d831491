//! Which scripts a transaction calls, and whether they are called as they want to be.

use std::collections::{BTreeMap, BTreeSet};

use demeter_core::{Credential, ScriptHash};

use super::{Account, BuildError, TransactionBuilder};
use crate::{Data, LedgerScript, NativeScript, Output, PlutusVersion};

impl TransactionBuilder {
    /// Programs have redeemers and native scripts have none, and these hold.
    pub(super) fn check_scripts(&self) -> Result<(), BuildError> {
        let provided = self.provided_scripts();
        for (reference, input) in &self.inputs {
            match (input.output.address().payment, &input.redeemer) {
                (Credential::Script(script), redeemer) => {
                    let provided = provided.get(&script).copied();
                    check_redeemer(script, provided, redeemer.as_ref()).map_err(|fault| match fault {
                        BuildError::ScriptAbsent { script } | BuildError::RedeemerAbsent { script } => {
                            BuildError::RedeemerMissing { reference: *reference, script }
                        }
                        other => other,
                    })?;
                }
                (Credential::Key(_), Some(_)) => {
                    return Err(BuildError::RedeemerNotNeeded { reference: *reference });
                }
                (Credential::Key(_), None) => {}
            }
        }
        let minted = self.mint.iter().map(|(policy, mint)| (*policy, mint.redeemer.as_ref()));
        let withdrawn = self.withdrawals.iter().filter_map(|(account, redeemer)| match account {
            Account::Script(hash) => Some((*hash, redeemer.as_ref())),
            Account::Key(_) => None,
        });
        for (script, redeemer) in minted.chain(withdrawn) {
            check_redeemer(script, provided.get(&script).copied(), redeemer)?;
        }
        let signers = self.needed_signers();
        let holds =
            |script: &NativeScript| script.rule().is_satisfied(&signers, self.valid_from, self.valid_before);
        for script in self.needed_scripts() {
            if let Some(LedgerScript::Native(native)) = provided.get(&script)
                && !holds(native)
            {
                return Err(BuildError::NativeScriptFails { script });
            }
        }
        Ok(())
    }

    /// The versions of Plutus that the scripts are in which must run, as far as they are there.
    pub(super) fn versions_used(&self) -> BTreeSet<PlutusVersion> {
        let provided = self.provided_scripts();
        let needed = self.needed_scripts().into_iter();
        needed.filter_map(|hash| Some(provided.get(&hash)?.as_plutus()?.version())).collect()
    }

    /// The bytes of all scripts that can be referred to.
    pub(super) fn reference_script_bytes(&self) -> u64 {
        self.carriers()
            .filter_map(Output::reference_script)
            .fold(0, |sum: u64, script| sum.saturating_add(script.size() as u64))
    }

    /// The scripts that are called.
    fn needed_scripts(&self) -> BTreeSet<ScriptHash> {
        let spent = self.inputs.values().map(|input| input.output.address().payment);
        let minted = self.mint.keys().map(|policy| Credential::Script(*policy));
        let withdrawn = self.withdrawals.keys().map(|account| Credential::from(*account));
        let credentials = spent.chain(minted).chain(withdrawn);
        credentials
            .filter_map(|credential| match credential {
                Credential::Script(hash) => Some(hash),
                Credential::Key(_) => None,
            })
            .collect()
    }

    /// The scripts that are there.
    fn provided_scripts(&self) -> BTreeMap<ScriptHash, &LedgerScript> {
        let carried = self.carriers().filter_map(Output::reference_script);
        carried.chain(self.scripts.values()).map(|script| (script.hash(), script)).collect()
    }

    /// The outputs that scripts can be referred to on.
    fn carriers(&self) -> impl Iterator<Item = &Output> {
        self.inputs.values().map(|input| &input.output).chain(self.references.values())
    }
}

/// NOTE: that a program is missing which has its redeemer is found out when it is run.
const fn check_redeemer(
    script: ScriptHash,
    provided: Option<&LedgerScript>,
    redeemer: Option<&Data>,
) -> Result<(), BuildError> {
    match (provided, redeemer) {
        (Some(LedgerScript::Native(_)), Some(_)) => Err(BuildError::RedeemerForNative { script }),
        (Some(LedgerScript::Plutus(_)), None) => Err(BuildError::RedeemerAbsent { script }),
        (None, None) => Err(BuildError::ScriptAbsent { script }),
        (Some(LedgerScript::Native(_)), None) | (Some(LedgerScript::Plutus(_)) | None, Some(_)) => Ok(()),
    }
}
