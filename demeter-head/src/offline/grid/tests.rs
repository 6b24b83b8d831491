use std::fs;

use demeter_core::State;
use demeter_tx::market::{Contract, read_state};
use demeter_tx::{LedgerSettings, Network, ProtocolParameters, SlotClock, UtxoSet};
use futures_executor::block_on;
use tempfile::TempDir;

use super::*;

/// What is founded with a file of this text, or what is said of it, without its name.
fn founded(text: &str) -> Result<(UtxoSet, GridReport), String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("grid.toml");
    fs::write(&path, text).unwrap();
    let said = |error: crate::OfflineError| {
        assert_eq!(error.exit_code(), 2);
        let said = error.to_string();
        assert!(!said.contains('\n'), "{said}");
        said.strip_prefix(&format!("{}: ", path.display())).unwrap_or_else(|| panic!("{said}")).to_owned()
    };
    let plan = GridPlan::read(&path, Network::Testnet).map_err(said)?;
    let settings = LedgerSettings {
        network: Network::Testnet,
        parameters: ProtocolParameters::hydra_l2().unwrap(),
        clock: SlotClock::of_seconds(plan.start).unwrap(),
    };
    block_on(plan.found(&settings)).map_err(said)
}

fn party<'r>(report: &'r GridReport, name: &str) -> &'r report::PartyReport {
    report.parties.iter().find(|party| party.name == name).unwrap()
}

fn states(outputs: &UtxoSet) -> Vec<State> {
    let scripts = Contract::embedded().unwrap().scripts();
    outputs
        .iter()
        .filter_map(|(at, output)| read_state(&scripts, *at, output).ok())
        .map(|held| held.state)
        .collect()
}

#[test]
fn an_empty_file_is_a_grid_with_somebody_in_each_part() {
    let (outputs, report) = founded("").unwrap();
    let states = states(&outputs);
    let [State::Grid(grid), State::Pool(_)] = &states[..] else { panic!("{states:?}") };
    assert_eq!(grid.id, report.grid);
    assert_eq!(grid.entities, [party(&report, "entity").key_hash]);
    assert_eq!((grid.admission.to_number(), grid.threshold.to_number()), (1, 1));
    for name in ["entity", "operator", "application"] {
        let found = party(&report, name);
        let held = outputs
            .values()
            .find(|output| output.address().payment.hash_bytes() == found.key_hash.as_bytes());
        assert_eq!(held.unwrap().value().lovelace().to_units(), found.lovelace);
        assert_eq!(found.lovelace, 1_000_000_000);
    }
    assert_eq!((party(&report, "founder").lovelace, party(&report, "treasury").lovelace), (0, 0));
    for script in [&report.registry, &report.market] {
        let output = &outputs[&script.reference.unwrap()];
        assert_eq!(output.reference_script().unwrap().hash(), script.hash);
        assert_eq!(report.publisher, party(&report, "founder").address);
    }
    assert_eq!(outputs.len(), 2 + 2 + 3);
    // The same file makes a grid of the same name, but nobody knows its keys before.
    let (_, again) = founded("").unwrap();
    assert_eq!(again.grid, report.grid);
    assert_ne!(party(&again, "entity").secret_key, party(&report, "entity").secret_key);
}

#[test]
fn what_is_told_is_all_that_the_file_says() {
    let text = r#"
        start = "2026-03-01T00:00:00Z"
        seed = "my tests"
        publish = false

        [grid]
        asset = "0000000000000000000000000000000000000000000000000000000a.c0ffee"
        entities = ["alice", "bob", "0000000000000000000000000000000000000000000000000000000b"]
        admission = 2
        threshold = 3
        fee_ppm = 500
        treasury = "alice"
        prior = 7
        penalty = 2
        half_life = "12h"
        operators = 3
        slots = 9

        [[party]]
        name = "alice"

        [[party]]
        name = "bob"
        key = "0707070707070707070707070707070707070707070707070707070707070707"
        lovelace = 5_000_000
        asset = 3
    "#;
    let (outputs, report) = founded(text).unwrap();
    assert_eq!(founded(text).unwrap(), (outputs.clone(), founded(text).unwrap().1));
    let states = states(&outputs);
    let [State::Grid(grid), State::Pool(_)] = &states[..] else { panic!("{states:?}") };
    let (alice, bob) = (party(&report, "alice"), party(&report, "bob"));
    assert_eq!((grid.entities.len(), grid.entities[..2].to_vec()), (3, vec![alice.key_hash, bob.key_hash]));
    assert_eq!((grid.admission.to_number(), grid.threshold.to_number()), (2, 3));
    assert_eq!((grid.fee_ppm.to_millionths(), grid.prior.to_units(), grid.penalty.to_number()), (500, 7, 2));
    assert_eq!(grid.half_life.to_milliseconds(), 12 * 3_600_000);
    assert_eq!(grid.treasury.payment.hash_bytes(), alice.key_hash.as_bytes());
    let pool = outputs.values().find(|output| output.value().iter().any(|(_, units)| units.to_units() == 9));
    assert!(pool.is_some(), "the pool has 9 slots");
    assert_eq!(
        (alice.lovelace, alice.asset, bob.lovelace, bob.asset),
        (1_000_000_000, 1_000_000_000, 5_000_000, 3)
    );
    let purse = outputs
        .values()
        .find(|output| output.address().payment.hash_bytes() == bob.key_hash.as_bytes())
        .unwrap();
    assert_eq!(purse.value().amount_of(&grid.asset).to_units(), 3);
    assert_eq!(bob.secret_key, "07".repeat(32));
    assert_eq!((report.registry.reference, report.market.reference), (None, None));
    let told = report.to_string();
    for expected in [
        format!("grid {}", report.grid),
        format!("  registry   {} not published", report.registry.hash),
        "  entities   3, of whom 2 admit and 3 decide".to_owned(),
        "  asset      0000000000000000000000000000000000000000000000000000000a.c0ffee".to_owned(),
        "the keys below are for tests: whoever reads this can sign with them".to_owned(),
        "party bob".to_owned(),
        format!("  address    {}", bob.address),
        format!("  key hash   {}", bob.key_hash),
        format!("  secret key {}", bob.secret_key),
        "  lovelace   5000000".to_owned(),
        "  asset      3".to_owned(),
    ] {
        assert!(told.lines().any(|line| line == expected), "{expected:?} is not in\n{told}");
    }
}

#[test]
fn what_is_wrong_is_named() {
    let twice = "[[party]]\nname = \"a\"\n";
    for (text, expected) in [
        ("[grid", "line 1: unclosed table, expected `]`".to_owned()),
        ("colour = 1", "colour: line 1: unknown field `colour`, expected one of ".into()),
        (
            "\n[grid]\nfee_ppm = \"much\"",
            "grid.fee_ppm: line 3: invalid type: string \"much\", expected u64".into(),
        ),
        ("[grid]\npenalty = -1", "grid.penalty: line 2: invalid value: integer `-1`, expected u64".into()),
        ("[[party]]\nlovelace = 1", "party[0]: line 1: missing field `name`".into()),
        (
            "start = \"soon\"",
            "start: expected a moment after 1970 as yyyy-mm-ddThh:mm:ssZ, found \"soon\"".into(),
        ),
        (
            "grid.asset = \"ada\"",
            "grid.asset: expected \"lovelace\" or \"POLICY.NAME\" in hexadecimal digits, found \"ada\""
                .into(),
        ),
        (
            "grid.entities = [\"zoe\"]",
            "grid.entities: expected the name of a party or the hash of a key, found \"zoe\"".into(),
        ),
        (
            "grid.treasury = \"zoe\"",
            "grid.treasury: expected the name of a party or an address, found \"zoe\"".into(),
        ),
        ("grid.entities = [\"entity\", \"entity\"]", "grid.entities: entity ".into()),
        ("grid.admission = 2", "grid.admission: admission takes at most all 1 entities, found 2".into()),
        (
            "grid.threshold = 2",
            "grid.threshold: the threshold is more than half and at most all of 1 entities, found 2".into(),
        ),
        ("grid.fee_ppm = 100_001", "grid.fee_ppm: the fee is at most 100000 millionths, found 100001".into()),
        ("grid.prior = 0", "grid.prior: the prior is at least 1, found 0".into()),
        (
            "grid.half_life = \"long\"",
            "grid.half_life: expected a time as in \"30 days\" or \"12h\", found \"long\"".into(),
        ),
        (
            "grid.half_life = \"1s\"",
            "grid.half_life: the half-life is at least 3600000 ms, found 1000".into(),
        ),
        ("grid.operators = 0", "grid: ".into()),
        ("[[party]]\nname = \" \"", "party[0].name: expected a name on one line, found \" \"".into()),
        (
            &format!("{twice}{twice}"),
            "party[1].name: expected a name that no other party has, found \"a\"".into(),
        ),
        (
            "[[party]]\nname = \"a\"\nkey = \"0011\"",
            "party[0].key: expected 64 hexadecimal digits, found 4 characters that are not".into(),
        ),
        (
            "[[party]]\nname = \"a\"\nasset = 1",
            "party[0].asset: expected none, as the grid is paid in lovelace, found an amount".into(),
        ),
        ("[[party]]\nname = \"a\"\nlovelace = 1000", "party \"a\": lovelace: expected 0 or at least ".into()),
    ] {
        let said = founded(text).err().unwrap_or_else(|| panic!("{text:?} is a grid"));
        assert!(said.starts_with(&expected), "{text:?}: {said}");
    }
}

#[test]
fn the_file_of_the_readme_says_what_is_the_case_anyway() {
    let readme = include_str!("../../../README.md");
    let (_, rest) = readme.split_once("```toml\n").unwrap();
    let (_, report) = founded(rest.split_once("```").unwrap().0).unwrap();
    let (_, otherwise) =
        founded("grid.entities = [\"ann\", \"bob\"]\n[[party]]\nname = \"ann\"\n[[party]]\nname = \"bob\"")
            .unwrap();
    assert_eq!(report.grid, otherwise.grid);
    let figures = |report: &GridReport| (report.admission, report.threshold, report.asset.clone());
    assert_eq!(figures(&report), figures(&otherwise));
    assert_eq!(party(&report, "ann").lovelace, 500_000_000);
}

#[test]
fn two_parties_have_two_keys() {
    let key = "07".repeat(32);
    let party = |name: &str| format!("[[party]]\nname = \"{name}\"\nkey = \"{key}\"\n");
    let said = founded(&(party("a") + &party("b"))).unwrap_err();
    assert_eq!(said, "party[1].key: expected a key of its own, found that of \"a\"");
}

#[test]
fn what_was_told_is_kept_for_its_owner() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("grid.json");
    assert_eq!(GridReport::kept(&path).unwrap(), None);
    let (_, report) = founded("seed = \"1\"").unwrap();
    // Also where an earlier start left one behind.
    for _ in 0..2 {
        report.keep(&path).unwrap();
        assert_eq!(GridReport::kept(&path).unwrap().as_ref(), Some(&report));
    }
    assert!(demeter_tx::keys::ensure_private(&path).is_ok());
    assert!(!format!("{report:?}").contains(&party(&report, "entity").secret_key));
}
