//! A program that names prices, one line of JSON at a time.
//!
//! It reads a [`Request`] from its standard input, for example (here in several lines, and with fewer terms)
//!
//! ```json
//! {"id": 7, "bid": "5e0c...", "resources": {"cpu": 2000}, "utilisation": 250000,
//!  "terms": {"price": {"floor": 0, "ceiling": 1000000}, "term": {"period": 3600000, "periods": 4, "grace": 600000}}}
//! ```
//!
//! and writes one line to its standard output: `{"id":7,"price":120000}` with the `id` of the request and a price for
//! one period, or `{"id":7,"decline":"closed on Sundays"}`. It may say what it likes on its standard error, which is
//! ours.
//!
//! A program that dies, takes too long or writes anything else is killed and started again for a later question, after
//! a rest that doubles each time.

mod program;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::time::{Duration, Instant};

use demeter_core::{Amount, BidName, Ppm, Quantity, ResourceName, Terms};
use futures_timer::Delay;
use futures_util::future::{Either, select};
use serde::{Deserialize, Serialize};

use super::{Declined, Job};
use program::{Program, Silence};

/// The longest rest before a program is started again.
const LONGEST_REST: Duration = Duration::from_secs(60);
/// How much of a wrong answer an error repeats.
const EXCERPT: usize = 80;

/// Which program, and how long it may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalOptions {
    /// The program: a path, or a name to be looked for as the shell does.
    pub program: OsString,
    /// What it is called with.
    pub arguments: Vec<OsString>,
    /// How long it may take for an answer, its start included.
    pub deadline: Duration,
    /// How long to wait after a first failure before it is started again; twice as long after each further one, a minute
    /// at most.
    pub rest: Duration,
}

impl ExternalOptions {
    /// A program without arguments, which has two seconds for an answer and rests one after a failure.
    pub fn new(program: impl Into<OsString>) -> Self {
        Self {
            program: program.into(),
            arguments: Vec::new(),
            deadline: Duration::from_secs(2),
            rest: Duration::from_secs(1),
        }
    }

    /// With one more argument.
    #[must_use]
    pub fn argument(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// With this much time for an answer.
    #[must_use]
    pub const fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// With this rest after a failure.
    #[must_use]
    pub const fn rest(mut self, rest: Duration) -> Self {
        self.rest = rest;
        self
    }
}

/// What the program is asked: one line of JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Request {
    /// Tells answers apart.
    pub id: u64,
    /// The name of the bid.
    pub bid: BidName,
    /// What the bid would get.
    pub resources: BTreeMap<ResourceName, Quantity>,
    /// How much of the cluster would be in use with it, in millionths.
    pub utilisation: Ppm,
    /// The terms of the bid, as `demeter-core` writes them.
    pub terms: Terms,
}

impl Request {
    /// The question about a job.
    pub fn new(id: u64, job: &Job<'_>) -> Self {
        let names = job.terms.request.needs.iter().map(|need| need.name.clone());
        Self {
            id,
            bid: job.bid,
            resources: names.zip(job.resources.iter().copied()).collect(),
            utilisation: job.utilisation,
            terms: job.terms.clone(),
        }
    }
}

/// What the program says to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A price for one period.
    Price(Amount),
    /// It does not want the job.
    Decline(String),
}

impl Answer {
    /// The answer as a policy gives it.
    ///
    /// # Errors
    /// It was no price.
    pub fn into_quote(self) -> Result<Amount, Declined> {
        match self {
            Self::Price(price) => Ok(price),
            Self::Decline(reason) => Err(Declined::Refused { reason }),
        }
    }
}

/// A line of answer: one of the two, and nothing else.
#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Price(PriceLine),
    Decline(DeclineLine),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PriceLine {
    id: u64,
    price: Amount,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeclineLine {
    id: u64,
    decline: String,
}

/// The program gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExternalError {
    /// It cannot be started.
    #[error("{program:?} cannot be started: {reason}")]
    Start {
        /// Which program.
        program: OsString,
        /// What the system says.
        reason: String,
    },
    /// It ended, or closed its output, before it answered.
    #[error("{program:?} ended without an answer")]
    Ended {
        /// Which program.
        program: OsString,
    },
    /// It took too long.
    #[error("{program:?} did not answer within {deadline:?}")]
    TimedOut {
        /// Which program.
        program: OsString,
        /// How long it had.
        deadline: Duration,
    },
    /// It wrote something else than an answer.
    #[error("{program:?} is to answer with an id and a price or decline, found {found:?}")]
    Nonsense {
        /// Which program.
        program: OsString,
        /// How its line begins.
        found: String,
    },
    /// It answered another question.
    #[error("{program:?} is to answer request {expected}, found {found}")]
    OtherRequest {
        /// Which program.
        program: OsString,
        /// The id of the question.
        expected: u64,
        /// The id of the answer.
        found: u64,
    },
    /// It failed before, and is not started again yet.
    #[error("{program:?} failed and rests for {rest:?} more")]
    Resting {
        /// Which program.
        program: OsString,
        /// How long.
        rest: Duration,
    },
    /// The question cannot be written.
    #[error("the request cannot be written as JSON: {reason}")]
    Request {
        /// Why.
        reason: String,
    },
}

/// A program that names prices: started when it is first asked, killed when this is dropped.
#[derive(Debug)]
pub struct External {
    options: ExternalOptions,
    running: Option<Program>,
    asked: u64,
    failures: u32,
    rests_until: Option<Instant>,
}

impl External {
    /// A program that is not started yet.
    pub const fn new(options: ExternalOptions) -> Self {
        Self { options, running: None, asked: 0, failures: 0, rests_until: None }
    }

    /// Asks for the price of a job.
    ///
    /// # Errors
    /// The program gave no answer. It is killed then, and started again when it is next asked and has rested.
    pub async fn ask(&mut self, job: &Job<'_>) -> Result<Answer, ExternalError> {
        let id = self.asked;
        self.asked = self.asked.wrapping_add(1);
        let line = serde_json::to_string(&Request::new(id, job))
            .map_err(|error| ExternalError::Request { reason: error.to_string() })?;
        if let Some(rest) = self.rests_until.and_then(|until| until.checked_duration_since(Instant::now())) {
            return Err(ExternalError::Resting { program: self.program(), rest });
        }
        let answer = self.exchange(id, line).await;
        match &answer {
            Ok(_) => self.failures = 0,
            Err(_) => self.fail(),
        }
        answer
    }

    async fn exchange(&mut self, id: u64, line: String) -> Result<Answer, ExternalError> {
        let program = match self.running.take() {
            Some(program) => program,
            None => Program::start(&self.options.program, &self.options.arguments).map_err(|error| {
                ExternalError::Start { program: self.program(), reason: error.to_string() }
            })?,
        };
        // Whatever goes wrong from here on, also that this future is dropped, kills the program.
        let mut program = program;
        let answer = {
            let reply = std::pin::pin!(program.exchange(line));
            match select(reply, Delay::new(self.options.deadline)).await {
                Either::Left((reply, _)) => reply,
                Either::Right(_) => {
                    let deadline = self.options.deadline;
                    return Err(ExternalError::TimedOut { program: self.program(), deadline });
                }
            }
        };
        let line = answer.map_err(|Silence| ExternalError::Ended { program: self.program() })?;
        let (found, answer) = match serde_json::from_str(&line) {
            Ok(Line::Price(PriceLine { id, price })) => (id, Answer::Price(price)),
            Ok(Line::Decline(DeclineLine { id, decline })) => (id, Answer::Decline(decline)),
            Err(_) => {
                let found = line.trim_end().chars().take(EXCERPT).collect();
                return Err(ExternalError::Nonsense { program: self.program(), found });
            }
        };
        if found != id {
            return Err(ExternalError::OtherRequest { program: self.program(), expected: id, found });
        }
        self.running = Some(program);
        Ok(answer)
    }

    fn fail(&mut self) {
        let times = 2u32.saturating_pow(self.failures);
        self.failures = self.failures.saturating_add(1);
        let rest = self.options.rest.saturating_mul(times).min(LONGEST_REST);
        self.rests_until = Instant::now().checked_add(rest);
    }

    fn program(&self) -> OsString {
        self.options.program.clone()
    }
}

#[cfg(test)]
mod tests;
