//! The example agents run to their end, by themselves, and win and serve leases.

#![expect(clippy::unwrap_used, reason = "clippy's leave for tests ends where helpers begin")]

use std::process::Command;

/// Runs an example, and returns what it says, line by line.
fn said(program: &str) -> Vec<String> {
    let output = Command::new(program).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

fn happened(said: &[String], who: &str, deed: &str) -> bool {
    said.iter().any(|line| line.contains(&format!("{who}: {deed}")))
}

#[test]
fn the_operator_serves_a_shop_for_two_leases() {
    let said = said(env!("CARGO_BIN_EXE_operator"));
    for deed in ["offer", "lead", "claim", "complete", "report"] {
        assert!(happened(&said, "operator", deed), "no {deed}: {said:#?}");
    }
    assert_eq!(said.last().unwrap(), "2 leases won, 2 served to their end");
}

#[test]
fn the_application_raises_its_price_until_somebody_serves_it() {
    let said = said(env!("CARGO_BIN_EXE_application"));
    assert!(happened(&said, "application", "cancel: nobody answered"), "{said:#?}");
    assert!(happened(&said, "application", "place"), "{said:#?}");
    assert_eq!(said.last().unwrap(), "2 leases won, 2 served to their end");
}

#[test]
fn the_operator_from_scratch_serves_the_same_shop() {
    let said = said(env!("CARGO_BIN_EXE_operator-from-scratch"));
    for deed in ["offer", "lead", "claim", "complete", "report", "collect"] {
        assert!(happened(&said, "operator from scratch", deed), "no {deed}: {said:#?}");
    }
    assert_eq!(said.last().unwrap(), "2 leases won, 2 served to their end");
}
