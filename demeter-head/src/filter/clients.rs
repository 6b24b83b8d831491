//! Who is connected, and how much each has asked for.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::bucket::Bucket;
use super::options::Rate;

/// A client is an address: of IPv6 the network part, as whoever has one address of it has all.
type Client = IpAddr;

fn client_of(address: IpAddr) -> Client {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address => address,
    }
}

/// Who is connected.
#[derive(Debug)]
pub(crate) struct Clients {
    /// The most connections at once, of all and of one client.
    most: usize,
    most_each: usize,
    rate: Rate,
    started: Instant,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    connections: usize,
    /// Connections that are only told that there are too many.
    refused: usize,
    clients: HashMap<Client, Entry>,
    /// How many clients there may be before those that have gone are forgotten.
    sweep_at: usize,
}

#[derive(Debug, Default)]
struct Entry {
    connections: usize,
    bucket: Bucket,
}

/// Why a connection is not served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Full {
    /// There are too many in all.
    #[error("there are too many clients")]
    All,
    /// There are too many of this one.
    #[error("there are too many connections from your address")]
    One,
}

/// How many clients are remembered at least before those that have gone are forgotten.
const REMEMBERED: usize = 1_024;

impl Clients {
    pub(crate) fn new(most: usize, most_each: usize, rate: Rate) -> Self {
        Self { most, most_each, rate, started: Instant::now(), state: Mutex::default() }
    }

    /// Takes a connection in: to serve it, or to tell it why it is not served. `None` if not even that can be done.
    ///
    /// The sender is held as long as the connection is.
    pub(crate) fn admit(
        self: &Arc<Self>,
        address: IpAddr,
        alive: mpsc::Sender<()>,
    ) -> Option<Arc<Admission>> {
        let client = client_of(address);
        let mut state = self.lock();
        let each = state.clients.get(&client).map_or(0, |entry| entry.connections);
        let full = match () {
            () if each >= self.most_each => Some(Full::One),
            () if state.connections >= self.most => Some(Full::All),
            () => None,
        };
        match full {
            // Refusing takes a connection as well.
            Some(_) if state.refused >= self.most => return None,
            Some(_) => state.refused += 1,
            None => {
                state.connections += 1;
                self.forget_gone(&mut state);
                state.clients.entry(client).or_default().connections += 1;
            }
        }
        drop(state);
        Some(Arc::new(Admission { clients: Arc::clone(self), client, full, _alive: alive }))
    }

    /// Forgets clients that are not connected and have been quiet: to know them would change nothing.
    fn forget_gone(&self, state: &mut State) {
        if state.clients.len() < state.sweep_at.max(REMEMBERED) {
            return;
        }
        let now = self.now();
        state.clients.retain(|_, entry| entry.connections > 0 || !entry.bucket.is_full(now));
        state.sweep_at = state.clients.len().saturating_mul(2);
    }

    fn now(&self) -> Duration {
        self.started.elapsed()
    }

    /// NOTE: no code that holds the lock calls anyone else's, so the state behind a poisoned lock is whole.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that was taken in.
#[derive(Debug)]
pub(crate) struct Admission {
    clients: Arc<Clients>,
    client: Client,
    /// Why it is not served, if so.
    pub(crate) full: Option<Full>,
    _alive: mpsc::Sender<()>,
}

impl Admission {
    /// Counts a request.
    ///
    /// # Errors
    /// The client has asked for too much, and may ask again after this time.
    pub(crate) fn take(&self) -> Result<(), Duration> {
        self.bucket(|bucket, rate, now| bucket.take(rate, now))
    }

    /// Counts a message, and says how long it has to wait.
    pub(crate) fn reserve(&self) -> Duration {
        self.bucket(|bucket, rate, now| bucket.reserve(rate, now))
    }

    fn bucket<T>(&self, change: impl FnOnce(&mut Bucket, Rate, Duration) -> T) -> T {
        let mut state = self.clients.lock();
        let entry = state.clients.entry(self.client).or_default();
        change(&mut entry.bucket, self.clients.rate, self.clients.now())
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        let mut state = self.clients.lock();
        if self.full.is_some() {
            state.refused = state.refused.saturating_sub(1);
            return;
        }
        state.connections = state.connections.saturating_sub(1);
        if let Some(entry) = state.clients.get_mut(&self.client) {
            entry.connections = entry.connections.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    fn clients(most: usize, most_each: usize) -> Arc<Clients> {
        let one = NonZeroU32::MIN;
        Arc::new(Clients::new(most, most_each, Rate { per_second: one, burst: one }))
    }

    fn admit(clients: &Arc<Clients>, address: &str) -> Option<Arc<Admission>> {
        clients.admit(address.parse().unwrap(), mpsc::channel(1).0)
    }

    #[tokio::test]
    async fn connections_are_counted_in_all_and_for_each() {
        let clients = clients(3, 2);
        let admit = |address| admit(&clients, address);
        let (first, second) = (admit("10.0.0.1").unwrap(), admit("10.0.0.1").unwrap());
        assert_eq!((first.full, second.full), (None, None));
        // Written as an address of IPv6, it is the same.
        let third = admit("::ffff:10.0.0.1").unwrap();
        assert_eq!(third.full, Some(Full::One));
        let other = admit("10.0.0.2").unwrap();
        assert_eq!(other.full, None);
        let late = admit("10.0.0.3").unwrap();
        assert_eq!(late.full, Some(Full::All));
        // As many are told so as are served, and no more.
        let last = admit("10.0.0.4").unwrap();
        assert!(admit("10.0.0.5").is_none());
        drop((second, third, late, last));
        assert_eq!(admit("10.0.0.1").unwrap().full, None);
        drop((first, other));
        let state = clients.lock();
        assert_eq!((state.connections, state.refused), (0, 0));
    }

    #[tokio::test]
    async fn a_network_of_ipv6_is_one_client() {
        let clients = clients(9, 1);
        let admit = |address| admit(&clients, address).unwrap();
        let first = admit("2001:db8:0:1::1");
        assert_eq!(admit("2001:db8:0:1:ffff::2").full, Some(Full::One));
        assert_eq!(admit("2001:db8:0:2::1").full, None);
        drop(first);
    }

    #[tokio::test]
    async fn who_comes_again_has_not_more_to_ask_for() {
        let clients = clients(9, 9);
        let first = admit(&clients, "10.0.0.1").unwrap();
        assert_eq!(first.take(), Ok(()));
        drop(first);
        assert!(admit(&clients, "10.0.0.1").unwrap().take().is_err());
        assert_eq!(admit(&clients, "10.0.0.2").unwrap().take(), Ok(()));
    }

    #[tokio::test]
    async fn those_that_have_gone_are_forgotten() {
        let clients = clients(9, 9);
        let stays = admit(&clients, "10.0.0.1").unwrap();
        for number in 0..5_000u32 {
            let address = Ipv6Addr::from(u128::from(number) << 64);
            drop(clients.admit(address.into(), mpsc::channel(1).0));
        }
        let state = clients.lock();
        assert!(state.clients.len() <= REMEMBERED, "{}", state.clients.len());
        assert_eq!(state.clients[&stays.client].connections, 1);
        drop(state);
    }
}
