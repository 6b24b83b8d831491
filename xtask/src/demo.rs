//! The demo as a newcomer runs it, and as a program reads it.

use std::process::Command;

use serde_json::Value;

use crate::{
    error::Error,
    process,
    report::Report,
    workspace::{Build, Workspace},
};

/// The suite `demo`: one run for people, one for programs.
pub(crate) fn suite(workspace: &Workspace) -> Report {
    Report::measure("demo", || {
        process::announce("building and running the demo");
        process::run(&mut grid(workspace))?;
        process::announce("running it again with --json");
        let mut command = grid(workspace);
        command.arg("--json");
        examine(&process::capture(&mut command)?)?;
        Ok(Report { passed: 2, ..Report::new("demo") })
    })
}

fn grid(workspace: &Workspace) -> Command {
    workspace.program("grid", Build::Optimised)
}

/// Fails unless the demo says that nothing was lost, and shows by what it knows.
fn examine(output: &str) -> Result<(), Error> {
    let output: Value = serde_json::from_str(output)
        .map_err(|source| Error::Json { what: "the output of `grid --json`".into(), source })?;
    let fault = |text: &str| Err(Error::Check(format!("`grid --json` {text}")));
    if output.get("conserved") != Some(&Value::Bool(true)) {
        return fault("does not say \"conserved\": true");
    }
    for key in ["balances", "transactions"] {
        let filled = match output.get(key) {
            Some(Value::Array(items)) => !items.is_empty(),
            Some(Value::Object(fields)) => !fields.is_empty(),
            _ => false,
        };
        if !filled {
            return fault(&format!("has nothing in \"{key}\""));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conserving_run_passes() {
        assert!(examine(r#"{ "conserved": true, "balances": { "a": 1 }, "transactions": [1] }"#).is_ok());
    }

    #[test]
    fn a_run_that_loses_money_or_says_nothing_fails() {
        let cases = [
            (r#"{ "conserved": false }"#, "`grid --json` does not say \"conserved\": true"),
            (r#"{ "conserved": "true" }"#, "`grid --json` does not say \"conserved\": true"),
            (r#"{ "conserved": true }"#, "`grid --json` has nothing in \"balances\""),
            (
                r#"{ "conserved": true, "balances": [1], "transactions": [] }"#,
                "`grid --json` has nothing in \"transactions\"",
            ),
        ];
        for (output, message) in cases {
            assert_eq!(examine(output).unwrap_err().to_string(), message);
        }
    }
}
