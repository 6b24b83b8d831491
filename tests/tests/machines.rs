//! The comparison of the script machines: that its list fails in both directions, and that it sees what it should. The
//! comparison itself is `cargo xtask machines`.

#[cfg(test)]
mod machines {
    use demeter_tests::machines::{Counts, Tally, builtins, cause};
    use demeter_tx::evaluate::ScriptCall;
    use demeter_tx::{Data, PlutusScript, ProtocolParameters};

    const LIST: &str = r#"
        [[difference]]
        reference = "over budget"
        fast = "refused"
        reason = "it looks before it charges"

        [[left]]
        builtins = ["SerialiseData"]
        reason = "it leaks"
    "#;

    fn tally(kinds: &[(&'static str, &'static str)], finished: u64) -> Tally {
        let mut tally = Tally::default();
        tally.kinds.extend(kinds.iter().map(|pair| (*pair, 1)));
        let counts = Counts { succeeded: 1, finished, ..Counts::default() };
        tally.groups.insert("builtin: SerialiseData".to_owned(), counts);
        tally.groups.insert("builtin: AddInteger".to_owned(), Counts { finished: 1, ..counts });
        tally
    }

    #[test]
    fn a_list_that_fits_has_no_faults() {
        assert_eq!(tally(&[("over budget", "refused")], 0).against(LIST), Vec::<String>::new());
    }

    #[test]
    fn a_list_that_says_too_little_or_too_much_is_at_fault() {
        assert_eq!(
            tally(&[("refused", "over budget")], 1).against(LIST),
            [
                "not listed: refused on the reference, over budget on the fast machine",
                "listed and never seen: over budget on the reference, refused on the fast machine",
                "listed as always left, and is not: SerialiseData",
            ]
        );
        let mut unlisted = tally(&[("over budget", "refused")], 0);
        unlisted.groups.get_mut("builtin: AddInteger").unwrap().finished = 0;
        assert_eq!(unlisted.against(LIST), ["not listed: AddInteger is always left"]);
        let mut gone = tally(&[("over budget", "refused")], 0);
        gone.groups.remove("builtin: SerialiseData");
        assert_eq!(gone.against(LIST), ["no builtin: SerialiseData"]);
    }

    #[test]
    fn a_builtin_that_never_succeeds_is_at_fault() {
        let mut tally = tally(&[("over budget", "refused")], 0);
        tally.groups.insert("builtin: AddInteger".to_owned(), Counts { refused: 9, ..Counts::default() });
        assert_eq!(tally.against(LIST), ["never seen to succeed: AddInteger"]);
    }

    /// Else what the list says of a builtin would hang on the seed.
    #[test]
    fn each_builtin_succeeds_at_its_first_try_whatever_the_seed() {
        for seed in 1..=12 {
            let mut tally = Tally::default();
            builtins(&mut tally, 1, seed);
            let disagreements = tally.disagreements.iter();
            assert_eq!(disagreements.map(|one| &one.case).collect::<Vec<_>>(), Vec::<&String>::new());
            // Only wrong arguments show this one.
            let difference =
                "listed and never seen: over budget on the reference, refused on the fast machine";
            assert_eq!(tally.against_the_list(), [difference], "seed {seed}");
        }
    }

    #[test]
    fn each_builtin_that_is_handed_over_is_told_by_its_cost() {
        let parameters = ProtocolParameters::hydra_l2().unwrap();
        let of = |text: &str| {
            let program =
                uplc::parser::program(&format!("(program 1.1.0 (lam c [(lam r (con unit ())) {text}]))"));
            let bytes = program.unwrap().to_debruijn().unwrap().to_cbor().unwrap();
            cause(&ScriptCall::new(PlutusScript::new(bytes), [Data::unit()]).unwrap(), &parameters)
        };
        assert_eq!(of("[(builtin serialiseData) c]"), "serialiseData");
        for division in ["divideInteger", "modInteger", "quotientInteger", "remainderInteger"] {
            assert_eq!(of(&format!("[[(builtin {division}) (con integer 7)] (con integer 2)]")), "divisions");
        }
        assert_eq!(of("[[(builtin multiplyInteger) (con integer 7)] (con integer 2)]"), "finished");
    }
}
