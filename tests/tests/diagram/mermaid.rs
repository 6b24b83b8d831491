//! The edges that Mermaid's state diagrams show.

use std::collections::BTreeSet;

use crate::edge::Edge;

/// The edges of all state diagrams in a text. States of different diagrams have different names, so that one set does.
pub(crate) fn edges(text: &str) -> Result<BTreeSet<Edge>, String> {
    let mut edges = BTreeSet::new();
    for block in text.split("```mermaid\n").skip(1) {
        let block = block.split("```").next().unwrap_or_default();
        let mut lines = block.lines().map(str::trim).filter(|line| !line.is_empty());
        if lines.next() != Some("stateDiagram-v2") {
            continue;
        }
        for line in lines.filter(|line| !line.starts_with("%%")) {
            edges.extend(
                line_of(line).ok_or(format!("`{line}` is no edge `A --> B: Transition, Transition`"))?,
            );
        }
    }
    Ok(edges)
}

/// The edges of a line, one for each transition in its label.
fn line_of(line: &str) -> Option<Vec<Edge>> {
    let (ends, label) = line.split_once(": ")?;
    let (from, to) = ends.split_once(" --> ")?;
    Some(label.split(", ").map(|by| Edge::new(from, to, by)).collect())
}
