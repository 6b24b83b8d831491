//! A grid as a live, typed index.
//!
//! A ledger knows outputs, not bids. [`GridView`] reads those at the contract's two addresses as the states of one grid
//! and keeps them by what an agent looks for: bids by window, label and need, slots by operator and stage, offers by
//! bid, leases by party. It follows transactions one by one ([`GridView::apply`]), each in time that depends on what
//! the transaction did and hardly on how much there is, and tells what must be looked at again ([`Changes`]). Followed
//! from the beginning or loaded anew from all outputs, it is equal. It has no clock and does no I/O: whoever asks says
//! what time it is. [`LiveView`] keeps one current over any [`Head`](crate::head::Head).
//!
//! # What counts
//! Anyone can pay anything to the contract's addresses. An output is a state if its datum is one, it stands at the right
//! script, and it holds the token that the grid's id names; an open bid needs none, but exactly its reserve and escrow.
//! All else is kept apart, with the reason: [`GridView::strangers`]. Tokens guarantee nothing in a grid whose market is
//! another script: of such a grid, and as long as the Grid is not there to tell, the view shows no state, and
//! [`GridView::grid`] says why.
//!
//! # What can be done
//! - [`GridView::biddable`]: the open bids as an operator sees them, with when it may answer, up to which price, or why
//!   not at all.
//! - [`GridView::leadable`]: the offers on a bid in the rule's order, and which of them may take the lead.
//! - [`GridView::due`]: what a key is to get or to do, from when on, how much, and the [`Plan`](crate::market::Plan)
//!   that does it.
//!
//! What they call possible is what the contract's transitions allow of the outputs as they are; by the time that a
//! transaction arrives, somebody else may have been first.
//!
//! # Example
//! ```
//! # use demeter_core::limits::{BID_RESERVE, GRID_RESERVE};
//! # use demeter_core::*;
//! # use demeter_tx::market::Contract;
//! # use demeter_tx::{Data, Effect, Network, Output, OutputDraft, UtxoSet};
//! use demeter_tx::view::{Change, DueAction, GridView, Subject};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let scripts = Contract::embedded()?.scripts();
//! # let (id, application) = (GridId::from_bytes([1; 28]), KeyHash::from_bytes([2; 28]));
//! # let one = Count::from_number(1)?;
//! # let at = |byte| OutputReference { transaction: TransactionId::from_bytes([byte; 32]), index: 0 };
//! # let made = |value: Value, state: State| -> Result<Output, Box<dyn std::error::Error>> {
//! #     let draft = OutputDraft::new(scripts.address(state.script()), value);
//! #     Ok(draft.with_inline_datum(Data::from_cbor(state.encode())?).finish(Network::Testnet))
//! # };
//! # let grid = Grid::new(GridDraft {
//! #     id, market: scripts.market, deposit: ScriptHash::from_bytes([3; 28]), asset: Asset::Lovelace,
//! #     entities: Vec::new(), admission: Count::ZERO, threshold: one, fee_ppm: Ppm::ZERO,
//! #     treasury: Address::of_key(application), prior: Amount::from_units(1)?, penalty: one,
//! #     half_life: Span::from_seconds(86_400)?,
//! # })?;
//! # let minute = |count: u64| Span::from_seconds(60 * count);
//! # let noon = Time::from_milliseconds(1_767_268_800_000)?;
//! # let terms = Terms::new(TermsDraft {
//! #     grid: id, nonce: one, application, refund: Address::of_key(application), asset: Asset::Lovelace,
//! #     fee_ppm: Ppm::ZERO, request: Request::default(), bond: Amount::ZERO,
//! #     price: PriceRange { floor: Amount::ZERO, ceiling: Amount::from_units(1_000_000)? },
//! #     term: Term { period: minute(60)?, periods: one, grace: Span::ZERO },
//! #     window: Window { opens: noon, closes: noon.after(minute(10)?)?, settles: noon.after(minute(20)?)? },
//! #     method: Method::race(Span::ZERO), workload: WorkloadHash::from_bytes([4; 32]),
//! # })?;
//! # let funded = Value::of_lovelace(BID_RESERVE).plus(&Asset::Lovelace, terms.escrow()?)?;
//! # let token = scripts.token(Token::Grid, &id);
//! # let grid = made(Value::of_lovelace(GRID_RESERVE).plus(&token, Amount::from_units(1)?)?, grid.into())?;
//! # let bid = made(funded, Bid::open(terms.clone()).into())?;
//! # let junk = OutputDraft::new(scripts.address(Script::Market), Value::default()).finish(Network::Testnet);
//! // The outputs of a head: a grid, and something that somebody paid to the market.
//! let utxos = UtxoSet::from([(at(1), grid), (at(2), junk)]);
//! let mut view = GridView::new(scripts, id).load(&utxos);
//! let (_, stranger) = view.strangers().next().ok_or("there is one")?;
//! assert_eq!(stranger.reason.to_string(), "it has no inline datum");
//!
//! // A transaction places a bid: it is there, and its application can take it back.
//! let changes = view.apply(&Effect { consumed: vec![], made: vec![(at(3), bid)] });
//! assert_eq!(changes.of(&Subject::Bid(terms.name())), Some(Change::Appeared));
//! assert_eq!(view.open_bids().count(), 1);
//! let due = view.due(&application, noon);
//! assert!(matches!(due[0].action, DueAction::Cancel { .. }));
//! let plan = due[0].plan(); // for a `Composer`, with `view.utxos()`
//! # assert!(plan.is_some());
//! # Ok(())
//! # }
//! ```
//!
//! # Limits
//! A view does not know transactions that are valid but not yet in a confirmed snapshot, nor how to undo one: it is
//! loaded anew. Changes of the grid's parameters touch [`Subject::Grid`] alone, though any verdict may depend on them.

mod biddable;
mod changes;
mod due;
mod error;
mod grid_view;
mod index;
mod keyed;
mod leadable;
mod live;
mod lookups;
mod sight;
mod standing;
mod stranger;
mod subject;

pub use biddable::{Biddable, Opening, Prospect, Unanswerable};
pub use changes::{Change, Changes};
pub use due::{Due, DueAction};
pub use error::ViewError;
pub use grid_view::GridView;
pub use leadable::{Contender, Leadable};
pub use live::{FollowError, LiveView, News, ReloadReason};
pub use stranger::{Strangeness, Stranger};
pub use subject::{PlacedBid, SlotName, StageKind, Subject};
