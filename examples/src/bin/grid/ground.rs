//! The head that is played on: in this process, or reached over its API.

use std::sync::Arc;

use demeter_core::{RangeError, Span, Time};
use demeter_tx::founding::opening;
use demeter_tx::head::{EmbeddedHead, Head, HeadError, SnapshotNumber, UtxoQuery};
use demeter_tx::hydra::{
    ConfirmedSnapshot, ConnectError, ControlClient, HydraHead, HydraOptions, RequestError, Timestamp,
};
use demeter_tx::{LedgerSettings, UtxoSet};
use futures_executor::block_on;

use crate::error::DemoError;

/// A head that is played on.
pub(crate) struct Ground {
    pub(crate) head: Arc<dyn Head>,
    hand: Hand,
    /// The last snapshot before anything happened.
    pub(crate) snapshot: SnapshotNumber,
}

/// What moves the clock.
enum Hand {
    Own(EmbeddedHead),
    Served(ControlClient),
}

/// A head that is reached over its API cannot be played on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GroundError {
    /// It cannot be connected to.
    #[error("{node}: {source}")]
    Connect { node: String, source: ConnectError },
    /// It cannot be asked.
    #[error("{node}: {source}")]
    Head { node: String, source: HeadError },
    /// Its time passes by itself, or is not to be moved.
    #[error("{node}: its time cannot be moved, as {reason}: start it with --clock virtual --control")]
    Time { node: String, reason: String },
    /// It is no head that the run can begin on.
    #[error("{node}: {found}, and a run begins on a new head: {advice}")]
    Other { node: String, found: String, advice: String },
}

impl GroundError {
    /// Whether another head has to be named, rather than this one reached.
    pub(crate) const fn is_users(&self) -> bool {
        match self {
            Self::Connect { source: ConnectError::Address(_), .. }
            | Self::Time { .. }
            | Self::Other { .. } => true,
            Self::Connect { .. } | Self::Head { .. } => false,
        }
    }
}

impl Ground {
    /// A head in this process.
    pub(crate) fn own(settings: LedgerSettings, outputs: UtxoSet, time: Time) -> Result<Self, DemoError> {
        let head = EmbeddedHead::open(settings, outputs, time)?;
        Ok(Self { head: Arc::new(head.clone()), hand: Hand::Own(head), snapshot: SnapshotNumber::default() })
    }

    /// The head of a node, which must be as it would be opened here.
    pub(crate) fn served(
        node: &str,
        settings: &LedgerSettings,
        outputs: &UtxoSet,
        advice: &str,
    ) -> Result<Self, DemoError> {
        let node = || node.to_owned();
        let lost = |source| GroundError::Head { node: node(), source };
        let connected = block_on(HydraHead::connect(&node(), HydraOptions::default()));
        let head = connected.map_err(|source| GroundError::Connect { node: node(), source })?;
        let control = ControlClient::new(head.clone());
        let time = match block_on(control.advance(Span::ZERO)) {
            Ok(now) => now.time,
            Err(RequestError::Head(source)) => return Err(lost(source).into()),
            Err(RequestError::Refused { reason, .. }) => {
                let reason = format!("the node says {reason}");
                return Err(GroundError::Time { node: node(), reason }.into());
            }
            Err(error) => return Err(GroundError::Time { node: node(), reason: error.to_string() }.into()),
        };
        let found = block_on(head.settings()).map_err(lost)?;
        let held = block_on(head.utxos(&UtxoQuery::All)).map_err(lost)?;
        if let Some(found) = difference((settings, outputs), (&found, &held), time)? {
            return Err(GroundError::Other { node: node(), found, advice: advice.to_owned() }.into());
        }
        let snapshot = match block_on(head.snapshot()) {
            Ok(ConfirmedSnapshot::Confirmed(signed)) => SnapshotNumber::from_number(signed.snapshot.number),
            _ => SnapshotNumber::default(),
        };
        Ok(Self { head: Arc::new(head), hand: Hand::Served(control), snapshot })
    }

    /// Lets time pass.
    pub(crate) fn advance(&self, span: Span) -> Result<(), DemoError> {
        match &self.hand {
            Hand::Own(head) => head.advance(span).map(drop)?,
            Hand::Served(control) => block_on(control.advance(span)).map(drop)?,
        }
        Ok(())
    }
}

/// What is found that is not as expected, if anything is.
fn difference(
    (settings, outputs): (&LedgerSettings, &UtxoSet),
    (found, held): (&LedgerSettings, &UtxoSet),
    time: Time,
) -> Result<Option<String>, RangeError> {
    let clock = &settings.clock;
    let opened = opening(clock)?;
    let missing = outputs.iter().filter(|(at, output)| held.get(at) != Some(output)).count();
    let all = outputs.len();
    Ok(if found.clock != *clock {
        let [other, own] = [found.clock, *clock].map(|clock| Timestamp::of(clock.zero_time()));
        Some(format!("its slots begin at {other}, those of this run at {own}"))
    } else if found.network != settings.network || found.parameters != settings.parameters {
        Some("its protocol parameters are not those of this run".to_owned())
    } else if time > opened {
        let [now, opened] = [time, opened].map(Timestamp::of);
        Some(format!("it was played on until {now}, where this run begins at {opened}"))
    } else if missing == all {
        Some(format!("it holds nothing of the {all} outputs that this run begins with"))
    } else if missing > 0 {
        Some(format!("it lacks {missing} of the {all} outputs that this run begins with"))
    } else if held.len() > all {
        Some(format!("it holds {} outputs beside the {all} that this run begins with", held.len() - all))
    } else if time < opened {
        let [now, opened] = [time, opened].map(Timestamp::of);
        Some(format!("its time is {now}, where this run begins at {opened}"))
    } else {
        None
    })
}
