//! How far each deposit into a head is.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use demeter_core::TransactionId;

use super::{DepositTime, ServerOutput, Timestamp, UtxoJson};

/// How far a deposit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DepositStage {
    /// It is on L1, and too young to enter.
    Recorded,
    /// It may enter.
    Active,
    /// All parties have agreed that it enters.
    Approved,
    /// It came too late: nothing happens to it until it is recovered.
    Expired,
    /// Its outputs are in the head.
    Entered,
    /// Its outputs are on L1 again.
    Recovered,
    /// The node no longer waits for it, and what became of it was not heard.
    Gone,
}

impl DepositStage {
    /// Whether nothing more will happen to it.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Entered | Self::Recovered | Self::Gone)
    }
}

/// What is known of a deposit.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FollowedDeposit {
    /// How far it is.
    pub stage: DepositStage,
    /// The outputs that shall enter, if that was told.
    pub utxo: Option<UtxoJson>,
    /// Until when it must have been taken up, if that was told.
    pub deadline: Option<Timestamp>,
}

/// How far each deposit into a head is, from what its node tells. It does no I/O.
///
/// Give it each [`ServerOutput`] with [`Deposits::follow`], and what [`HydraHead::deposits`](super::HydraHead::deposits)
/// says with [`Deposits::reconcile`] at the beginning and after every gap. A deposit that came too late is
/// [stuck](Deposits::stuck): its money is in hydra's deposit script until
/// [`HydraHead::recover`](super::HydraHead::recover) is asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Deposits {
    followed: BTreeMap<TransactionId, FollowedDeposit>,
}

impl Deposits {
    /// What is known of a deposit, by the transaction that made it.
    pub fn get(&self, deposit: &TransactionId) -> Option<&FollowedDeposit> {
        self.followed.get(deposit)
    }

    /// All deposits that were told of, by the transactions that made them.
    pub fn iter(&self) -> impl Iterator<Item = (&TransactionId, &FollowedDeposit)> {
        self.followed.iter()
    }

    /// Those that came too late and have not been recovered.
    pub fn stuck(&self) -> impl Iterator<Item = TransactionId> {
        let stuck = self.followed.iter().filter(|(_, deposit)| deposit.stage == DepositStage::Expired);
        stuck.map(|(id, _)| *id)
    }

    /// Takes up what a node tells. Says which deposit has come further.
    pub fn follow(&mut self, output: &ServerOutput) -> Option<TransactionId> {
        match output {
            ServerOutput::CommitRecorded(recorded) => {
                let advanced = self.advance(recorded.deposit, DepositStage::Recorded);
                if let Some(deposit) = self.followed.get_mut(&recorded.deposit) {
                    deposit.utxo = Some(recorded.utxo.clone());
                    deposit.deadline = Some(recorded.deadline.clone());
                }
                advanced
            }
            ServerOutput::DepositActivated(time) => self.timed(time, DepositStage::Active),
            ServerOutput::DepositExpired(time) => self.timed(time, DepositStage::Expired),
            // It names the outputs alone.
            ServerOutput::CommitApproved(approved) => {
                let is_it = |deposit: &FollowedDeposit| {
                    deposit.utxo.as_ref() == Some(&approved.utxo) && deposit.stage < DepositStage::Approved
                };
                let id = self.followed.iter().find(|(_, deposit)| is_it(deposit)).map(|(id, _)| *id)?;
                self.advance(id, DepositStage::Approved)
            }
            ServerOutput::CommitFinalized(finalized) => {
                self.advance(finalized.deposit, DepositStage::Entered)
            }
            ServerOutput::CommitRecovered(recovered) => {
                self.advance(recovered.deposit, DepositStage::Recovered)
            }
            _ => None,
        }
    }

    /// Takes up which deposits a node waits for: those that it does not, and that were on their way, are gone. Says which
    /// are new and which are gone.
    pub fn reconcile(&mut self, pending: &[TransactionId]) -> Vec<TransactionId> {
        let known = self.followed.iter().filter(|(_, deposit)| !deposit.stage.is_over());
        let gone: Vec<_> = known.map(|(id, _)| *id).filter(|id| !pending.contains(id)).collect();
        let mut changed: Vec<_> =
            gone.into_iter().filter_map(|id| self.advance(id, DepositStage::Gone)).collect();
        let new = pending.iter().filter(|id| !self.followed.contains_key(*id)).copied();
        for id in new.collect::<Vec<_>>() {
            changed.extend(self.advance(id, DepositStage::Recorded));
        }
        changed
    }

    fn timed(&mut self, time: &DepositTime, stage: DepositStage) -> Option<TransactionId> {
        let advanced = self.advance(time.deposit, stage);
        if let Some(deposit) = self.followed.get_mut(&time.deposit) {
            deposit.deadline = Some(time.deadline.clone());
        }
        advanced
    }

    /// A node repeats itself, after a reconnection too: nothing goes back, and what is over stays over, but for what was
    /// only lost sight of.
    fn advance(&mut self, id: TransactionId, stage: DepositStage) -> Option<TransactionId> {
        match self.followed.entry(id) {
            Entry::Vacant(entry) => {
                entry.insert(FollowedDeposit { stage, utxo: None, deadline: None });
            }
            Entry::Occupied(mut entry) => {
                let now = &mut entry.get_mut().stage;
                let is_found_again = *now == DepositStage::Gone && stage != DepositStage::Gone;
                let is_further = !now.is_over() && stage > *now;
                if !(is_found_again || is_further) {
                    return None;
                }
                *now = stage;
            }
        }
        Some(id)
    }
}

#[cfg(test)]
mod tests {
    use super::super::ServerMessage;
    use super::*;

    const DEPOSIT: TransactionId = TransactionId::from_bytes([0xaa; 32]);
    const OTHER: TransactionId = TransactionId::from_bytes([0xbb; 32]);

    fn output(text: &str) -> ServerOutput {
        let head = format!(r#""headId":"00","seq":1,"timestamp":"2026-01-01T00:00:00Z",{text}}}"#);
        match ServerMessage::from_json(&format!("{{{head}")).unwrap() {
            ServerMessage::Output(timed) => timed.output,
            other => panic!("expected an output, found {other:?}"),
        }
    }

    fn recorded(deposit: TransactionId, lovelace: u64) -> ServerOutput {
        let address = "addr_test1vz2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzers66hrl8";
        output(&format!(
            r#""tag":"CommitRecorded","pendingDeposit":"{deposit}","deadline":"2026-01-02T00:00:00Z",
            "utxoToCommit":{{"{DEPOSIT}#0":{{"address":"{address}","value":{{"lovelace":{lovelace}}}}}}}"#
        ))
    }

    fn told(tag: &str, deposit: TransactionId) -> ServerOutput {
        output(&format!(
            r#""tag":"{tag}","depositTxId":"{deposit}","deadline":"2026-01-02T00:00:00Z",
            "chainTime":"2026-01-01T12:00:00Z""#
        ))
    }

    fn approved(lovelace: u64) -> ServerOutput {
        let ServerOutput::CommitRecorded(recorded) = recorded(DEPOSIT, lovelace) else { panic!() };
        let utxo = serde_json::to_string(&recorded.utxo).unwrap();
        output(&format!(r#""tag":"CommitApproved","utxoToCommit":{utxo}"#))
    }

    fn stages(deposits: &Deposits) -> Vec<(TransactionId, DepositStage)> {
        deposits.iter().map(|(id, deposit)| (*id, deposit.stage)).collect()
    }

    #[test]
    fn a_deposit_is_followed_into_the_head() {
        let mut deposits = Deposits::default();
        let steps = [
            (recorded(DEPOSIT, 5_000_000), DepositStage::Recorded),
            (told("DepositActivated", DEPOSIT), DepositStage::Active),
            (approved(5_000_000), DepositStage::Approved),
            (told("CommitFinalized", DEPOSIT), DepositStage::Entered),
        ];
        for (output, stage) in steps {
            assert_eq!(deposits.follow(&output), Some(DEPOSIT), "{stage:?}");
            assert_eq!(stages(&deposits), [(DEPOSIT, stage)]);
        }
        let followed = deposits.get(&DEPOSIT).unwrap();
        assert_eq!(followed.deadline.as_ref().map(Timestamp::as_text), Some("2026-01-02T00:00:00Z"));
        assert_eq!(followed.utxo.as_ref().map(|utxo| utxo.0.len()), Some(1));
        // What is told again changes nothing.
        assert_eq!(deposits.follow(&recorded(DEPOSIT, 5_000_000)), None);
        assert_eq!(deposits.follow(&told("DepositActivated", DEPOSIT)), None);
        assert_eq!(stages(&deposits), [(DEPOSIT, DepositStage::Entered)]);
    }

    #[test]
    fn an_approval_is_of_the_deposit_with_these_outputs() {
        let mut deposits = Deposits::default();
        deposits.follow(&recorded(DEPOSIT, 5_000_000));
        deposits.follow(&recorded(OTHER, 6_000_000));
        assert_eq!(deposits.follow(&approved(7_000_000)), None);
        assert_eq!(deposits.follow(&approved(6_000_000)), Some(OTHER));
        assert_eq!(stages(&deposits), [(DEPOSIT, DepositStage::Recorded), (OTHER, DepositStage::Approved)]);
    }

    #[test]
    fn what_came_too_late_is_stuck_until_it_is_recovered() {
        let mut deposits = Deposits::default();
        deposits.follow(&recorded(DEPOSIT, 5_000_000));
        deposits.follow(&recorded(OTHER, 6_000_000));
        assert_eq!(deposits.stuck().count(), 0);
        deposits.follow(&told("DepositExpired", DEPOSIT));
        assert_eq!(deposits.stuck().collect::<Vec<_>>(), [DEPOSIT]);
        let recovered =
            output(&format!(r#""tag":"CommitRecovered","recoveredTxId":"{DEPOSIT}","recoveredUTxO":{{}}"#));
        assert_eq!(deposits.follow(&recovered), Some(DEPOSIT));
        assert_eq!(deposits.stuck().count(), 0);
    }

    #[test]
    fn after_a_gap_the_node_says_what_it_waits_for() {
        let mut deposits = Deposits::default();
        deposits.follow(&recorded(DEPOSIT, 5_000_000));
        assert_eq!(deposits.reconcile(&[OTHER]), [DEPOSIT, OTHER]);
        assert_eq!(stages(&deposits), [(DEPOSIT, DepositStage::Gone), (OTHER, DepositStage::Recorded)]);
        assert_eq!(deposits.reconcile(&[OTHER]), []);
        // It was not gone after all.
        assert_eq!(deposits.follow(&told("DepositExpired", DEPOSIT)), Some(DEPOSIT));
        assert_eq!(deposits.stuck().collect::<Vec<_>>(), [DEPOSIT]);
    }
}
