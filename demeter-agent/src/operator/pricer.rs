//! Where an operator's prices come from.

use std::sync::Arc;

use demeter_core::{Amount, BidName, Ppm, Quantity, Span, Terms, Time};
use demeter_tx::view::GridView;

use super::desk::Desk;
use super::{Generosity, Operator};
use crate::pricing::{Declined, External, Job, Pricing, Quotes};

/// In the head's time, how long a program that gave no answer is left alone.
const REST: Span = match Span::from_seconds(20) {
    Ok(span) => span,
    Err(_) => Span::ZERO,
};

/// Where prices come from: a policy that knows at once, or a program that is asked before.
pub(super) enum Pricer {
    Policy(Arc<dyn Pricing>),
    Program { program: Box<External>, quotes: Quotes },
}

impl Pricing for Pricer {
    fn quote(&self, job: &Job<'_>) -> Result<Amount, Declined> {
        match self {
            Self::Policy(policy) => policy.quote(job),
            Self::Program { quotes, .. } => quotes.quote(job),
        }
    }
}

/// What a program is to be asked.
struct Question {
    bid: BidName,
    terms: Terms,
    resources: Vec<Quantity>,
    utilisation: Ppm,
}

impl Operator {
    /// Asks the program, if there is one, for the prices that the next decision needs: of what is required, and of as
    /// much as could be given.
    pub(super) async fn ask(&mut self, view: &GridView, now: Time) {
        let Pricer::Program { quotes, .. } = &mut self.pricer else { return };
        quotes.retain(|bid| view.bids_named(bid).any(|bid| bid.is_open()));
        let questions = self.questions(view, now);
        let Pricer::Program { program, quotes } = &mut self.pricer else { return };
        for question in questions {
            let Question { bid, terms, resources, utilisation } = &question;
            let job = Job { bid: *bid, terms, resources, utilisation: *utilisation };
            let answer = match program.ask(&job).await {
                Ok(answer) => answer.into_quote(),
                Err(error) => {
                    let again = now.after(REST).unwrap_or(Time::MAX);
                    Err(Declined::Unavailable { reason: Box::new(error), again })
                }
            };
            quotes.insert(question.bid, question.resources, answer);
        }
    }

    fn questions(&self, view: &GridView, now: Time) -> Vec<Question> {
        let Pricer::Program { quotes, .. } = &self.pricer else { return Vec::new() };
        let Ok(desk) = Desk::open(self, view, now) else { return Vec::new() };
        let mut questions = Vec::new();
        for prospect in &desk.biddable.prospects {
            let bid = prospect.bid;
            if self.opening(&desk, prospect).is_err() {
                continue;
            }
            let Ok(place) = self.place(&desk, bid) else { continue };
            let most = self.most(&desk, bid, place);
            let shapes = match self.policy.generosity {
                Generosity::Required => vec![bid.required()],
                Generosity::Most => vec![most],
                Generosity::BestMerit if most == bid.required() => vec![most],
                Generosity::BestMerit => vec![bid.required(), most],
            };
            for resources in shapes {
                if quotes.is_open(bid.name, &resources, now) {
                    let utilisation = self.job(&desk, bid, place, &resources).utilisation;
                    let terms = bid.terms().clone();
                    questions.push(Question { bid: bid.name, terms, resources, utilisation });
                }
            }
        }
        questions
    }
}
