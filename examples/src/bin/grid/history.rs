//! What came before the first bid: the operators' records, and what the entities vouch for.

use demeter_core::rule::score;
use demeter_core::{
    Amount, Count, Label, Labels, Method, PriceRange, Request, Span, Term, Terms, TermsDraft, Window,
    WorkloadHash,
};
use demeter_tx::market::Plan;

use crate::bids::{Asked, Fate};
use crate::cast::{Cast, Party};
use crate::contest;
use crate::error::DemoError;
use crate::lease::{self, Course};
use crate::report::OperatorLine;
use crate::stage::Stage;

/// The label that the entities endorse.
const ENDORSED: &str = "nvidia.com/gpu.product";

/// Lets the operators earn their records by small leases that the pilot asks of each.
pub(crate) fn earn_records(stage: &mut Stage, cast: &Cast) -> Result<(), DemoError> {
    let (_, grid) = stage.grid()?;
    let now = stage.now()?;
    let second = Span::from_seconds;
    let mut asked = Vec::new();
    for operator in cast.operators.iter().filter(|operator| operator.profile.history > 0) {
        let earned = Amount::from_units(operator.profile.history)?.checked_mul(1_000_000)?;
        let name = format!("pilot for {}", operator.party.name);
        let draft = TermsDraft {
            grid: grid.id,
            nonce: Count::ZERO,
            application: cast.pilot.hash(),
            refund: cast.pilot.address(),
            asset: grid.asset.clone(),
            fee_ppm: grid.fee_ppm,
            request: Request {
                labels: [Label::new("demeter.dev/operator", operator.profile.name)].into_iter().collect(),
                ..Request::default()
            },
            price: PriceRange { floor: earned, ceiling: earned },
            term: Term { period: second(3_600)?, periods: Count::from_number(1)?, grace: Span::ZERO },
            bond: Amount::from_units(earned.to_units() / 10)?,
            window: Window {
                opens: now.after(second(60)?)?,
                closes: now.after(second(600)?)?,
                settles: now.after(second(1_200)?)?,
            },
            method: Method::race(Span::ZERO),
            workload: WorkloadHash::from_bytes([0; 32]),
        };
        let terms = Terms::new(draft).map_err(|source| DemoError::Terms { name: name.clone(), source })?;
        let fate = Fate::Lease(Course::COMPLETED);
        asked.push(Asked { name, file: None, application: &cast.pilot, terms, fate });
    }
    let contests = contest::hold(stage, cast, &asked)?;
    lease::run(stage, cast, contests.leases)?;
    // What follows is told; this is how it was before.
    stage.events.clear();
    stage.records.clear();
    Ok(())
}

/// The entities vouch for the GPUs of the operators whose machines they have seen.
pub(crate) fn endorse(stage: &mut Stage, cast: &Cast) -> Result<(), DemoError> {
    let signers: Vec<&Party> = cast.entities.iter().take(2).collect();
    for (record_at, record) in stage.operators()? {
        let operator = cast.operator(record.number)?;
        if !operator.profile.inspected {
            continue;
        }
        let of_gpus = |label: &&Label| label.key == ENDORSED.into();
        let endorsed: Labels = record.labels.iter().filter(of_gpus).cloned().collect();
        let (grid_at, _) = stage.grid()?;
        let name = &operator.party.name;
        stage.act(format!("Endorse {name}"), Plan::endorse(record_at, grid_at, endorsed), &signers)?;
        stage.tell(format!("two entities endorse what {name} says of its GPUs"))?;
    }
    Ok(())
}

/// The operators as they are now.
pub(crate) fn operator_lines(stage: &Stage, cast: &Cast) -> Result<Vec<OperatorLine>, DemoError> {
    let (_, grid) = stage.grid()?;
    let now = stage.now()?;
    let mut lines = Vec::new();
    for (_, record) in stage.operators()? {
        let operator = cast.operator(record.number)?;
        lines.push(OperatorLine {
            name: operator.party.name.clone(),
            number: record.number.to_number(),
            capacity: record
                .capacity
                .iter()
                .map(|resource| (resource.name.to_string(), resource.amount.to_units()))
                .collect(),
            labels: record.labels.iter().cloned().collect(),
            endorsed: record.endorsed.iter().cloned().collect(),
            margin: operator.margin(),
            generosity: operator.profile.generosity,
            fulfilled: record.reputation.fulfilled,
            score: score(&grid, &record.reputation, now).to_millionths(),
        });
    }
    Ok(lines)
}
