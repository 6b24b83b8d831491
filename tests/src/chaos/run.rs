//! One run.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use demeter_tx::UtxoSet;
use demeter_tx::head::{Head as _, UtxoQuery};
use demeter_tx::hydra::HydraHead;
use futures_util::future::join_all;
use tokio::time::{sleep, timeout};

use super::client::connect;
use super::fault::Counts;
use super::ground::Ground;
use super::judge::{Judgement, Record, judge};
use super::proxy::Proxy;
use super::server::{Program, Served, Server};
use super::work::{Ledger, Means, Trader};
use crate::drt::Dice;

/// How many connections fail at most.
const FAILURES: u64 = 24;
/// After how long all goes well, and how long after that everything must have been told.
const FAULTY: Duration = Duration::from_secs(4);
const PATIENCE: Duration = Duration::from_secs(60);
/// How long the server may take to answer: far longer than the proxy holds anything back.
const ANSWER: Duration = Duration::from_millis(500);
/// How often it is looked whether something has come.
const LOOK_AGAIN: Duration = Duration::from_millis(1);

/// What came of a run.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    pub(super) submitted: u64,
    pub(super) kills: u64,
    pub(super) faults: Counts,
    pub(super) judgement: Judgement,
}

/// What a client sees in the end. A server on a busy machine may be late.
async fn view(head: &HydraHead) -> Option<UtxoSet> {
    for _ in 0..20 {
        if let Ok(outputs) = head.utxos(&UtxoQuery::All).await {
            return Some(outputs);
        }
    }
    None
}

/// Runs once, with `program` as the server where one is killed.
pub(super) async fn run(seed: u64, program: &Path, is_blind: bool) -> Outcome {
    let mut dice = Dice::new(seed);
    let ground = Arc::new(Ground::new());
    let is_killed = dice.once_in(4);
    let mut server = if is_killed {
        Server::There(Program::start(program, &ground.opening()))
    } else {
        Server::Here(Served::start(&ground).await)
    };
    let proxy = Proxy::start(server.address(), dice.roll(), FAILURES).await;
    let ledger = Ledger::default();
    let clients = dice.between(2, 3);
    let mut traders = Vec::new();
    for number in 0..clients {
        let means = if is_blind {
            Means::Blind(proxy.address)
        } else {
            Means::Session(connect(proxy.address, ground.settings.clock, dice.roll(), ANSWER).await)
        };
        traders.push(Trader { ground: Arc::clone(&ground), means, ledger: ledger.clone(), number });
    }
    let dices: Vec<Dice> = traders.iter().map(|_| Dice::new(dice.roll())).collect();
    let trading =
        join_all(traders.iter().zip(dices).map(|(trader, dice)| tokio::spawn(trader.clone().trade(dice))));
    let mut kills = 0;
    let disturbing = async {
        let start = Instant::now();
        // In the middle: when something was told of so many.
        let mut moments: Vec<usize> = Vec::new();
        if is_killed {
            moments.extend([dice.position(12), 12 + dice.position(20)]);
        }
        for moment in moments {
            while ledger.told() < moment && start.elapsed() < FAULTY {
                sleep(LOOK_AGAIN).await;
            }
            if let Server::There(program) = &mut server {
                // NOTE: no other task of this run does anything meanwhile that the clients' own threads do not.
                tokio::task::block_in_place(|| program.restart());
                proxy.turn_to(program.address);
                kills += 1;
            }
        }
        sleep(FAULTY.saturating_sub(start.elapsed())).await;
        proxy.heal();
        std::future::pending::<()>().await;
    };
    let ended = tokio::select! {
        ended = timeout(FAULTY + PATIENCE, trading) => ended,
        () = disturbing => unreachable!("it does not end"),
    };
    proxy.heal();
    let mut views = Vec::new();
    for trader in &traders {
        if let Means::Session(head) = &trader.means {
            views.push(view(head).await);
        }
    }
    drop(traders);
    let faults = proxy.counts();
    drop(proxy);
    let record = Record::of(&server.leave().await, ground.opening()).await;
    let submitted = ledger.submitted();
    let mut judgement = judge(&submitted, &record);
    for view in views {
        if view.as_ref() != Some(&record.outputs) {
            judgement.misreported += 1;
            judgement.faults.push("a client sees other outputs than there are".to_owned());
        }
    }
    for failed in ended.into_iter().flatten().filter_map(Result::err) {
        judgement.lost += 1;
        judgement.faults.push(format!("a client failed: {failed}"));
    }
    for fault in &mut judgement.faults {
        *fault = format!("seed {seed}: {fault}");
    }
    Outcome { submitted: submitted.len() as u64, kills, faults, judgement }
}
