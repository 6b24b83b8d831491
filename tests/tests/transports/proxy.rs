//! A proxy between a client and a server, which cuts connections.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A proxy that cuts connections.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    server: Arc<Mutex<SocketAddr>>,
    cuts: Arc<AtomicU32>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Stands before a server, and cuts so many connections, each after as many bytes as the seed says.
    pub(crate) async fn start(server: SocketAddr, seed: u64, cuts: u32) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let cuts = Arc::new(AtomicU32::new(cuts));
        let server = Arc::new(Mutex::new(server));
        let (left, behind) = (Arc::clone(&cuts), Arc::clone(&server));
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                // One in four goes through.
                let budget = (random.next_u32() % 4 != 0).then(|| u64::from(random.next_u32() % 12_000));
                let server = *behind.lock().unwrap();
                tokio::spawn(relay(client, server, budget, Arc::clone(&left)));
            }
        });
        Self { address, server, cuts, task }
    }

    /// Stands before another server from now on.
    pub(crate) fn turn_to(&self, server: SocketAddr) {
        *self.server.lock().unwrap() = server;
    }

    /// How many connections are still to be cut.
    pub(crate) fn cuts_left(&self) -> u32 {
        self.cuts.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Relays until one side ends, or so many bytes went either way and there is still something to be cut.
async fn relay(client: TcpStream, server: SocketAddr, budget: Option<u64>, cuts: Arc<AtomicU32>) {
    let Ok(server) = TcpStream::connect(server).await else { return };
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    tokio::select! {
        () = pump(from_client, to_server, budget, &cuts) => {}
        () = pump(from_server, to_client, budget, &cuts) => {}
    }
}

async fn pump(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, budget: Option<u64>, cuts: &AtomicU32) {
    let (mut bytes, mut sent) = (vec![0; 1_024], 0_u64);
    while let Ok(count) = from.read(&mut bytes).await {
        if count == 0 {
            return;
        }
        sent += count as u64;
        let used_up = budget.is_some_and(|budget| sent > budget);
        if used_up
            && cuts.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
        {
            // What is cut is cut in the middle.
            let _ = to.write_all(&bytes[..count / 2]).await;
            return;
        }
        if to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}
