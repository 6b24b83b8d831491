//! Whole histories: drawn from a seed, or given.

use super::choice::Choice;
use super::exits;
use super::fault::Fault;
use super::ground::Ground;
use super::tally::Tally;
use super::violation::Violation;
use super::walk::Walk;
use crate::drt::Dice;

/// How a history is played.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// After how many steps it is seen, on copies, that each party alone gets out what is its own; never, if none.
    pub exits_every: Option<u64>,
    /// What is wrong with the books.
    pub fault: Option<Fault>,
}

impl Rules {
    /// All is checked, and nothing is wrong.
    pub const WHOLE: Self = Self { exits_every: Some(50), fault: None };
}

/// A history: choices, and on which ground they are made.
#[derive(Clone, Debug)]
pub struct History {
    /// Whether the grid settles in a token, and not in ada.
    pub settles_in_tokens: bool,
    /// The choices that meant something when they were drawn.
    pub choices: Vec<Choice>,
}

/// A history in which a promise was broken.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The history, up to there.
    pub history: History,
    /// What was broken.
    pub violation: Violation,
}

/// Draws a history of so many steps and plays it; at the end everybody leaves.
///
/// # Errors
/// A promise was broken.
pub fn drawn(seed: u64, steps: u64, rules: Rules) -> Result<Tally, Box<Failure>> {
    let mut dice = Dice::new(seed);
    let settles_in_tokens = seed.is_multiple_of(2);
    let mut history = History { settles_in_tokens, choices: Vec::new() };
    let mut walk = Walk::new(Ground::open(settles_in_tokens), rules.fault);
    while walk.tally.steps < steps {
        let choice = Choice::draw(&mut dice);
        history.choices.push(choice);
        match taken(&mut walk, &choice, rules) {
            Ok(said) if said.is_empty() => drop(history.choices.pop()),
            Ok(_) => {}
            Err(violation) => return Err(Box::new(Failure { history, violation })),
        }
    }
    match ended(&mut walk, rules) {
        Ok(()) => Ok(walk.tally),
        Err(violation) => Err(Box::new(Failure { history, violation })),
    }
}

/// Plays given choices on a ground; at the end everybody leaves. What happens in each step, and at the end, is told to
/// `see`.
///
/// # Errors
/// A promise was broken, in the choice of this position or, behind the last, at the end.
pub fn replayed(
    ground: &Ground,
    choices: &[Choice],
    rules: Rules,
    mut see: impl FnMut(&[String]),
) -> Result<Tally, (usize, Violation)> {
    let mut walk = Walk::new(ground.fork(), rules.fault);
    for (position, choice) in choices.iter().enumerate() {
        let taken = taken(&mut walk, choice, rules);
        see(walk.said());
        taken.map_err(|violation| (position, violation))?;
    }
    walk.begin();
    let ended = ended(&mut walk, rules);
    see(walk.said());
    ended.map_err(|violation| (choices.len(), violation))?;
    Ok(walk.tally)
}

fn taken(walk: &mut Walk, choice: &Choice, rules: Rules) -> Result<Vec<String>, Violation> {
    let said = walk.step(choice)?;
    let due = |every| walk.tally.steps.is_multiple_of(every);
    if !said.is_empty() && rules.exits_every.is_some_and(due) {
        exits::each_alone(walk)?;
    }
    Ok(said)
}

fn ended(walk: &mut Walk, rules: Rules) -> Result<(), Violation> {
    if rules.exits_every.is_some() {
        exits::each_alone(walk)?;
    }
    exits::everybody(walk)
}
