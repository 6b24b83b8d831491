//! The running program, and the thread that talks with it.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// The longest line that is read: a program that writes on without an end is cut off.
const LONGEST_LINE: u64 = 64 * 1024;

/// A program and the line to it. Dropped, it is killed.
#[derive(Debug)]
pub(super) struct Program {
    child: Child,
    questions: UnboundedSender<String>,
    answers: UnboundedReceiver<String>,
}

/// The program says no more.
#[derive(Clone, Copy, Debug)]
pub(super) struct Silence;

impl Program {
    /// Starts a program.
    pub(super) fn start(program: &OsString, arguments: &[OsString]) -> io::Result<Self> {
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (questions, asked) = unbounded_channel();
        let (answered, answers) = unbounded_channel();
        let running = Self { child, questions, answers };
        let (input, output) = pipes.ok_or_else(|| io::Error::other("it has no pipes"))?;
        // NOTE: nobody waits for this thread. Killing the program ends it, unless something that the program started
        // holds its output open, and then it ends with that.
        thread::Builder::new()
            .name("demeter-pricing".to_owned())
            .spawn(move || talk(input, output, asked, &answered))?;
        Ok(running)
    }

    /// Sends a line, and waits for one.
    pub(super) async fn exchange(&mut self, line: String) -> Result<String, Silence> {
        self.questions.send(line).map_err(|_| Silence)?;
        self.answers.recv().await.ok_or(Silence)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may be dead already; either way it is waited for, so that no zombie is left.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn talk(
    mut input: ChildStdin,
    output: ChildStdout,
    mut asked: UnboundedReceiver<String>,
    answered: &UnboundedSender<String>,
) {
    let mut output = BufReader::new(output);
    while let Some(mut question) = asked.blocking_recv() {
        question.push('\n');
        if input.write_all(question.as_bytes()).and_then(|()| input.flush()).is_err() {
            return;
        }
        let mut line = Vec::new();
        match output.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line) {
            Ok(read) if read > 0 => {}
            _ => return,
        }
        if answered.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
            return;
        }
    }
}
