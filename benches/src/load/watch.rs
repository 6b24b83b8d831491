//! A client of a head that holds many outputs.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::report::{Rate, milliseconds};
use super::{Chains, Crew, Effort, Server, Watched, client};
use crate::Outcome;
use crate::payments::others;

/// With the outputs in every snapshot, which is what a node does unless it is asked not to.
const QUERY: &str = "";
/// Few are enough: each is told with all outputs.
const SHARE: usize = 10;

/// Has a client connect, ask, and pay.
pub(super) async fn measure(effort: &Effort) -> Outcome<Watched> {
    let mut chains = Chains::new(1, effort.payments.div_ceil(SHARE))?;
    let already = chains.opening.len() as u64;
    chains.opening.extend(others(effort.outputs.saturating_sub(already), chains.settings.network)?);
    let (mut greetings, mut snapshots, mut rates) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=effort.rounds {
        let server = Server::start(chains.settings.clone(), chains.opening.clone())?;
        let begun = Instant::now();
        let (socket, text) = client::connect(server.address, QUERY).await?;
        let greeted = (begun.elapsed(), text.len());
        drop(socket);
        let asked = get(server.address, "/snapshot/utxo").await?;
        let mut crew = Crew::asking(server.address, 1, QUERY).await?;
        let rate = crew.send_lanes(&chains.lanes, 1).await?;
        crew.leave().await?;
        server.stop().await?;
        if round > 0 {
            greetings.push(greeted);
            snapshots.push(asked);
            rates.push(rate);
        }
    }
    let shortest = |several: Vec<(Duration, usize)>| several.into_iter().min().ok_or("no round counts");
    let (greeted, greetings_bytes) = shortest(greetings)?;
    let (asked, snapshot_bytes) = shortest(snapshots)?;
    Ok(Watched {
        outputs: chains.opening.len() as u64,
        greetings: milliseconds(greeted),
        greetings_bytes,
        snapshot: milliseconds(asked),
        snapshot_bytes,
        payments: Rate::best(rates).ok_or("no round counts")?,
    })
}

/// How long a request takes on a connection of its own, and how long the body of its answer is.
async fn get(address: SocketAddr, path: &str) -> Outcome<(Duration, usize)> {
    let begun = Instant::now();
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await?;
    let took = begun.elapsed();
    let text = std::str::from_utf8(&bytes)?;
    match text.split_once("\r\n\r\n") {
        Some((head, body)) if head.starts_with("HTTP/1.1 200 ") => Ok((took, body.len())),
        _ => Err(format!("GET {path} was answered with {text:.200}").into()),
    }
}
