//! The state diagrams of ARCHITECTURE.md show just what the transitions do.

#[cfg(test)]
#[path = "diagram/edge.rs"]
mod edge;
#[cfg(test)]
#[path = "diagram/mermaid.rs"]
mod mermaid;
#[cfg(test)]
#[path = "diagram/walk.rs"]
mod walk;

#[cfg(test)]
mod diagram {
    use std::collections::BTreeSet;

    use demeter_tests::repository;

    use crate::edge::{Edge, difference};
    use crate::{mermaid, walk};

    fn shown() -> BTreeSet<Edge> {
        mermaid::edges(&repository::text("ARCHITECTURE.md")).unwrap()
    }

    #[test]
    fn architecture_shows_what_the_transitions_do() {
        let difference = difference(&shown(), &walk::edges());
        assert!(difference.is_empty(), "{}", difference.join("\n"));
    }

    /// A line that is taken out, or changed at either end or in its label, is told by name.
    #[test]
    fn a_wrong_line_is_named() {
        let (shown, done) = (shown(), walk::edges());
        for edge in &done {
            let mut less = shown.clone();
            less.remove(edge);
            assert_eq!(difference(&less, &done), [format!("ARCHITECTURE.md lacks `{edge}`, which happens")]);
        }
        for wrong in ["Offered --> Settled: Close", "[*] --> Leased: Award", "Idle --> Offered: Take"] {
            let more = mermaid::edges(&format!("```mermaid\nstateDiagram-v2\n{wrong}\n```\n")).unwrap();
            let more = shown.union(&more).cloned().collect();
            let told = [format!("ARCHITECTURE.md shows `{wrong}`, which no transition does")];
            assert_eq!(difference(&more, &done), told);
        }
    }

    #[test]
    fn a_line_that_is_no_edge_is_refused() {
        for line in ["Idle --> Offered", "Idle -> Offered: Offer", "Idle --> Offered: ", "note left of Idle"]
        {
            let error =
                mermaid::edges(&format!("```mermaid\nstateDiagram-v2\n    {line}\n```\n")).unwrap_err();
            assert_eq!(error, format!("`{}` is no edge `A --> B: Transition, Transition`", line.trim()));
        }
    }
}
