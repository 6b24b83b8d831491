//! The clients of one run, and who hands them their transactions.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Instant;

use demeter_tx::SignedTransaction;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::client::{Confirmed, Prepared, Told, connect, serve};
use super::report::Rate;
use super::server::Server;
use super::waves::Wave;
use crate::Outcome;

/// As hydra's own benchmark asks.
const QUERY: &str = "?snapshot-utxo=no";

/// Clients that are connected.
pub(super) struct Crew {
    clients: Vec<(mpsc::UnboundedSender<Prepared>, JoinHandle<()>)>,
    told: mpsc::UnboundedReceiver<Told>,
}

impl Crew {
    /// So many clients that were greeted.
    pub(super) async fn connect(address: SocketAddr, clients: usize) -> Outcome<Self> {
        Self::asking(address, clients, QUERY).await
    }

    /// So many clients with this query.
    pub(super) async fn asking(address: SocketAddr, clients: usize, query: &str) -> Outcome<Self> {
        let (teller, told) = mpsc::unbounded_channel();
        let mut this = Self { clients: Vec::new(), told };
        for client in 0..clients {
            let (socket, _) = connect(address, query).await?;
            let (orders, ordered) = mpsc::unbounded_channel();
            let serving = tokio::spawn(serve(client, socket, ordered, teller.clone()));
            this.clients.push((orders, serving));
        }
        Ok(this)
    }

    /// Has each client send its lane, so many transactions at once.
    pub(super) async fn send_lanes(
        &mut self,
        lanes: &[Vec<SignedTransaction>],
        window: usize,
    ) -> Outcome<Rate> {
        let prepare = |lane: &Vec<SignedTransaction>| lane.iter().map(Prepared::of).collect();
        let mut lanes: Vec<VecDeque<Prepared>> = lanes.iter().map(prepare).collect();
        let count = lanes.iter().map(VecDeque::len).sum();
        let mut latencies = Vec::with_capacity(count);
        let begun = Instant::now();
        for (client, lane) in lanes.iter_mut().enumerate() {
            for prepared in lane.drain(..window.min(lane.len())) {
                self.hand(client, prepared)?;
            }
        }
        while latencies.len() < count {
            let Confirmed { client, after } = self.told().await?;
            latencies.push(after);
            if let Some(prepared) = lanes.get_mut(client).and_then(VecDeque::pop_front) {
                self.hand(client, prepared)?;
            }
        }
        Ok(Rate::of(begun.elapsed(), latencies))
    }

    /// Has the clients send waves in turn: each when the one before is confirmed, and its time has come.
    pub(super) async fn send_waves(&mut self, waves: &[Wave<'_>], server: &Server) -> Outcome<Rate> {
        let prepare = |wave: &Wave<'_>| wave.transactions.iter().copied().map(Prepared::of).collect();
        let prepared: Vec<Vec<Prepared>> = waves.iter().map(prepare).collect();
        let (mut latencies, mut turns) = (Vec::new(), (0..self.clients.len()).cycle());
        let begun = Instant::now();
        for (wave, prepared) in waves.iter().zip(prepared) {
            server.time.set(wave.time);
            let count = prepared.len();
            for (prepared, client) in prepared.into_iter().zip(&mut turns) {
                self.hand(client, prepared)?;
            }
            for _ in 0..count {
                latencies.push(self.told().await?.after);
            }
        }
        Ok(Rate::of(begun.elapsed(), latencies))
    }

    /// Lets the clients go.
    pub(super) async fn leave(self) -> Outcome<()> {
        for (orders, serving) in self.clients {
            drop(orders);
            serving.await?;
        }
        Ok(())
    }

    fn hand(&self, client: usize, prepared: Prepared) -> Outcome<()> {
        let (orders, _) = self.clients.get(client).ok_or("there are fewer clients")?;
        orders.send(prepared).map_err(|_| "a client is gone".into())
    }

    async fn told(&mut self) -> Outcome<Confirmed> {
        Ok(self.told.recv().await.ok_or("all clients are gone")??)
    }
}
