//! What the demo claims to show, held against what it tells programs, for several seeds.

#![expect(clippy::unwrap_used, clippy::panic, reason = "clippy's leave for tests ends where helpers begin")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;

/// The reports of some seeds.
static REPORTS: LazyLock<Vec<Value>> = LazyLock::new(|| ["1", "2", "7", "99"].map(report).into());

fn report(seed: &str) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_grid")).args(["--json", "--seed", seed]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "seed {seed}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn list<'v>(of: &'v Value, name: &str) -> &'v [Value] {
    of[name].as_array().unwrap()
}

fn text<'v>(of: &'v Value, name: &str) -> &'v str {
    of[name].as_str().unwrap()
}

fn number(of: &Value, name: &str) -> u64 {
    of[name].as_u64().unwrap_or_else(|| panic!("{name} in {of}"))
}

/// What has this name among those that are told of by `field`.
fn named<'v>(report: &'v Value, of: &str, field: &str, name: &str) -> &'v Value {
    list(report, of).iter().find(|line| line[field] == name).unwrap()
}

fn lease<'v>(report: &'v Value, bid: &str) -> &'v Value {
    named(report, "leases", "bid", bid)
}

/// The first words of all transactions, and how often each comes.
fn kinds(report: &Value) -> BTreeMap<&str, usize> {
    let mut kinds = BTreeMap::new();
    for transaction in list(report, "transactions") {
        let kind = text(transaction, "what").split(' ').next().unwrap();
        *kinds.entry(kind).or_default() += 1;
    }
    kinds
}

#[test]
fn every_row_of_the_table_happens_on_the_ledger() {
    let rows = [
        "Genesis",
        "Deposit",
        "Admit",
        "Update",
        "Rekey",
        "Endorse",
        "Rotate",
        "Report",
        "Retire",
        "Offer",
        "Lead",
        "Award",
        "Take",
        "Withdraw",
        "Cancel",
        "Claim",
        "Extend",
        "Close",
        "Complete",
        "Resign",
        "Arbitrate",
        "Collect",
    ];
    for report in REPORTS.iter() {
        let kinds = kinds(report);
        for row in rows {
            assert!(kinds.contains_key(row), "no {row} among {kinds:?}");
        }
    }
}

#[test]
fn there_is_a_bid_for_each_method() {
    for report in REPORTS.iter() {
        let methods: BTreeSet<&str> =
            list(report, "bids").iter().map(|bid| text(&bid["method"], "kind")).collect();
        assert_eq!(methods, BTreeSet::from(["auction", "race", "reputation"]));
        for (bid, method) in [("preview", "race"), ("orders", "reputation"), ("shop", "auction")] {
            assert_eq!(named(report, "bids", "name", bid)["method"]["kind"], method);
            let contest = if method == "auction" { "auctions" } else { "races" };
            assert_eq!(named(report, contest, "bid", bid)["winner"], lease(report, bid)["operator"]);
        }
    }
}

#[test]
fn a_race_goes_to_the_first_to_come_and_records_decide_who_may() {
    for report in REPORTS.iter() {
        for bid in ["preview", "orders"] {
            let race = named(report, "races", "bid", bid);
            let contenders = list(race, "contenders");
            assert!(contenders.len() > 1, "{race}");
            assert_eq!(race["winner"], contenders[0]["operator"]);
            assert!(contenders.is_sorted_by_key(|contender| number(contender, "comes")), "{race}");
            assert!(contenders.iter().all(|one| number(one, "enters") <= number(one, "comes")), "{race}");
        }
        let preview = list(named(report, "races", "bid", "preview"), "contenders");
        assert!(preview.iter().all(|contender| number(contender, "enters") == 0));
        let orders = list(named(report, "races", "bid", "orders"), "contenders");
        for (one, other) in orders.iter().flat_map(|one| orders.iter().map(move |other| (one, other))) {
            let by_score = number(other, "score").cmp(&number(one, "score"));
            assert_eq!(by_score, number(one, "enters").cmp(&number(other, "enters")), "{one} {other}");
        }
    }
}

#[test]
fn a_completed_lease_pays_all_of_it() {
    for report in REPORTS.iter() {
        for bid in ["orders", "shop", "trainer again"] {
            let lease = lease(report, bid);
            assert_eq!(lease["ended"], "completed");
            let all = number(lease, "price") * number(lease, "periods");
            assert_eq!((number(lease, "paid"), number(lease, "kept")), (all, all), "{lease}");
            assert_eq!((number(lease, "back"), number(lease, "broken")), (0, 0), "{lease}");
        }
    }
}

#[test]
fn an_extended_lease_lasts_longer_and_pays_for_it() {
    for report in REPORTS.iter() {
        let lease = lease(report, "shop");
        let bought = number(&named(report, "bids", "name", "shop")["term"], "periods");
        assert!(number(lease, "extended") > 0);
        assert_eq!(number(lease, "periods"), bought + number(lease, "extended"));
        assert_eq!(kinds(report)["Extend"], 1);
        // The fee is on the price of all periods, those added included.
        let fee = number(lease, "paid") * number(&report["grid"], "fee") / 1_000_000;
        assert_eq!(number(lease, "fee"), fee, "{lease}");
    }
}

#[test]
fn a_closed_lease_pays_the_periods_begun_and_keeps_the_whole_ones() {
    for report in REPORTS.iter() {
        let lease = lease(report, "preview");
        let price = number(lease, "price");
        assert_eq!(lease["ended"], "closed");
        assert_eq!(number(lease, "paid"), number(lease, "kept") + price);
        assert_eq!(number(lease, "left"), price * number(lease, "periods") - number(lease, "paid"));
        assert!(number(lease, "left") > 0);
        assert_eq!((number(lease, "back"), number(lease, "broken")), (number(lease, "left"), 0));
    }
}

#[test]
fn a_resigned_lease_costs_the_bond_and_the_record() {
    for report in REPORTS.iter() {
        let lease = lease(report, "nightly-report");
        assert_eq!(lease["ended"], "resigned");
        assert!(number(lease, "left") > 0);
        assert_eq!(number(lease, "slashed"), number(lease, "bond"));
        assert_eq!(number(lease, "broken"), number(lease, "left"));
        assert_eq!(number(lease, "back"), number(lease, "left") + number(lease, "bond"));
        assert!(number(lease, "score_after") < number(lease, "score_before"));
    }
}

#[test]
fn an_arbitrated_lease_ends_as_the_entities_rule() {
    for report in REPORTS.iter() {
        let lease = lease(report, "trainer");
        let ruling = &lease["ruling"];
        assert_eq!(lease["ended"], "arbitrated");
        let claimed = number(lease, "price") * number(lease, "claimed");
        assert_eq!(number(lease, "paid"), claimed + number(ruling, "paid"));
        assert_eq!(number(lease, "kept"), number(lease, "paid"));
        assert_eq!(number(lease, "slashed"), number(ruling, "slashed"));
        assert_eq!(number(lease, "broken"), number(ruling, "broken"));
        assert!(number(ruling, "slashed") > 0 && number(ruling, "slashed") < number(lease, "bond"));
        assert_eq!(number(lease, "back"), number(lease, "left") + number(ruling, "slashed"));
        assert!(number(lease, "score_after") < number(lease, "score_before"));
    }
}

#[test]
fn a_key_changes_under_a_lease_that_goes_on() {
    for report in REPORTS.iter() {
        let [key] = list(report, "keys") else { panic!("{}", report["keys"]) };
        assert_eq!(key["operator"], lease(report, "shop")["operator"]);
        assert_ne!(key["from"], key["to"]);
        assert_eq!(number(key, "leased"), 1);
        let kinds = kinds(report);
        assert_eq!((kinds["Update"], kinds["Rekey"]), (1, number(key, "slots").try_into().unwrap()));
        let place = |what: &str| {
            let transactions = list(report, "transactions");
            transactions.iter().position(|line| text(line, "what").starts_with(what)).unwrap()
        };
        assert!(place("Update") < place("Rekey") && place("Rekey") < place("Extend shop"));
        assert!(place("Extend shop") < place("Complete shop"));
    }
}

#[test]
fn who_is_not_endorsed_cannot_answer() {
    for report in REPORTS.iter() {
        let endorsed =
            |operator: &str| !list(named(report, "operators", "name", operator), "endorsed").is_empty();
        assert!(endorsed("birch") && endorsed("elm") && !endorsed("dogwood"));
        assert!(!list(named(report, "bids", "name", "trainer"), "endorsed").is_empty());
        let auction = named(report, "auctions", "bid", "trainer");
        let declined = list(auction, "declined").iter().find(|line| line["operator"] == "dogwood");
        assert_eq!(declined.unwrap()["fault"], "endorsement");
    }
}

#[test]
fn a_bid_that_finds_nobody_goes_back_whole() {
    for report in REPORTS.iter() {
        let [unanswered] = list(report, "unanswered") else { panic!("{}", report["unanswered"]) };
        let bid = named(report, "bids", "name", text(unanswered, "bid"));
        assert_eq!(number(unanswered, "back"), number(bid, "funding"));
        assert_eq!(list(unanswered, "declined").len(), list(report, "operators").len());
    }
}

#[test]
fn who_leaves_is_not_heard_of_again() {
    for report in REPORTS.iter() {
        let [departure] = list(report, "departures") else { panic!("{}", report["departures"]) };
        let operator = text(departure, "operator");
        assert_eq!(lease(report, "nightly-report")["operator"], operator);
        assert!(number(departure, "slots") > 0 && number(departure, "taken") > 0);
        let later = named(report, "auctions", "bid", "trainer again");
        let answered = list(later, "offers").iter().chain(list(later, "declined"));
        assert!(answered.into_iter().all(|line| line["operator"] != operator), "{later}");
    }
}

#[test]
fn every_settlement_changes_a_record() {
    for report in REPORTS.iter() {
        assert_eq!(list(report, "records").len(), list(report, "leases").len());
        for record in list(report, "records") {
            let lease = lease(report, text(record, "lease"));
            assert_eq!(record["operator"], lease["operator"]);
            assert_eq!((&record["kept"], &record["broken"]), (&lease["kept"], &lease["broken"]));
            let (before, after) = (number(record, "score_before"), number(record, "score_after"));
            assert_eq!(after < before, number(record, "broken") > 0, "{record}");
            assert_ne!(after, before, "{record}");
        }
        assert!(list(report, "records").is_sorted_by_key(|record| number(record, "time")));
    }
}

#[test]
fn the_same_bid_goes_to_another_operator_because_records_changed() {
    for report in REPORTS.iter() {
        let again = &report["again"];
        let (first, later) = (text(again, "winner_before"), text(again, "winner_after"));
        assert_ne!(first, later);
        assert_eq!(lease(report, text(again, "bid"))["operator"], first);
        assert_eq!(lease(report, text(again, "again"))["operator"], later);

        // Nothing but the records differs: neither what is asked for nor what is offered.
        let mut bids = ["bid", "again"].map(|name| named(report, "bids", "name", text(again, name)).clone());
        assert_ne!(bids[0]["id"], bids[1]["id"]);
        for bid in &mut bids {
            for differs in ["name", "id", "window"] {
                bid.as_object_mut().unwrap().remove(differs).unwrap();
            }
        }
        assert_eq!(bids[0], bids[1]);
        assert_eq!(again["same_offers"], true);

        let offer =
            |name: &str| list(again, "offers").iter().find(|offer| offer["operator"] == name).unwrap();
        let (first, later) = (offer(first), offer(later));
        assert!(number(again, "broken") > 0);
        assert!(number(first, "score_after") < number(first, "score_before"));
        assert!(number(first, "merit_before") > number(later, "merit_before"));
        assert!(number(first, "merit_after") < number(later, "merit_after"));
    }
}

#[test]
fn the_books_balance() {
    for report in REPORTS.iter() {
        assert_eq!(report["conserved"], true);
        let signed = |line: &Value, name: &str| line[name].as_i64().unwrap();
        for line in list(report, "balances") {
            assert_eq!(signed(line, "after") - signed(line, "before"), signed(line, "owed"), "{line}");
        }
        let sums = &report["conservation"];
        assert_eq!(
            signed(sums, "applications_paid"),
            signed(sums, "operators_earned") + signed(sums, "treasury_got")
        );
        let all = |name: &str| list(report, "leases").iter().map(|lease| number(lease, name)).sum::<u64>();
        assert_eq!(number(sums, "came_back"), all("left") + all("slashed"));
        assert_eq!(number(sums, "slashed"), all("slashed"));
        assert_eq!(signed(sums, "operators_earned"), (all("paid") - all("slashed")).cast_signed());
        assert_eq!(number(sums, "in_escrow"), 0);
        assert!(list(sums, "off").is_empty());
    }
}
