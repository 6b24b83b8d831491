//! Makes a failing history short: choices that it does not take are left out, numbers made small.

use super::choice::Choice;
use super::ground::Ground;
use super::run::{Failure, Rules, replayed};
use super::violation::{Promise, Violation};

/// A failing history, as short as it was made.
#[derive(Clone, Debug)]
pub struct Shrunk {
    /// What is left of it.
    pub choices: Vec<Choice>,
    /// What is broken.
    pub violation: Violation,
    /// What happens in it, line by line.
    pub story: Vec<String>,
    /// How many histories were tried.
    pub tried: usize,
}

/// One of a choice's numbers.
#[derive(Clone, Copy)]
enum Part {
    Actor,
    Object,
    Manner,
}

impl Part {
    fn lowered(self, choice: Choice, less: fn(u32) -> u32) -> Choice {
        match self {
            Self::Actor => Choice { actor: less(choice.actor), ..choice },
            Self::Object => Choice { object: less(choice.object), ..choice },
            Self::Manner => Choice { manner: less(choice.manner), ..choice },
        }
    }
}

struct Search {
    ground: Ground,
    rules: Rules,
    promise: Promise,
    tried: usize,
    best: (Vec<Choice>, Violation),
}

/// Shrinks a failing history: the same promise stays broken.
///
/// Chunks of choices are left out, first halves, then quarters and so on down to single choices, as long as that
/// helps; then each number is lowered.
pub fn shrink(failure: &Failure, rules: Rules) -> Shrunk {
    let Failure { history, violation } = failure;
    let mut search = Search {
        ground: Ground::open(history.settles_in_tokens),
        rules,
        promise: violation.promise,
        tried: 0,
        best: (history.choices.clone(), violation.clone()),
    };
    loop {
        let before = search.best.0.clone();
        search.leave_out();
        search.lower();
        if search.best.0 == before {
            break;
        }
    }
    let (choices, violation) = search.best;
    let mut story = Vec::new();
    // It is known to fail; what is wanted is the story.
    let _ = replayed(&search.ground, &choices, rules, |said| story.extend_from_slice(said));
    Shrunk { choices, violation, story, tried: search.tried }
}

impl Search {
    /// Keeps a history if it fails alike; of one that fails early, what comes after is left out.
    fn keeps(&mut self, mut choices: Vec<Choice>) -> bool {
        self.tried += 1;
        match replayed(&self.ground, &choices, self.rules, |_| {}) {
            Err((position, violation)) if violation.promise == self.promise => {
                choices.truncate(position + 1);
                self.best = (choices, violation);
                true
            }
            _ => false,
        }
    }

    fn leave_out(&mut self) {
        let mut size = self.best.0.len().div_ceil(2);
        while size > 0 {
            // From the end: what comes late depends on what came early, and seldom the other way round.
            let mut end = self.best.0.len();
            while end > 0 {
                let start = end.saturating_sub(size);
                let choices = self.best.0.iter().enumerate();
                let rest = choices.filter(|(at, _)| !(start..end).contains(at)).map(|(_, choice)| *choice);
                self.keeps(rest.collect());
                end = start.min(self.best.0.len());
            }
            size /= 2;
        }
    }

    fn lower(&mut self) {
        for position in 0.. {
            let Some(choice) = self.best.0.get(position).copied() else { return };
            let zero = Choice { actor: 0, object: 0, manner: 0, ..choice };
            let whole = [zero, Choice { manner: 0, ..choice }, Choice { actor: 0, object: 0, ..choice }];
            for lower in whole {
                self.keeps_instead(position, lower);
            }
            for less in
                [|number| number % 8, |number| number / 2, |number| number / 10, |number| number / 100]
            {
                let less: fn(u32) -> u32 = less;
                for part in [Part::Manner, Part::Object, Part::Actor] {
                    let Some(now) = self.best.0.get(position).copied() else { return };
                    self.keeps_instead(position, part.lowered(now, less));
                }
            }
        }
    }

    fn keeps_instead(&mut self, position: usize, choice: Choice) {
        let mut choices = self.best.0.clone();
        match choices.get_mut(position) {
            Some(old) if *old != choice => *old = choice,
            _ => return,
        }
        self.keeps(choices);
    }
}
