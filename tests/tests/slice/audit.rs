//! What must hold after every transaction, whatever it did.

use std::collections::BTreeMap;

use demeter_core::{Amount, Asset, Credential, OutputReference, Script, State, Token, Value};
use demeter_tx::head::{Event, SnapshotNumber};
use demeter_tx::market::read_state;
use demeter_tx::{Output, SignedTransaction};
use futures_executor::block_on;
use futures_util::StreamExt as _;

use crate::fixture::{Ledger, amount};

/// The sum of outputs.
pub(crate) fn sum<'a>(utxos: impl IntoIterator<Item = (&'a OutputReference, &'a Output)>) -> Value {
    utxos.into_iter().fold(Value::default(), |sum, (_, output)| sum.checked_add(output.value()).unwrap())
}

/// The head tells of a valid transaction, then of the snapshot that makes it final, and of nothing else.
pub(crate) fn events(ledger: &mut Ledger, signed: &SignedTransaction, number: SnapshotNumber) {
    assert_eq!(number.to_number(), ledger.recorded.len() as u64, "each has a snapshot of its own");
    let told = [(); 2].map(|()| block_on(ledger.events.next()).unwrap().unwrap());
    let confirmed = Event::SnapshotConfirmed { number, transactions: vec![signed.clone().into()] };
    let transaction = signed.id();
    assert_eq!(told, [Event::TxValid { transaction }, confirmed]);
}

/// Nothing came or went, our tokens are where they belong, and every output holds its minimum.
pub(crate) fn outputs(ledger: &Ledger) {
    let utxos = ledger.utxos();
    assert_eq!(sum(&utxos), ledger.all, "an asset is not conserved");

    let scripts = ledger.composer.contract().scripts();
    let parameters = &ledger.composer.settings().parameters;
    for (reference, output) in &utxos {
        assert!(output.value().lovelace() >= output.minimum_lovelace(parameters).unwrap(), "{reference}");
        let at_ours = match output.address().payment {
            Credential::Script(hash) => {
                assert!(hash == scripts.registry || hash == scripts.market, "{reference} is at {hash}");
                true
            }
            Credential::Key(_) => false,
        };
        let tokens = own_tokens(&scripts.registry, output.value());
        if !at_ours {
            assert!(tokens.is_empty(), "{reference} took {tokens:?} out");
            continue;
        }
        let held = read_state(&scripts, *reference, output).unwrap();
        let one = |token: Token, grid| BTreeMap::from([(scripts.token(token, grid), amount(1))]);
        match &held.state {
            State::Grid(grid) => assert_eq!(tokens, one(Token::Grid, &grid.id)),
            State::Operator(operator) => assert_eq!(tokens, one(Token::Operator, &operator.grid)),
            State::Slot(slot) => assert_eq!(tokens, one(Token::Slot, &slot.grid)),
            State::Bid(bid) if bid.leader.is_some() => assert_eq!(tokens, one(Token::Slot, &bid.terms.grid)),
            State::Bid(_) => assert!(tokens.is_empty()),
            State::Pool(pool) => {
                assert_eq!(tokens.get(&scripts.token(Token::Pool, &pool.grid)), Some(&amount(1)));
            }
        }
        let at = if held.state.script() == Script::Market { scripts.market } else { scripts.registry };
        assert_eq!(output.address().payment, Credential::Script(at), "{reference}");
    }
}

fn own_tokens(policy: &demeter_core::ScriptHash, value: &Value) -> BTreeMap<Asset, Amount> {
    let ours = |asset: &Asset| matches!(asset, Asset::Token { policy: of, .. } if of == policy);
    value.iter().filter(|(asset, _)| ours(asset)).map(|(asset, amount)| (asset.clone(), amount)).collect()
}
