//! The server of a run: in this process, or one that can be killed.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use demeter_head::{ServeError, ServerOptions, serve};
use demeter_tx::UtxoSet;
use demeter_tx::head::{EmbeddedHead, HeadOptions};
use demeter_tx::hydra::UtxoJson;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::ground::{GENESIS, Ground};
use crate::make::time;

/// `demeter-head` with a head on disk, as a process that can be killed and started again; killed when it is dropped.
#[derive(Debug)]
pub struct Program {
    program: PathBuf,
    folder: TempDir,
    child: Option<Child>,
    /// Where it serves.
    pub address: SocketAddr,
}

impl Program {
    /// Starts it with a new head that holds these outputs. The program must run `demeter-head` when its first argument
    /// is `--serve`.
    ///
    /// # Panics
    /// It cannot be started.
    pub fn start(program: &Path, opening: &UtxoSet) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let utxo = serde_json::to_string(&UtxoJson::from(opening)).unwrap();
        std::fs::write(folder.path().join("utxo.json"), utxo).unwrap();
        std::fs::write(folder.path().join("genesis.json"), GENESIS).unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut started = Self { program: program.to_owned(), folder, child: None, address };
        started.begin();
        started
    }

    /// Kills it as `kill -9` does, and starts it again in the same folder, at the same port unless another has it now.
    ///
    /// # Panics
    /// It cannot be started.
    pub fn restart(&mut self) {
        self.kill();
        self.begin();
    }

    fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    fn begin(&mut self) {
        for port in [self.address.port(), 0] {
            let path = |name: &str| self.folder.path().join(name);
            let mut child = Command::new(&self.program)
                .args(["--serve", "--clock", "virtual", "--api-port", &port.to_string()])
                .arg("--initial-utxo")
                .arg(path("utxo.json"))
                .arg("--ledger-genesis")
                .arg(path("genesis.json"))
                .arg("--persistence-dir")
                .arg(path("kept"))
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let mut line = String::new();
            BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
            if let Some((_, address)) = line.trim().rsplit_once("http://") {
                self.address = address.parse().unwrap();
                self.child = Some(child);
                return;
            }
            // It has said on standard error why not.
            child.wait().unwrap();
        }
        panic!("the server does not start");
    }

    /// Kills it, and opens what it leaves.
    ///
    /// # Panics
    /// What it leaves is no head.
    pub fn leave(mut self) -> EmbeddedHead {
        self.kill();
        let path = self.folder.path().join("kept/demeter.head");
        EmbeddedHead::open_at(path, &HeadOptions::default()).unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A server in this process.
#[derive(Debug)]
pub(super) struct Served {
    head: EmbeddedHead,
    pub(super) address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), ServeError>>,
}

impl Served {
    pub(super) async fn start(ground: &Ground) -> Self {
        let start = time(super::ground::START);
        let head = EmbeddedHead::open(ground.settings.clone(), ground.opening(), start).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let shutdown = async { drop(stopped.await) };
        let task = tokio::spawn(serve(head.clone(), ServerOptions::default(), listener, shutdown));
        Self { head, address, stop, task }
    }

    async fn leave(self) -> EmbeddedHead {
        drop(self.stop);
        self.task.await.unwrap().unwrap();
        self.head
    }
}

/// The server of a run.
#[derive(Debug)]
pub(super) enum Server {
    Here(Served),
    There(Program),
}

impl Server {
    pub(super) const fn address(&self) -> SocketAddr {
        match self {
            Self::Here(served) => served.address,
            Self::There(program) => program.address,
        }
    }

    /// Ends it, and gives its head.
    pub(super) async fn leave(self) -> EmbeddedHead {
        match self {
            Self::Here(served) => served.leave().await,
            Self::There(program) => program.leave(),
        }
    }
}
