//! The bids of a run: what is asked for, and what becomes of it.

use std::path::Path;

use demeter_core::limits::BID_RESERVE;
use demeter_core::{Count, Method, Span, Terms, TermsDraft};
use demeter_examples::BidFile;

use crate::cast::Party;
use crate::error::DemoError;
use crate::lease::Course;
use crate::limits;
use crate::report::{BidLine, MethodLine};
use crate::stage::Stage;

/// A bid of the demo.
pub(crate) struct Asked<'a> {
    pub(crate) name: String,
    /// Where it is written, if it is.
    pub(crate) file: Option<&'a Path>,
    pub(crate) application: &'a Party,
    pub(crate) terms: Terms,
    pub(crate) fate: Fate,
}

/// What becomes of a bid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Somebody gets the lease.
    Lease(Course),
    /// Nobody answers, and its application takes it back.
    Nobody,
}

impl<'a> Asked<'a> {
    /// Asks now for what a file says; its nonce tells a bid apart from others with the same terms.
    pub(crate) fn of(
        stage: &Stage,
        file: &'a BidFile,
        name: String,
        nonce: Count,
        application: &'a Party,
        fate: Fate,
    ) -> Result<Self, DemoError> {
        let (_, grid) = stage.grid()?;
        let draft = TermsDraft {
            grid: grid.id,
            nonce,
            application: application.hash(),
            refund: application.address(),
            asset: grid.asset.clone(),
            fee_ppm: grid.fee_ppm,
            request: file.request.clone(),
            price: file.price,
            term: file.term,
            bond: file.bond,
            window: file.window(stage.now()?)?,
            method: file.method,
            workload: file.workload.hash,
        };
        let terms = Terms::new(draft).map_err(|error| file.refused(&error))?;
        limits::check_purse(file, &terms)?;
        Ok(Self { name, file: Some(&file.path), application, terms, fate })
    }

    /// How a lease on it goes.
    pub(crate) const fn course(&self) -> Course {
        match self.fate {
            Fate::Lease(course) => course,
            Fate::Nobody => Course::COMPLETED,
        }
    }

    /// What the report says of it.
    pub(crate) fn line(&self) -> Result<BidLine, DemoError> {
        let terms = &self.terms;
        Ok(BidLine {
            name: self.name.clone(),
            id: terms.name(),
            needs: terms.request.needs.clone(),
            labels: terms.request.labels.iter().cloned().collect(),
            endorsed: terms.request.endorsed.iter().cloned().collect(),
            price: terms.price,
            term: terms.term,
            bond: terms.bond,
            window: terms.window,
            method: method_line(terms.method),
            funding: terms.escrow()?.checked_add(BID_RESERVE)?,
        })
    }
}

fn method_line(method: Method) -> MethodLine {
    match method {
        Method::Race { head_start: Span::ZERO, ramp } => MethodLine::Race { ramp },
        Method::Race { head_start, ramp } => MethodLine::Reputation { head_start, ramp },
        Method::Auction { price, fit, reputation } => MethodLine::Auction {
            price: price.to_millionths(),
            fit: fit.to_millionths(),
            reputation: reputation.to_millionths(),
        },
    }
}

/// The names with a number behind those that come again.
pub(crate) fn distinct<'n>(names: impl Iterator<Item = &'n str>) -> Vec<String> {
    let mut distinct: Vec<String> = Vec::new();
    for name in names {
        let numbered = (2..).map(|number| format!("{name} {number}"));
        distinct
            .extend(std::iter::once(name.to_owned()).chain(numbered).find(|name| !distinct.contains(name)));
    }
    distinct
}
