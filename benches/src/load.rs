//! How many transactions go through a head that is served, and how long each takes, as clients on sockets see it.
//!
//! The server is `demeter-head` in this process, on a runtime of its own, over a head in memory; its clients are plain
//! WebSocket clients on one thread, over loopback. So both share the processors, and what is measured is both together.
//! Each client asks for no outputs in snapshots and gets every message, whoever caused it.
//!
//! Payments are chains, as hydra's own benchmark makes them: each client has one output, and spends it to itself again and
//! again. They are sent in a [burst](Load::burst), all at once, and [in turn](Load::in_turn), the next when the last is
//! confirmed. A market's transactions depend on each other: they are sent in waves (`waves`).
//!
//! Of several rounds the one with the highest rate counts, after one that only warms up.

mod chains;
mod client;
mod crew;
mod one_head;
mod report;
mod server;
mod watch;
mod waves;

pub use report::{Load, Rate, Report, Watched};

use chains::Chains;
use crew::Crew;
use server::Server;

use crate::Outcome;
use crate::head::Story;

/// How much is measured.
#[derive(Clone, Debug)]
pub struct Effort {
    /// How many payments.
    pub payments: usize,
    /// How many steps the market's walk has.
    pub steps: u64,
    /// How many rounds count, after the one that warms up.
    pub rounds: usize,
    /// How many clients there are, in the order of measurement.
    pub clients: Vec<usize>,
    /// How many outputs a client watches.
    pub outputs: u64,
    /// What the market's walk is drawn from.
    pub seed: u64,
}

impl Effort {
    /// What tells something.
    pub fn whole(seed: u64) -> Self {
        let clients = vec![1, 10, 100];
        Self { payments: 2_000, steps: 300, rounds: 5, clients, outputs: 4_095, seed }
    }

    /// As little as exercises everything.
    pub fn quick(seed: u64) -> Self {
        Self { payments: 20, steps: 12, rounds: 1, clients: vec![1, 10], outputs: 64, seed }
    }
}

/// Measures all.
///
/// # Errors
/// The head refuses what it should accept, or there is no socket to be had.
pub fn measure(effort: &Effort) -> Outcome<Report> {
    let clients = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let market = Story::of_market(effort.seed, effort.steps)?;
    clients.block_on(async {
        let (mut payments, mut mixed) = (Vec::new(), Vec::new());
        for &clients in &effort.clients {
            payments.push(of_payments(effort, clients).await?);
            mixed.push(of_market(effort, &market, clients).await?);
        }
        let through_one_head = one_head::measure(effort).await?;
        Ok(Report { payments, market: mixed, through_one_head, watched: watch::measure(effort).await? })
    })
}

async fn of_payments(effort: &Effort, clients: usize) -> Outcome<Load> {
    let chains = Chains::new(clients, effort.payments)?;
    let (mut burst, mut in_turn) = (Vec::new(), Vec::new());
    for round in 0..=effort.rounds {
        let [first, second] = [usize::MAX, 1].map(|window| chained(&chains, window));
        let (first, second) = (first.await?, second.await?);
        if round > 0 {
            burst.push(first);
            in_turn.push(second);
        }
    }
    Ok(Load { clients, burst: Rate::best(burst), in_turn: Rate::best(in_turn), in_a_wave: None })
}

/// Sends chains, so many of each client's transactions at once.
async fn chained(chains: &Chains, window: usize) -> Outcome<Rate> {
    let server = Server::start(chains.settings.clone(), chains.opening.clone())?;
    let mut crew = Crew::connect(server.address, chains.lanes.len()).await?;
    let rate = crew.send_lanes(&chains.lanes, window).await?;
    crew.leave().await?;
    server.stop().await?;
    Ok(rate)
}

async fn of_market(effort: &Effort, story: &Story, clients: usize) -> Outcome<Load> {
    let waves = waves::of(story)?;
    let mut rates = Vec::new();
    for round in 0..=effort.rounds {
        let server = Server::start(story.settings.clone(), story.opening.clone())?;
        let mut crew = Crew::connect(server.address, clients).await?;
        let rate = crew.send_waves(&waves, &server).await?;
        crew.leave().await?;
        server.stop().await?;
        if round > 0 {
            rates.push(rate);
        }
    }
    let in_a_wave = story.transactions.len() as f64 / waves.len().max(1) as f64;
    Ok(Load { clients, burst: None, in_turn: Rate::best(rates), in_a_wave: Some(in_a_wave) })
}
