//! The threat model names tests that are there, links to files that are there, and what it says is possible is.

#[cfg(test)]
mod threat_model {
    use std::collections::BTreeSet;
    use std::path::Path;

    use demeter_core::transition::TransactionView;
    use demeter_tests::drt::{Dice, Engine as _, Healthy, Mirror, Validator, healthy};
    use demeter_tests::make::{amount, token};
    use demeter_tests::repository;

    const DOCUMENT: &str = "docs/threat-model.md";

    /// The names of the contract's tests, in all files below a folder.
    fn contract_tests(folder: &Path, names: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                contract_tests(&path, names);
            } else if path.to_string_lossy().ends_with(".test.ak") {
                let text = std::fs::read_to_string(&path).unwrap();
                let tests = text.lines().filter_map(|line| line.strip_prefix("test "));
                names.extend(tests.filter_map(|test| Some(test.split_once('(')?.0.to_owned())));
            }
        }
    }

    /// What stands in code font and is written as the contract's tests are.
    fn named(text: &str) -> BTreeSet<&str> {
        let code = text.split('`').skip(1).step_by(2);
        code.filter(|code| code.contains("__") || code.starts_with("prop_")).collect()
    }

    #[test]
    fn the_tests_that_it_names_are_there() {
        let text = repository::text(DOCUMENT);
        let mut tests = BTreeSet::new();
        for folder in ["validators/lib", "validators/validators"] {
            contract_tests(&repository::path(folder), &mut tests);
        }
        let named = named(&text);
        assert!(named.len() > 100, "{} names: they are not read", named.len());
        let missing: Vec<_> = named.into_iter().filter(|name| !tests.contains(*name)).collect();
        assert!(missing.is_empty(), "{DOCUMENT} names tests that are not there: {missing:?}");
    }

    #[test]
    fn the_files_that_it_links_to_are_there() {
        let text = repository::text(DOCUMENT);
        let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let files: Vec<_> = links.filter(|link| !link.starts_with('#')).collect();
        assert!(files.len() > 8, "{files:?}: the links are not read");
        for file in files {
            assert!(repository::path("docs").join(file).exists(), "{DOCUMENT} links to {file}");
        }
    }

    fn next(transition: &str, dice: &mut Dice) -> Healthy {
        let scripts = Validator::committed().scripts();
        (0..200).find_map(|_| healthy(scripts, transition, dice).ok()).unwrap()
    }

    /// Whether contract and mirror, which must agree, both accept.
    fn accepted(transaction: &TransactionView) -> bool {
        let validator = Validator::committed();
        let mirror = Mirror { scripts: validator.scripts() };
        let verdicts = (validator.judge(transaction), mirror.judge(transaction));
        assert_eq!(verdicts.0.is_ok(), verdicts.1.is_ok(), "{verdicts:?}");
        verdicts.0.is_ok()
    }

    /// Not prevented: whoever submits may add tokens of anybody's to a payment, but to no state; and a script to neither.
    #[test]
    fn a_payment_may_carry_what_a_state_may_not() {
        let mut dice = Dice::new(1);
        let healthy = next("award", &mut dice);
        let (slot, refund) = (0, 1);
        for (position, expected) in [(slot, false), (refund, true)] {
            let mut scripted = healthy.transaction.clone();
            scripted.outputs[position].has_reference_script = true;
            assert!(!accepted(&scripted), "a script on output {position}");
            let mut stuffed = healthy.transaction.clone();
            let output = &mut stuffed.outputs[position];
            output.value = output.value.clone().plus(&token(0x99, b"junk"), amount(1)).unwrap();
            assert_eq!(accepted(&stuffed), expected, "a token in output {position}");
        }
    }
}
