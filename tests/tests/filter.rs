//! The entities' filter over real sockets, with `demeter-head` behind it, or a node that only notes what it is told.

#[cfg(test)]
#[path = "filter/fixture.rs"]
mod fixture;
#[cfg(test)]
#[expect(dead_code, reason = "the server's own tests use more of it")]
#[path = "server/harness.rs"]
mod harness;
#[cfg(test)]
#[path = "filter/node.rs"]
mod node;
#[cfg(test)]
#[path = "server/valid.rs"]
mod valid;

#[cfg(test)]
#[path = "filter/decommits.rs"]
mod decommits;
#[cfg(test)]
#[path = "filter/deposits.rs"]
mod deposits;
#[cfg(test)]
#[path = "filter/limits.rs"]
mod limits;
#[cfg(test)]
#[path = "filter/passed.rs"]
mod passed;
#[cfg(test)]
#[path = "filter/program.rs"]
mod program;
#[cfg(test)]
#[path = "filter/refused.rs"]
mod refused;
#[cfg(test)]
#[path = "filter/upstream.rs"]
mod upstream;
