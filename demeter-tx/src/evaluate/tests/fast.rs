//! The fast machine: what it runs, what it leaves, and what it hands over.

use super::*;

fn alone(version: PlutusVersion, text: &str, protocol: u16) -> (Option<Ending>, Ending) {
    let mut parameters = settings().parameters;
    parameters.protocol_version.major = protocol;
    let allowed = parameters.max_transaction_units;
    let call = ScriptCall::new(script_of(version, text), [Data::unit()]).unwrap();
    let reference = Machine::Reference.run(&call, allowed, &parameters);
    assert_eq!(Machine::Fast.run(&call, allowed, &parameters), reference);
    (Machine::Fast.run_alone(&call, allowed, &parameters), reference)
}

const RETURNS: &str = "(program 1.1.0 (lam context (con unit ())))";

#[test]
fn the_fast_machine_runs_what_it_knows() {
    let (fast, reference) = alone(PlutusVersion::V3, RETURNS, 11);
    assert!(matches!(reference, Ending::Succeeded { .. }), "{reference:?}");
    assert_eq!(fast, Some(reference));
}

#[test]
fn the_fast_machine_leaves_what_it_does_not_know() {
    assert_eq!(alone(PlutusVersion::V3, RETURNS, 10).0, None);
    assert_eq!(alone(PlutusVersion::V2, RETURNS, 11).0, None);
    let bitwise = "(program 1.1.0 (lam context [(builtin complementByteString) (con bytestring #00)]))";
    assert_eq!(alone(PlutusVersion::V3, bitwise, 11).0, None);
}

#[test]
fn what_leaks_or_costs_something_else_is_handed_over_when_it_is_called() {
    let serialises =
        "(program 1.1.0 (lam context [(lam bytes (con unit ())) [(builtin serialiseData) context]]))";
    let (fast, reference) = alone(PlutusVersion::V3, serialises, 11);
    assert!(matches!(reference, Ending::Succeeded { .. }), "{reference:?}");
    assert_eq!(fast, None);
    for division in ["divideInteger", "modInteger", "quotientInteger", "remainderInteger"] {
        let divides = format!(
            "(program 1.1.0 (lam context [(lam result (con unit ())) \
             [[(builtin {division}) (con integer 7)] (con integer -2)]]))"
        );
        let (fast, reference) = alone(PlutusVersion::V3, &divides, 11);
        assert!(matches!(reference, Ending::Succeeded { .. }), "{reference:?}");
        assert_eq!(fast, None, "{division}");
    }
    let only_holds = "(program 1.1.0 (lam context [(lam f (con unit ())) (builtin serialiseData)]))";
    let (fast, reference) = alone(PlutusVersion::V3, only_holds, 11);
    assert_eq!(fast, Some(reference));
}

#[test]
fn an_arena_that_is_full_is_a_fallback() {
    // A list that grows until the budget ends: each cons copies it.
    let grows = "(program 1.1.0 (lam context [(lam f [[f f] (con (list integer) [])]) \
                 (lam f (lam list [[f f] [[(force (builtin mkCons)) (con integer 1)] list]]))]))";
    let (fast, reference) = alone(PlutusVersion::V3, grows, 11);
    assert!(matches!(reference, Ending::OverBudget { .. }), "{reference:?}");
    assert_eq!(fast, None);
}
