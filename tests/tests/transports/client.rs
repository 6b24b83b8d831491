//! What only a client of a node does.

use std::net::SocketAddr;

use demeter_head::ServerOptions;
use demeter_tx::ProtocolParameters;
use demeter_tx::head::{Head as _, SubmitError};
use demeter_tx::hydra::session::SessionOptions;
use demeter_tx::hydra::{
    CommitRequest, ConfirmedSnapshot, ConnectError, ControlClient, HeadState, HydraHead, HydraOptions,
    RequestError, ServerMessage, ServerOutput, UtxoJson,
};
use futures_util::StreamExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use crate::ground::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_node_answers_what_it_is_asked() {
    let head = embedded();
    let server = Server::start(&head).await;
    let client = connect(server.address).await;
    let parameters = client.protocol_parameters().await.unwrap().parameters().unwrap();
    assert_eq!(parameters, ProtocolParameters::hydra_l2().unwrap());
    assert!(matches!(client.head_state().await.unwrap(), HeadState::Open(_)));
    assert!(matches!(client.snapshot().await.unwrap(), ConfirmedSnapshot::Confirmed(_)));
    assert_eq!(client.deposits().await.unwrap(), []);
    // There is no L1 behind it: it takes what is for L1, drafts nothing and lets nothing out.
    client.submit_to_main_chain(&payment(&[0], 1, None)).await.unwrap();
    let refused = [
        client.draft_commit(&CommitRequest::Direct(UtxoJson::default())).await.unwrap_err(),
        client.decommit(&payment(&[0], 1, None)).await.unwrap_err(),
    ];
    for error in refused {
        assert!(matches!(error, RequestError::Refused { status: 400, .. }), "{error}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_a_node_says_can_be_read_now_and_later() {
    let head = embedded();
    let server = Server::start(&head).await;
    let client = connect(server.address).await;
    let mut messages = client.messages();
    let payment = payment(&[0], 1, None);
    client.submit(payment.clone()).await.unwrap();
    client.confirm(payment.id()).await.unwrap();
    let ServerMessage::Output(valid) = &*within(messages.next()).await.unwrap().unwrap() else { panic!() };
    assert!(matches!(&valid.output, ServerOutput::TxValid(valid) if valid.transaction == payment.id()));
    let history = client.history().await.unwrap();
    let tags: Vec<_> = history.iter().filter_map(|output| output.output.tag()).collect();
    assert_eq!((tags.first(), tags.last()), (Some(&"HeadIsOpen"), Some(&"SnapshotConfirmed")), "{tags:?}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_main_chain_could_not_take_is_not_sent() {
    let head = embedded();
    let server = Server::start(&head).await;
    let mut main_chain = ProtocolParameters::mainnet().unwrap();
    main_chain.utxo_cost_per_byte = demeter_tests::make::amount(1_000_000);
    let address = server.address.to_string();
    let payment = payment(&[0], 1, None);
    let guarded = HydraHead::connect(&address, options(1).main_chain(main_chain.clone())).await.unwrap();
    let error = guarded.submit(payment.clone()).await.unwrap_err();
    assert!(matches!(error, SubmitError::Unfinalisable { .. }), "{error}");
    assert_eq!((guarded.metrics().refused, guarded.metrics().sent), (1, 0));
    let unguarded =
        HydraHead::connect(&address, options(1).main_chain(main_chain).unguarded()).await.unwrap();
    unguarded.submit(payment.clone()).await.unwrap();
    // The other learns of it all the same.
    within(guarded.confirm(payment.id())).await.unwrap();
    // And so does one that comes when it is long confirmed.
    let late = connect(server.address).await;
    within(late.confirm(payment.id())).await.unwrap();
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn demeter_head_says_how_its_slots_relate_to_time() {
    let head = embedded();
    let server = Server::start(&head).await;
    let client = HydraHead::connect(&server.address.to_string(), HydraOptions::default()).await.unwrap();
    assert_eq!(*client.settings().await.unwrap(), settings());
    // It was not said that clients may move its clock.
    let error = ControlClient::new(client).advance(seconds(0)).await.unwrap_err();
    assert_eq!(error.to_string(), "the node refuses with 400: \"Resource not found\"");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn time_that_is_moved_lets_go_what_waits_for_it() {
    let head = embedded();
    let server = Server::with(&head, ServerOptions::default().control(true)).await;
    let client = connect(server.address).await;
    let control = ControlClient::new((*client).clone());
    let start = client.now().await.unwrap();
    assert_eq!(control.advance(seconds(0)).await.unwrap(), start);
    let (waiting, later) = (payment(&[0], 1, Some(5)), client.clone());
    let id = waiting.id();
    let submitted = tokio::spawn(async move { later.submit(waiting).await });
    let reached = control.advance(seconds(5)).await.unwrap();
    assert_eq!((reached, head.now().await.unwrap()), (client.now().await.unwrap(), reached));
    assert_eq!(reached.time.since(start.time), seconds(5));
    assert_eq!(within(submitted).await.unwrap().unwrap(), id);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_not_there_is_an_error() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let answer = std::time::Duration::from_millis(50);
    let impatient = SessionOptions { answer, ..SessionOptions::default() };
    let error = HydraHead::connect(&address, options(1).session(impatient)).await.unwrap_err();
    assert!(error.to_string().starts_with("the head is not reachable: "), "{error}");
}

/// What stands before a server that has nothing beside hydra-node's API.
async fn hydra_only(server: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut asked = [0; 4_096];
                let length = client.peek(&mut asked).await.unwrap_or_default();
                if asked[..length].starts_with(b"GET /demeter/") {
                    let answer =
                        b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
                    // A client that has gone does not want it.
                    let _ = client.read(&mut asked).await;
                    let _ = client.write_all(answer).await;
                } else if let Ok(mut node) = TcpStream::connect(server).await {
                    let _ = copy_bidirectional(&mut client, &mut node).await;
                }
            });
        }
    });
    address
}

/// An offline hydra-node with a clock of its own says in which slot it is, and never when that began.
#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_nobody_tells_is_not_guessed() {
    let head = embedded();
    let server = Server::start(&head).await;
    let node = hydra_only(server.address).await.to_string();
    let error = HydraHead::connect(&node, HydraOptions::default()).await.unwrap_err();
    assert_eq!(error, ConnectError::NoClock);
    // Who says it to the client needs nobody else to.
    let told = HydraHead::connect(&node, HydraOptions::default().clock(settings().clock)).await.unwrap();
    assert_eq!(*told.settings().await.unwrap(), settings());
    drop(told);
    server.stop().await;
}
