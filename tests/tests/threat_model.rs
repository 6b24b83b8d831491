//! The threat model names tests that are there, and links to files that are there.

#[cfg(test)]
mod threat_model {
    use std::collections::BTreeSet;
    use std::path::Path;

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
}
