//! A proxy between clients and a server, over which connections fail.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::sleep;

use super::fault::{Counters, Counts, Kind, Plan};
use super::frame::{Carries, after, is_message, part};
use crate::drt::Dice;

/// A proxy on this machine, over which connections fail. It ends when it is dropped.
#[derive(Debug)]
pub struct Proxy {
    /// Where it listens.
    pub address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    server: Mutex<SocketAddr>,
    /// How many connections are still to fail.
    left: AtomicU64,
    healthy: watch::Sender<bool>,
    counters: Counters,
    seed: u64,
}

impl Shared {
    /// Whether one more connection may fail.
    fn takes_one(&self) -> bool {
        let less = |left: u64| left.checked_sub(1);
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok()
    }
}

impl Proxy {
    /// Stands before a server, and has so many connections fail: which, how and when follows from the seed and the order
    /// in which they are made.
    ///
    /// # Panics
    /// There is no port to listen on.
    pub async fn start(server: SocketAddr, seed: u64, failures: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            server: Mutex::new(server),
            left: AtomicU64::new(failures),
            healthy: watch::Sender::new(false),
            counters: Counters::default(),
            seed,
        });
        let task = tokio::spawn(listen(listener, Arc::clone(&shared)));
        Self { address, shared, task }
    }

    /// Stands before another server from now on.
    ///
    /// # Panics
    /// Never, as long as nobody panics.
    pub fn turn_to(&self, server: SocketAddr) {
        *self.shared.server.lock().unwrap() = server;
    }

    /// From now on all goes well.
    pub fn heal(&self) {
        self.shared.left.store(0, Ordering::Relaxed);
        self.shared.healthy.send_replace(true);
    }

    /// What went wrong until now.
    pub fn counts(&self) -> Counts {
        self.shared.counters.counts()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    // Dropped with this, they end.
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let number = shared.counters.connections.fetch_add(1, Ordering::Relaxed);
        connections.spawn(relay(client, Arc::clone(&shared), number));
        while connections.try_join_next().is_some() {}
    }
}

/// How one direction ended.
enum End {
    /// Nothing more comes from there.
    Closed,
    /// Both are to end.
    Broken,
}

struct Direction<'s> {
    shared: &'s Shared,
    plan: Plan,
    dice: Dice,
    is_of_client: bool,
    is_stalled: &'s AtomicBool,
}

async fn relay(client: TcpStream, shared: Arc<Shared>, number: u64) {
    let server = *shared.server.lock().unwrap();
    let Ok(server) = TcpStream::connect(server).await else { return };
    if client.set_nodelay(true).is_err() || server.set_nodelay(true).is_err() {
        return;
    }
    let mut dice = Dice::of_case(shared.seed, "connection", number);
    let plan = if *shared.healthy.borrow() { Plan::HEALTHY } else { Plan::draw(&mut dice) };
    let is_stalled = AtomicBool::new(false);
    let (mut heard, mut told) = (dice.clone(), dice);
    heard.roll();
    told.roll();
    told.roll();
    let direction =
        |dice, is_of_client| Direction { shared: &shared, plan, dice, is_of_client, is_stalled: &is_stalled };
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    let mut there = std::pin::pin!(direction(heard, true).carry(from_client, to_server));
    let mut back = std::pin::pin!(direction(told, false).carry(from_server, to_client));
    // Where one direction has ended well, the other may go on.
    tokio::select! {
        end = &mut there => if let End::Closed = end { back.await; },
        end = &mut back => if let End::Closed = end { there.await; },
    }
}

impl Direction<'_> {
    async fn carry(mut self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) -> End {
        let (mut buffer, mut carries, mut carried) = (Vec::new(), Carries::Head, 0);
        let mut healthy = self.shared.healthy.subscribe();
        loop {
            while let Some(length) = part(carries, &buffer) {
                let bytes: Vec<u8> = buffer.drain(..length).collect();
                if carries == Carries::Head {
                    carries = after(&bytes);
                }
                if self.is_stalled.load(Ordering::Relaxed) {
                    continue;
                }
                match self.failure(carried) {
                    Some(Kind::Cut) => return End::Broken,
                    Some(Kind::Truncate) => {
                        drop(to.write_all(&bytes[..bytes.len() / 2]).await);
                        return End::Broken;
                    }
                    Some(Kind::HalfClose) => {
                        drop(to.shutdown().await);
                        drain(from).await;
                        return End::Closed;
                    }
                    Some(Kind::Stall) => {
                        self.is_stalled.store(true, Ordering::Relaxed);
                        continue;
                    }
                    None => {}
                }
                carried += 1;
                if let Some(delay) = self.plan.delay(&mut self.dice) {
                    self.shared.counters.late.fetch_add(1, Ordering::Relaxed);
                    sleep(delay).await;
                }
                let is_doubled =
                    carries == Carries::Frames && is_message(&bytes) && self.plan.is_doubled(&mut self.dice);
                for _ in 0..=u8::from(is_doubled) {
                    if to.write_all(&bytes).await.is_err() {
                        return End::Broken;
                    }
                }
                self.shared.counters.doubled.fetch_add(u64::from(is_doubled), Ordering::Relaxed);
            }
            let read = tokio::select! {
                read = from.read_buf(&mut buffer) => read,
                // Nobody waits for ever for what was stalled.
                _ = healthy.wait_for(|healthy| *healthy && self.is_stalled.load(Ordering::Relaxed)) => {
                    return End::Broken;
                }
            };
            match read {
                Ok(0) => {
                    drop(to.shutdown().await);
                    return End::Closed;
                }
                Ok(_) => {}
                Err(_) => return End::Broken,
            }
        }
    }

    /// How the connection is to end now, when so much was carried in this direction.
    fn failure(&self, carried: u64) -> Option<Kind> {
        let (kind, is_of_client, after) = self.plan.end?;
        if is_of_client != self.is_of_client || carried < after || !self.shared.takes_one() {
            return None;
        }
        self.shared.counters.ended(kind);
        Some(kind)
    }
}

/// Reads to the end what nobody gets.
async fn drain(mut from: OwnedReadHalf) {
    let mut bytes = Vec::new();
    while from.read_buf(&mut bytes).await.is_ok_and(|count| count > 0) {
        bytes.clear();
    }
}
