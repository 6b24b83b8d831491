//! What Offer and Take ask of an answer to a bid.

use demeter_core::transition::TransactionView;
use demeter_core::{Operator, OutputReference, Resource, Resources, Stage, Token};

use super::bid::fund;
use super::case::{Case, Reason, reason};
use super::change::{at, operator, retell, rewrite, slot};
use super::input::NOT_READ;
use super::scene::{BID, CEILING, CLOSES, FEE, FLOOR, GRID, OPENS, OPERATOR, SLOT, Scene};
use crate::make::{count, labels, resources};
use crate::{machine, tree};

/// The owner of the slot does not sign.
pub(super) const UNSIGNED: Reason = reason("not_signed", "list.has(signatories, owner)");

/// The conditions at which Offer and Take differ, as they check in another order.
#[derive(Clone, Copy)]
pub(super) struct Traces {
    /// A bid asks for more than there can be.
    pub(super) unfundable: &'static str,
    /// A bid closes before it opens.
    pub(super) never_open: &'static str,
    /// An answer has too few amounts.
    pub(super) too_few: &'static str,
}

/// The bounds that the terms hold, a millisecond off.
pub(super) fn times(case: &mut Case, opens: &'static str, closes: &'static str) {
    case.mutant(
        "the bid opens a millisecond later",
        "an answer too early",
        reason("too_early", opens),
        |view| {
            rewrite(&mut at(view, BID).output, &[0, 10, 0], machine::integer(OPENS + 1));
        },
    );
    case.mutant(
        "the bid closes a millisecond earlier",
        "an answer too late",
        reason("too_late", closes),
        |view| {
            rewrite(&mut at(view, BID).output, &[0, 10, 1], machine::integer(CLOSES - 1));
        },
    );
}

/// A slot that is bound already.
pub(super) fn busy(scene: &Scene, case: &mut Case, reason: Reason) {
    let (offered, settled, leased) = (scene.offered(), scene.settled(), Box::new(scene.leased()));
    let gain = "one slot behind two bids";
    case.mutant("the slot stands behind an offer", gain, reason, move |view| {
        slot(view, SLOT, |slot| slot.stage = Stage::Offered(offered.clone()));
    });
    case.mutant("the slot carries a lease", gain, reason, move |view| {
        slot(view, SLOT, |slot| slot.stage = Stage::Leased(leased.clone()));
    });
    case.mutant("the slot is not reported yet", "a bad record shed", reason, move |view| {
        slot(view, SLOT, |slot| slot.stage = Stage::Settled(settled));
    });
}

impl Case {
    /// What Offer and Take ask of an answer: the price and resources told to the primary input, the bid, the operator's
    /// record, the grid; and how the mirror refuses a bid whose terms it cannot read.
    pub(super) fn answers(
        &mut self,
        scene: &Scene,
        primary: OutputReference,
        traces: &Traces,
        unread: &'static str,
    ) {
        let Traces { unfundable, never_open, too_few } = *traces;
        self.well_formed(scene, primary, unread, unfundable, never_open);
        self.reads(scene, "grid", GRID, Token::Grid);
        self.reads(scene, "operator", OPERATOR, Token::Operator);
        self.mutant("another operator's record read", "another's record and capacity", NOT_READ, |view| {
            operator(view, OPERATOR, |operator| operator.number = count(4));
        });
        self.prices(primary);
        self.resources(primary, too_few);
        self.grids();
        self.labels();
    }

    fn prices(&mut self, primary: OutputReference) {
        let said = |price: i128| {
            move |view: &mut TransactionView| retell(view, primary, &[0], &machine::integer(price))
        };
        let gain = "a price that the application did not allow";
        let (floor, ceiling) = ("floor <= price", "price <= ceiling");
        self.mutant(
            "a price one below the floor",
            gain,
            reason("price_out_of_range", floor),
            said(i128::from(FLOOR) - 1),
        );
        self.mutant(
            "a price one above the ceiling",
            gain,
            reason("price_out_of_range", ceiling),
            said(i128::from(CEILING) + 1),
        );
        self.mutant("a price of minus one", gain, reason("malformed_redeemer", floor), said(-1));
        self.mutant("a price of 2^64", gain, reason("malformed_redeemer", ceiling), said(1 << 64));
    }

    fn resources(&mut self, primary: OutputReference, too_few: &'static str) {
        const WITHIN: &str = "within(needs, resources, capacity)";
        let said = |amounts: &'static [i128]| {
            move |view: &mut TransactionView| {
                let amounts = amounts.iter().map(|amount| machine::integer(*amount)).collect();
                retell(view, primary, &[1], &tree::list(amounts));
            }
        };
        let gain = "a lease with less than was asked for, or more than there is";
        let wrong = |code| reason(code, WITHIN);
        self.mutant(
            "one millicore less than required",
            gain,
            wrong("too_little_of_a_resource"),
            said(&[1_999, 4_000]),
        );
        self.mutant(
            "one millicore more than a slot may carry",
            gain,
            wrong("too_much_of_a_resource"),
            said(&[8_001, 4_000]),
        );
        self.mutant("one amount too few", gain, reason("resource_count", too_few), said(&[3_000]));
        self.mutant("one amount too many", gain, wrong("resource_count"), said(&[3_000, 4_000, 0]));
        self.mutant("minus one millicores", gain, wrong("malformed_redeemer"), said(&[-1, 4_000]));
        self.mutant("2^64 millicores", gain, wrong("malformed_redeemer"), said(&[1 << 64, 4_000]));
        self.mutant(
            "a capacity one millicore below the offer",
            gain,
            wrong("too_much_of_a_resource"),
            |view| {
                let capacity = [("cpu", 2_999), ("memory", 16_000)];
                operator(view, OPERATOR, |operator| operator.capacity = resources(&capacity));
            },
        );
        self.mutant(
            "a resource that the record does not name",
            gain,
            wrong("too_much_of_a_resource"),
            |view| {
                operator(view, OPERATOR, |operator: &mut Operator| {
                    let memory = |resource: &&Resource| resource.name == "memory".into();
                    operator.capacity =
                        operator.capacity.iter().filter(memory).cloned().collect::<Resources>();
                });
            },
        );
    }

    /// Grid and bid fit each other.
    fn grids(&mut self) {
        let gain = "a bid that plays by the rules of another grid";
        let other = reason("other_grid", "terms_grid == slot_grid");
        self.mutant("a bid of another grid", gain, other, |view| {
            rewrite(&mut at(view, BID).output, &[0, 0], machine::bytes(&[0x42; 28]));
        });
        let asset = reason("other_asset", "terms_asset == asset");
        self.mutant("a bid in a worthless asset", "pay that is worth nothing", asset, |view| {
            rewrite(&mut at(view, BID).output, &[0, 4, 1], machine::bytes(b"JUNK"));
            fund(view, BID);
        });
        let fee = reason("fee_too_low", "terms_fee >= fee_ppm");
        self.mutant("a fee one millionth below the grid's", "a lease without the fee", fee, |view| {
            rewrite(&mut at(view, BID).output, &[0, 5], machine::integer(FEE - 1));
            fund(view, BID);
        });
        self.mutant("a grid whose fee is one millionth above", "a lease without the fee", fee, |view| {
            rewrite(&mut at(view, GRID).output, &[7], machine::integer(FEE + 1));
        });
    }

    fn labels(&mut self) {
        let gain = "a lease on machines that are not what was asked for";
        let missing = reason("missing_label", "includes(labels, wanted)");
        self.mutant("a label that the operator does not have", gain, missing, |view| {
            operator(view, OPERATOR, |operator| operator.labels = labels(&[("tier", "gold")]));
        });
        self.mutant("a label with another value", gain, missing, |view| {
            operator(view, OPERATOR, |operator| {
                operator.labels = labels(&[("region", "us"), ("tier", "gold")])
            });
        });
        let unendorsed = reason("missing_endorsement", "includes(endorsed, wanted_endorsed)");
        self.mutant("a label that the operator only claims", gain, unendorsed, |view| {
            operator(view, OPERATOR, |operator| operator.endorsed = labels(&[]));
        });
    }
}
