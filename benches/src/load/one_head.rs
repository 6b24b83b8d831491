//! Payments through one of our own clients.

use std::time::Instant;

use demeter_tx::SignedTransaction;
use demeter_tx::head::Head as _;
use demeter_tx::hydra::{HydraHead, HydraOptions};
use futures_util::future::try_join_all;

use super::report::Rate;
use super::{Chains, Effort, Server};
use crate::Outcome;

/// How many tasks share the client.
const TASKS: usize = 10;

/// Has ten tasks pay through one [`HydraHead`], each the next when its last is confirmed.
pub(super) async fn measure(effort: &Effort) -> Outcome<Rate> {
    let chains = Chains::new(TASKS, effort.payments)?;
    let mut rates = Vec::new();
    for round in 0..=effort.rounds {
        let server = Server::start(chains.settings.clone(), chains.opening.clone())?;
        let options = HydraOptions::default().clock(chains.settings.clock);
        let head = HydraHead::connect(&format!("ws://{}", server.address), options).await?;
        let lanes: Vec<Vec<SignedTransaction>> = chains.lanes.clone();
        let begun = Instant::now();
        let latencies = try_join_all(lanes.into_iter().map(|lane| pay(&head, lane))).await?;
        let rate = Rate::of(begun.elapsed(), latencies.into_iter().flatten().collect());
        drop(head);
        server.stop().await?;
        if round > 0 {
            rates.push(rate);
        }
    }
    Rate::best(rates).ok_or_else(|| "no round counts".into())
}

async fn pay(head: &HydraHead, lane: Vec<SignedTransaction>) -> Outcome<Vec<std::time::Duration>> {
    let mut latencies = Vec::with_capacity(lane.len());
    for payment in lane {
        let sent = Instant::now();
        let id = head.submit(payment).await?;
        head.confirm(id).await?;
        latencies.push(sent.elapsed());
    }
    Ok(latencies)
}
