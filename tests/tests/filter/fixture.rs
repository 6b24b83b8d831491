//! A filter in this process, and transactions that it should not let through.

use std::net::SocketAddr;

use demeter_core::{Address, AssetName, OutputReference, Value as Holding};
use demeter_head::filter::{FilterError, FilterOptions, serve};
use demeter_tests::make::amount;
use demeter_tx::builder::TransactionBuilder;
use demeter_tx::keys::Signer as _;
use demeter_tx::market::Contract;
use demeter_tx::{NativeRule, NativeScript, Network, Output, OutputDraft, SignedTransaction};
use futures_executor::block_on;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::harness::*;

/// A filter in this process.
pub(crate) struct Filter {
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), FilterError>>,
}

impl Filter {
    pub(crate) async fn start(upstream: SocketAddr) -> Self {
        Self::with(upstream, |options| options).await
    }

    pub(crate) async fn with(
        upstream: SocketAddr,
        change: impl FnOnce(FilterOptions) -> FilterOptions,
    ) -> Self {
        let scripts = Contract::embedded().unwrap().scripts();
        let options = change(FilterOptions::new(upstream.to_string().parse().unwrap(), scripts));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let shutdown = async { drop(stopped.await) };
        Self { address, stop, task: tokio::spawn(serve(options, listener, shutdown)) }
    }

    pub(crate) async fn connect(&self, query: &str) -> Client {
        Client::connect(self.address, query).await
    }

    /// Sends a request, and gives status and body.
    pub(crate) async fn request(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let response = exchange(self.address, method, path, "", body).await;
        (response.status, serde_json::from_str(&response.body).unwrap_or(Value::Null))
    }

    pub(crate) async fn stop(self) {
        drop(self.stop);
        within(self.task).await.unwrap().unwrap();
    }
}

/// Sends something and gives the reason why it is refused, to the sender alone and with what was sent.
pub(crate) async fn refusal(client: &mut Client, input: &str) -> String {
    client.send_text(input).await;
    // Pings come for ever, so they are no sign of an answer.
    let answer = within(client.receive()).await;
    assert_eq!((answer.get("tag"), &answer["input"]), (None, &json!(input)), "{answer}");
    answer["reason"].as_str().unwrap().to_owned()
}

pub(crate) fn decommit(transaction: &SignedTransaction) -> Value {
    json!({ "tag": "Decommit", "decommitTx": envelope(transaction) })
}

/// A valid transaction that mints so many of a token that only the payer can mint, or burns them.
pub(crate) fn minting(number: u64, quantity: i64) -> SignedTransaction {
    let policy = NativeScript::from(NativeRule::Key(payer().key_hash()));
    let built = TransactionBuilder::new(settings(), Address::of_key(payer().key_hash()))
        .spend(purse(number), purses()[&purse(number)].clone())
        .mint_native(policy.hash(), [(AssetName::from_bytes(b"t").unwrap(), quantity)])
        .attach(policy)
        .with_signature_of(payer().key_hash())
        .build();
    let mut transaction = built.unwrap().transaction().clone();
    let witness = block_on(payer().sign_body(transaction.body())).unwrap();
    transaction.add_witness(*witness.key.as_bytes(), *witness.signature.as_bytes()).unwrap();
    transaction
}

/// An output of 5 ada.
pub(crate) fn output(to: Address) -> Output {
    OutputDraft::new(to, Holding::of_lovelace(amount(5_000_000))).finish(Network::Testnet)
}

/// A transaction of these inputs and outputs and of fields in hexadecimal digits, signed by nobody.
pub(crate) fn raw(inputs: &[OutputReference], outputs: &[Output], fields: &[&str]) -> String {
    let list = |items: Vec<String>| format!("{:02x}{}", 0x80 + items.len(), items.concat());
    let input = |reference: &OutputReference| {
        format!("825820{}{:02x}", hex::encode(reference.transaction.as_bytes()), reference.index)
    };
    let inputs = list(inputs.iter().map(input).collect());
    let outputs = list(outputs.iter().map(|output| hex::encode(output.as_bytes())).collect());
    let count = 0xa3 + fields.len();
    format!("84{count:02x}00d90102{inputs}01{outputs}0200{}a0f5f6", fields.concat())
}

/// The same, read.
pub(crate) fn unsigned(inputs: &[OutputReference], outputs: &[Output]) -> SignedTransaction {
    raw(inputs, outputs, &[]).parse().unwrap()
}
