//! The execution units of the contracts' unit tests, kept in a file so that a change of cost is seen in review.

use std::collections::BTreeMap;

use crate::{
    aiken::{self, Traces, Units},
    error::Error,
    golden, process,
    report::Report,
    workspace::Workspace,
};

const PATH: &str = "validators/units.json";

/// NOTE: property tests, the only ones to use the seed, are not in the file.
const SEED: u32 = 1;

/// Writes or compares the file.
pub(crate) fn run(workspace: &Workspace, check: bool) -> Result<(), Error> {
    settle(workspace, check).map(|_| ())
}

/// The suite `units`: each figure counts as one test.
pub(crate) fn suite(workspace: &Workspace) -> Report {
    Report::measure("units", || {
        let passed = settle(workspace, true)?;
        Ok(Report { passed, ..Report::new("units") })
    })
}

/// Measures the contracts as they are released, without traces; returns the number of figures.
fn settle(workspace: &Workspace, check: bool) -> Result<u64, Error> {
    process::announce("measuring the contracts' unit tests, compiled without traces");
    let measured = aiken::check(workspace, SEED, Traces::Silent)?;
    if measured.failed() > 0 {
        return Err(Error::ContractTestsFail(measured.failed()));
    }
    let units: BTreeMap<String, Units> = measured.units().collect();
    golden::settle(workspace, PATH, &render(&units)?, check, "units")?;
    Ok(units.len() as u64)
}

/// One line for each test: a change of cost is a change of one line.
fn render(units: &BTreeMap<String, Units>) -> Result<String, Error> {
    let json = |source| Error::Json { what: PATH.into(), source };
    let lines: Vec<_> = units
        .iter()
        .map(|(test, Units { mem, cpu })| {
            let test = serde_json::to_string(test).map_err(json)?;
            Ok(format!("  {test}: {{ \"mem\": {mem}, \"cpu\": {cpu} }}"))
        })
        .collect::<Result<_, Error>>()?;
    Ok(format!("{{\n{}\n}}\n", lines.join(",\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_has_one_sorted_line_for_each_test() {
        let units = [("b.two", 2), ("a.one", 1)].map(|(test, mem)| (test.to_owned(), Units { mem, cpu: 10 }));
        let text = render(&BTreeMap::from(units)).unwrap();
        let expected =
            "{\n  \"a.one\": { \"mem\": 1, \"cpu\": 10 },\n  \"b.two\": { \"mem\": 2, \"cpu\": 10 }\n}\n";
        assert_eq!(text, expected);
        let read: BTreeMap<String, Units> = serde_json::from_str(&text).unwrap();
        assert_eq!(read["b.two"], Units { mem: 2, cpu: 10 });
    }
}
