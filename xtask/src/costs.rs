//! What each transition costs, kept in a file so that a change is seen in review, and held against what we aim at.

use std::collections::BTreeMap;

use comfy_table::{CellAlignment, Table, presets::ASCII_MARKDOWN};
use serde::Deserialize;

use crate::{
    error::Error,
    golden, process,
    report::Report,
    workspace::{Build, Workspace},
};

const PATH: &str = "tests/costs.json";

/// Measures, shows, and writes or compares the file; fails where a transition costs more than we aim at.
pub(crate) fn run(workspace: &Workspace, check: bool, json: bool) -> Result<(), Error> {
    if !json {
        process::announce("measuring what each transition costs");
    }
    let text = measure(workspace)?;
    let costs = read(&text)?;
    if json {
        print!("{text}");
    } else {
        println!("\n{}\n\n{}\n", table(&costs), outputs(&costs));
    }
    // Programs get nothing but the figures: nothing is written, so nothing is said about it.
    if check || !json {
        golden::settle(workspace, PATH, &text, check, "costs")?;
    }
    within_aims(&costs)
}

/// The suite `costs`: each shape counts as one test.
pub(crate) fn suite(workspace: &Workspace) -> Report {
    Report::measure("costs", || {
        process::announce("measuring what each transition costs");
        let text = measure(workspace)?;
        golden::settle(workspace, PATH, &text, true, "costs")?;
        let costs = read(&text)?;
        within_aims(&costs)?;
        Ok(Report { passed: costs.shapes.len() as u64, ..Report::new("costs") })
    })
}

/// Has the tests' own program build and measure the transactions.
fn measure(workspace: &Workspace) -> Result<String, Error> {
    process::capture(&mut workspace.program("costs", Build::Quick))
}

fn read(text: &str) -> Result<Costs, Error> {
    serde_json::from_str(text).map_err(|source| Error::Json { what: "the output of `costs`".into(), source })
}

/// What the program writes.
#[derive(Debug, Deserialize)]
struct Costs {
    shapes: Vec<Shape>,
}

#[derive(Debug, Deserialize)]
struct Shape {
    shape: String,
    transition: String,
    aim_ppm: Option<u64>,
    cost: Figures,
    share_ppm: Figures,
    outputs: Vec<Output>,
}

#[derive(Debug, Deserialize)]
struct Figures {
    size: u64,
    mem: u64,
    cpu: u64,
}

#[derive(Debug, Deserialize)]
struct Output {
    output: String,
    minimum: u64,
    held: u64,
}

/// Fails where a shape takes more of a limit than we aim at, and says which.
fn within_aims(costs: &Costs) -> Result<(), Error> {
    let above = costs.shapes.iter().flat_map(|shape| {
        let aim = shape.aim_ppm.unwrap_or(u64::MAX);
        let shares = [("mem", shape.share_ppm.mem), ("cpu", shape.share_ppm.cpu)];
        shares.into_iter().filter(move |(_, share)| *share > aim).map(move |(unit, share)| {
            let (share, aim) = (percent(share), percent(aim));
            format!(
                "{}, {}, takes {share} of the limit of {unit}, more than {aim}",
                shape.transition, shape.shape
            )
        })
    });
    let above: Vec<_> = above.collect();
    if above.is_empty() { Ok(()) } else { Err(Error::Check(above.join("; "))) }
}

/// A line for each shape, in the order of the table of transitions.
fn table(costs: &Costs) -> Table {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN);
    table.set_header(["transition", "shape", "bytes", "%", "mem", "%", "cpu", "%"]);
    for Shape { shape, transition, cost, share_ppm, .. } in &costs.shapes {
        table.add_row([
            transition.clone(),
            shape.clone(),
            cost.size.to_string(),
            tenths(share_ppm.size),
            cost.mem.to_string(),
            tenths(share_ppm.mem),
            cost.cpu.to_string(),
            tenths(share_ppm.cpu),
        ]);
    }
    align_right(&mut table, 2);
    table
}

/// For each kind of output the one that needs most: what it needs, and what it holds.
fn outputs(costs: &Costs) -> Table {
    let mut neediest = BTreeMap::<&str, (&Output, &str)>::new();
    for shape in &costs.shapes {
        for output in &shape.outputs {
            let first = neediest.entry(&output.output).or_insert((output, &shape.transition));
            if output.minimum > first.0.minimum {
                *first = (output, &shape.transition);
            }
        }
    }
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN);
    table.set_header(["output that needs most of its kind", "of", "minimum ada", "ada held"]);
    for (kind, (output, transition)) in neediest {
        table.add_row([kind.to_owned(), transition.to_owned(), ada(output.minimum), ada(output.held)]);
    }
    align_right(&mut table, 2);
    table
}

fn align_right(table: &mut Table, from: usize) {
    for column in table.column_iter_mut().skip(from) {
        column.set_cell_alignment(CellAlignment::Right);
    }
}

/// Millionths as hundredths, to a tenth, rounded up: so nothing above an aim looks as if it were not.
fn tenths(ppm: u64) -> String {
    let tenths = ppm.div_ceil(1_000);
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn percent(ppm: u64) -> String {
    format!("{} %", tenths(ppm))
}

fn ada(lovelace: u64) -> String {
    format!("{}.{:06}", lovelace / 1_000_000, lovelace % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn costs(mem: u64, cpu: u64, aim_ppm: Option<u64>) -> Costs {
        let figures = || Figures { size: 10, mem, cpu };
        let output = |minimum| Output { output: "idle slot".into(), minimum, held: 8_000_000 };
        Costs {
            shapes: vec![Shape {
                shape: "8 needs".into(),
                transition: "offer".into(),
                aim_ppm,
                cost: figures(),
                share_ppm: figures(),
                outputs: vec![output(1_200_000), output(1_500_000)],
            }],
        }
    }

    #[test]
    fn what_is_above_its_aim_is_named() {
        assert!(within_aims(&costs(100_000, 99_999, Some(100_000))).is_ok());
        assert!(within_aims(&costs(999_999, 999_999, None)).is_ok());
        let error = within_aims(&costs(100_001, 5, Some(100_000))).unwrap_err();
        assert_eq!(error.to_string(), "offer, 8 needs, takes 10.1 % of the limit of mem, more than 10.0 %");
    }

    #[test]
    fn a_table_has_a_line_for_each_shape_and_one_for_the_neediest_output() {
        let costs = costs(100_001, 5, None);
        assert!(table(&costs).to_string().contains("| offer      | 8 needs |    10 | 0.1 | 100001 | 10.1 |"));
        let outputs = outputs(&costs).to_string();
        assert!(outputs.contains("|    1.500000 | 8.000000 |"), "{outputs}");
        assert!(!outputs.contains("1.200000"), "{outputs}");
    }
}
