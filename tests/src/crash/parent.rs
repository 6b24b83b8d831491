//! The process that kills, and looks at what is left.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use demeter_tx::head::{EmbeddedHead, Head as _, OpenError};
use futures_util::FutureExt as _;
use serde::Serialize;

use super::model::Model;
use super::{Policy, Script};
use crate::drt::Dice;

/// How many steps the history behind a script has.
const STEPS: u64 = 60;
/// The most acknowledgements that are awaited before a kill.
const PATIENCE: u64 = 12;
/// The most microseconds from the last of them to the kill: longer than a commit takes. Where none is awaited it is
/// longer than it takes to open the head, so that some are killed while they do.
const DELAY: u64 = 20_000;
const OPENING: u64 = 60_000;

/// Many kills.
#[derive(Clone, Copy, Debug)]
pub struct Campaign {
    /// How many.
    pub kills: u64,
    /// What they and the script follow from.
    pub seed: u64,
}

/// What many kills came to.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Findings {
    /// What they followed from.
    pub seed: u64,
    /// How often a process was killed.
    pub kills: u64,
    /// How often, by how its transactions were stored.
    pub by_policy: BTreeMap<String, u64>,
    /// Kills before the head was whole, which left a file that says so.
    pub unfinished: u64,
    /// How many transactions were acknowledged.
    pub acknowledged: u64,
    /// Those that were there beyond them: stored, but the process was killed before it could say so.
    pub unacknowledged: u64,
    /// Those acknowledged, and not there.
    pub lost: u64,
    /// Heads that hold half of something, or cannot be opened.
    pub torn: u64,
    /// Heads that two processes had open at a time.
    pub shared: u64,
    /// What was lost or torn, in words.
    pub faults: Vec<String>,
}

impl Campaign {
    /// Runs it, with `program` as the child.
    ///
    /// # Panics
    /// The child cannot be started, or there is no room for files.
    pub fn run(self, program: &Path) -> Findings {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let script = Script::draw(self.seed, STEPS);
        script.save(&folder.join("script"));
        let mut findings = Findings { seed: self.seed, ..Findings::default() };
        let mut dice = Dice::new(self.seed);
        while findings.kills < self.kills {
            let mut round = Round::new(program, folder, &script);
            while findings.kills < self.kills && round.kill(&mut dice, &mut findings) {}
        }
        findings
    }
}

/// One head, from its creation to the end of the script.
struct Round<'s> {
    program: &'s Path,
    script_path: PathBuf,
    head_path: PathBuf,
    script: &'s Script,
    model: Model<'s>,
    /// The transactions that were acknowledged since the last kill.
    acknowledged: Vec<usize>,
    /// Whether the head was ever whole.
    began: bool,
}

impl<'s> Round<'s> {
    fn new(program: &'s Path, folder: &Path, script: &'s Script) -> Self {
        let head_path = folder.join("head");
        if head_path.exists() {
            fs::remove_file(&head_path).unwrap();
        }
        let script_path = folder.join("script");
        let model = Model::new(script);
        Self { program, script_path, head_path, script, model, acknowledged: Vec::new(), began: false }
    }

    /// Lets a child work and kills it. Returns whether there is more to do.
    fn kill(&mut self, dice: &mut Dice, findings: &mut Findings) -> bool {
        let policy = dice.of(&Policy::ALL);
        // Every second head is killed before it has said anything, perhaps before it is whole.
        let is_early = !self.began && dice.once_in(2);
        let patience = if is_early { 0 } else { dice.between(0, PATIENCE) };
        let longest = if patience == 0 { OPENING } else { DELAY };
        let delay = Duration::from_micros(dice.between(0, longest));
        let mut child = Command::new(self.program)
            .args(["--work", &policy.to_string()])
            .args([&self.script_path, &self.head_path])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let ended = self.listen(&mut child, patience, delay, findings);
        if !ended {
            findings.kills += 1;
            *findings.by_policy.entry(policy.to_string()).or_default() += 1;
        }
        self.look(findings) && !ended
    }

    /// Hears so many acknowledgements, kills, and hears what was said until then. Returns whether the child came to
    /// its end before that.
    fn listen(&mut self, child: &mut Child, patience: u64, delay: Duration, findings: &mut Findings) -> bool {
        let mut heard = BufReader::new(child.stdout.take().unwrap());
        let mut text = String::new();
        let enough = (0..patience).all(|_| heard.read_line(&mut text).unwrap() > 0);
        if patience > 0 && enough {
            // One that has just come to its end refuses nobody.
            let is_shared = !self.is_refused() && child.try_wait().unwrap().is_none();
            findings.shared += u64::from(is_shared);
        }
        let start = Instant::now();
        while start.elapsed() < delay {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        heard.read_to_string(&mut text).unwrap();
        let status = child.wait().unwrap();
        self.acknowledged.extend(text.lines().map(|line| line.parse::<usize>().unwrap()));
        let by_itself = status.code().is_some();
        assert!(!by_itself || status.success(), "the child failed by itself: {status}");
        assert!(enough || by_itself, "the child fell silent");
        by_itself
    }

    /// Whether a second process is refused.
    fn is_refused(&self) -> bool {
        let second = EmbeddedHead::open_at(&self.head_path, &Policy::Grouped.options());
        matches!(second, Err(OpenError::InUse { .. }))
    }

    /// Opens what is left, and looks for what was acknowledged. Returns whether there is more to do.
    fn look(&mut self, findings: &mut Findings) -> bool {
        let head = match EmbeddedHead::open_at(&self.head_path, &Policy::Grouped.options()) {
            Ok(head) => head,
            Err(error) => {
                self.refused(&error, findings);
                return false;
            }
        };
        self.began = true;
        let before = self.model.applied();
        let (count, torn) = self.model.compare(&head);
        let fresh = count.saturating_sub(before).saturating_sub(self.acknowledged.len());
        findings.unacknowledged += fresh as u64;
        if !torn.is_empty() {
            findings.torn += 1;
            findings.faults.push(format!("after {} kills: {}", findings.kills, torn.join(", ")));
        }
        for position in self.acknowledged.drain(..) {
            findings.acknowledged += 1;
            let id = self.script.transactions[position].1.id();
            let number = head.confirm(id).now_or_never().and_then(Result::ok);
            if number.map(|number| number.to_number()) != Some(position as u64 + 1) {
                findings.lost += 1;
                findings
                    .faults
                    .push(format!("after {} kills: transaction {position} is lost", findings.kills));
            }
        }
        torn.is_empty() && count < self.script.transactions.len()
    }

    /// The head cannot be opened: that is right only as long as it was not whole.
    fn refused(&mut self, error: &OpenError, findings: &mut Findings) {
        let acknowledged = self.acknowledged.drain(..).count() as u64;
        findings.acknowledged += acknowledged;
        findings.lost += acknowledged;
        let began = self.began;
        let never_there = match error {
            OpenError::Unfinished { .. } => true,
            OpenError::File { .. } => !self.head_path.exists(),
            _ => false,
        };
        if never_there && !began && acknowledged == 0 {
            findings.unfinished += 1;
        } else {
            findings.torn += 1;
            findings.faults.push(format!("after {} kills: {error}", findings.kills));
        }
    }
}
