//! Bid files: what an application asks for, in YAML.
//!
//! A bid file names a workload (a Kubernetes manifest, relative to the bid file) and says what it may cost, for how
//! long it shall run and how its operator is chosen. Times in `window` count from the moment the bid is placed.
//!
//! The method is one of three:
//!
//! - `race: {ramp: 8m}`: whoever comes first, while the price rises from floor to ceiling over the ramp (at once
//!   without one);
//! - `reputation: {head_start: 6m, ramp: 0s}`: a race in which the worst record waits so much longer than the best;
//! - `auction: {price: 0.25, fit: 0.15, reputation: 0.6}`: the best offer under these weights.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use demeter_core::{
    Amount, Count, Label, Labels, Method, Need, Ppm, PriceRange, Quantity, RangeError, Request, ResourceName,
    Span, Term, TermsError, Time, Window,
};
use demeter_kube::{QuantityError, ReadError, Unit, Workload, parse_quantity};
use serde::Deserialize;

use crate::units::{Ada, Duration, Weight};

/// What a bid file says, with its workload read.
#[derive(Clone, Debug)]
pub struct BidFile {
    /// Where it is.
    pub path: PathBuf,
    /// What to call the bid: the file's name without its ending.
    pub name: String,
    /// What shall run.
    pub workload: Workload,
    /// What it needs, and where.
    pub request: Request,
    /// What it may cost, for one period.
    pub price: PriceRange,
    /// How long it runs.
    pub term: Term,
    /// What the operator puts at stake.
    pub bond: Amount,
    /// How the operator is chosen.
    pub method: Method,
    window: WindowText,
}

/// A bid file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BidFileError {
    /// It cannot be read.
    #[error("{}: {source}", path.display())]
    File {
        /// The bid file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// It is no text.
    #[error("{}: the file: not UTF-8", path.display())]
    NotText {
        /// The bid file.
        path: PathBuf,
    },
    /// It is not the YAML that a bid file is.
    #[error("{}: {field}: {fault}", path.display())]
    Yaml {
        /// The bid file.
        path: PathBuf,
        /// The path to the field, as in `price.floor`.
        field: String,
        /// Where it is, and what is wrong.
        fault: String,
    },
    /// What it says cannot be the terms of a bid.
    #[error("{}: {field}: {fault}", path.display())]
    Terms {
        /// The bid file.
        path: PathBuf,
        /// The path to the field, as in `price.floor`.
        field: &'static str,
        /// What is wrong.
        fault: String,
    },
    /// Its workload cannot be read.
    #[error("{}: workload: {source}", path.display())]
    Workload {
        /// The bid file.
        path: PathBuf,
        /// What is wrong with the manifest.
        source: ReadError,
    },
    /// A preferred amount is not a quantity.
    #[error("{}: prefer.{name}: {source}", path.display())]
    Quantity {
        /// The bid file.
        path: PathBuf,
        /// The resource.
        name: String,
        /// What is wrong.
        source: QuantityError,
    },
    /// Nothing counts.
    #[error("{}: method.auction: one of the weights price, fit and reputation is above 0", path.display())]
    NoWeights {
        /// The bid file.
        path: PathBuf,
    },
    /// The record would not count.
    #[error("{}: method.reputation.head_start: longer than 0, or the method is a race", path.display())]
    NoHeadStart {
        /// The bid file.
        path: PathBuf,
    },
    /// Less is preferred than the workload asks for.
    #[error("{}: prefer.{name}: {preferred} is less than the {required} that the workload asks for", path.display())]
    PreferredTooLittle {
        /// The bid file.
        path: PathBuf,
        /// The resource.
        name: String,
        /// What is preferred, in the resource's unit.
        preferred: Quantity,
        /// What is required, in the resource's unit.
        required: Quantity,
    },
    /// Something is preferred that the workload does not ask for.
    #[error("{}: prefer.{name}: the workload asks for no {name}", path.display())]
    NotNeeded {
        /// The bid file.
        path: PathBuf,
        /// The resource.
        name: String,
    },
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BidText {
    workload: PathBuf,
    price: PriceText,
    term: TermText,
    bond: Ada,
    window: WindowText,
    method: MethodText,
    #[serde(default)]
    prefer: BTreeMap<String, String>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    #[serde(default)]
    endorsed: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PriceText {
    floor: Ada,
    ceiling: Ada,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TermText {
    period: Duration,
    periods: Count,
    grace: Duration,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WindowText {
    opens: Duration,
    closes: Duration,
    settles: Duration,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "lowercase")]
enum MethodText {
    /// All may come at once.
    Race(RaceText),
    /// A race in which better records start earlier.
    Reputation(ReputationText),
    /// The best offer wins.
    Auction(AuctionText),
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RaceText {
    /// In which time the price rises from floor to ceiling: at once if it is not given.
    #[serde(default)]
    ramp: Duration,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReputationText {
    /// How much longer the worst record waits than the best.
    head_start: Duration,
    #[serde(default)]
    ramp: Duration,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AuctionText {
    #[serde(default)]
    price: Weight,
    #[serde(default)]
    fit: Weight,
    #[serde(default)]
    reputation: Weight,
}

impl BidFile {
    /// Reads a bid file and the workload that it names.
    ///
    /// # Errors
    /// A file cannot be read or says something it must not: one line names file, field and fault.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, BidFileError> {
        let path = path.as_ref();
        let bytes =
            std::fs::read(path).map_err(|source| BidFileError::File { path: path.to_owned(), source })?;
        let text = String::from_utf8(bytes).map_err(|_| BidFileError::NotText { path: path.to_owned() })?;
        let BidText { workload, price, term, bond, window, method, prefer, labels, endorsed } =
            parse(path, &text)?;
        let beside = path.parent().unwrap_or(Path::new("."));
        let workload = Workload::read(beside.join(workload))
            .map_err(|source| BidFileError::Workload { path: path.to_owned(), source })?;
        let needs = needs(path, &workload, &prefer)?;
        let method = method_of(path, method)?;
        Ok(Self {
            path: path.to_owned(),
            name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            workload,
            request: Request { needs, labels: labels_of(&labels), endorsed: labels_of(&endorsed) },
            price: PriceRange { floor: price.floor.0, ceiling: price.ceiling.0 },
            term: Term { period: term.period.0, periods: term.periods, grace: term.grace.0 },
            bond: bond.0,
            method,
            window,
        })
    }

    /// The window, when the bid is placed at this time.
    ///
    /// # Errors
    /// A time would be out of range.
    pub fn window(&self, placed: Time) -> Result<Window, RangeError> {
        Ok(Window {
            opens: placed.after(self.window.opens.0)?,
            closes: placed.after(self.window.closes.0)?,
            settles: placed.after(self.window.settles.0)?,
        })
    }

    /// Why the bid cannot be made, in the words of the file: its times count from the moment the bid is placed.
    pub fn refused(&self, error: &TermsError) -> BidFileError {
        let WindowText { opens, closes, settles } = self.window;
        let (field, fault) = match error {
            TermsError::Price { .. } => ("price", error.to_string()),
            TermsError::Escrow => ("price.ceiling", error.to_string()),
            TermsError::Period { .. } => ("term.period", error.to_string()),
            TermsError::Periods => ("term.periods", error.to_string()),
            TermsError::Term { .. } => ("term", error.to_string()),
            TermsError::Bond { .. } => ("bond", error.to_string()),
            TermsError::Opens { .. } => (
                "window.closes",
                format!("closes after {closes}, which is not later than it opens, after {opens}"),
            ),
            TermsError::Settling { limit, .. } => {
                let limit = Duration(*limit);
                (
                    "window.settles",
                    format!(
                        "at least {limit} lie between closing after {closes} and settling after {settles}"
                    ),
                )
            }
            TermsError::Window { limit, .. } => {
                let limit = Duration(*limit);
                (
                    "window.settles",
                    format!("at most {limit} lie between opening after {opens} and settling after {settles}"),
                )
            }
            TermsError::Weight { .. } => ("method.auction", error.to_string()),
            TermsError::Needs { .. } | TermsError::NeededTwice { .. } => ("workload", error.to_string()),
            _ => ("the file", error.to_string()),
        };
        BidFileError::Terms { path: self.path.clone(), field, fault }
    }
}

fn parse(path: &Path, text: &str) -> Result<BidText, BidFileError> {
    let mut field = String::from("the file");
    let parsed = serde_saphyr::with_deserializer_from_str(text, |deserializer| {
        serde_path_to_error::deserialize::<_, BidText>(deserializer).map_err(|error| {
            // A segment that it cannot name is written as `?`.
            let path = error.path().to_string();
            let named = path.trim_end_matches(['.', '?']);
            if !named.is_empty() {
                field = named.to_owned();
            }
            error.into_inner()
        })
    });
    parsed.map_err(|error| BidFileError::Yaml {
        path: path.to_owned(),
        field,
        // The first line says it all; the rest quotes the file.
        fault: plain(error.to_string().lines().next().unwrap_or_default()),
    })
}

/// What the parser says, without what concerns only programmers.
fn plain(fault: &str) -> String {
    let fault = fault.trim_start_matches("error: ");
    let fault = fault.split_once(", set DuplicateKeyPolicy").map_or(fault, |(fault, _)| fault);
    fault.replace("invalid u64", "not a whole number")
}

fn needs(
    path: &Path,
    workload: &Workload,
    prefer: &BTreeMap<String, String>,
) -> Result<Vec<Need>, BidFileError> {
    let mut preferred = BTreeMap::new();
    for (name, text) in prefer {
        let resource = ResourceName::from(name.as_str());
        if !workload.needs.contains_key(&resource) {
            return Err(BidFileError::NotNeeded { path: path.to_owned(), name: name.clone() });
        }
        let quantity = parse_quantity(text, Unit::of(name)).map_err(|source| BidFileError::Quantity {
            path: path.to_owned(),
            name: name.clone(),
            source,
        })?;
        let required = workload.needs.get(&resource).copied().unwrap_or_default();
        if quantity < required {
            let (path, name) = (path.to_owned(), name.clone());
            return Err(BidFileError::PreferredTooLittle { path, name, preferred: quantity, required });
        }
        preferred.insert(resource, quantity);
    }
    let need = |(name, required): (&ResourceName, &Quantity)| Need {
        name: name.clone(),
        required: *required,
        preferred: preferred.get(name).copied().unwrap_or(*required),
    };
    Ok(workload.needs.iter().map(need).collect())
}

fn method_of(path: &Path, method: MethodText) -> Result<Method, BidFileError> {
    match method {
        MethodText::Race(RaceText { ramp }) => Ok(Method::race(ramp.0)),
        MethodText::Reputation(ReputationText { head_start, ramp }) => {
            if head_start.0 == Span::ZERO {
                return Err(BidFileError::NoHeadStart { path: path.to_owned() });
            }
            Ok(Method::reputation(head_start.0, ramp.0))
        }
        MethodText::Auction(AuctionText { price, fit, reputation }) => {
            if [price, fit, reputation].iter().all(|weight| weight.0 == Ppm::ZERO) {
                return Err(BidFileError::NoWeights { path: path.to_owned() });
            }
            Ok(Method::auction(price.0, fit.0, reputation.0))
        }
    }
}

fn labels_of(labels: &BTreeMap<String, String>) -> Labels {
    labels.iter().map(|(key, value)| Label::new(key.as_str(), value.as_str())).collect()
}
