use super::*;
use crate::contracts::NamedSchema;

/// What `aiken build -t silent` of 1.1.24 wrote for two small contracts of the shape of ours: `market(registry)`, which
/// may be spent when the redeemer is the parameter, and `registry`, where it is 42, or `True` to mint.
const COMPILED: &str = include_str!("../../testdata/compiled.json");

const REGISTRY: &str = "5d3b0bfedf4934134ed3e14fee82a92657195817f770e0ac74f9e264";

/// What `aiken blueprint apply` made of that market and the registry's hash.
const MARKET: &str = "b84774f6afb620d518d30b63dae1ddea427158816142b215899fed21";
const MARKET_CODE: &str = concat!(
    "58850101003229800aba2aba1aab9eaab9dab9a9bae00248888896600264646644b30013370e900118039baa0028991",
    "99119b8f375c601800c01060140026014601600260106ea800a2c8030c01cc020004c01c008c01c004c010dd5003c526",
    "89b2b200426011e581c5d3b0bfedf4934134ed3e14fee82a92657195817f770e0ac74f9e2640001",
);

fn compiled() -> Document {
    Document::read(COMPILED).unwrap()
}

fn titles(document: &Document) -> Vec<&str> {
    document.validators.iter().map(|handler| handler.title.as_str()).collect()
}

#[test]
fn what_aiken_wrote_is_written_again_as_it_is() {
    assert_eq!(compiled().render().unwrap().trim_end(), COMPILED.trim_end());
}

#[test]
fn parameters_are_applied_as_aiken_applies_them() {
    let document = finish(compiled(), CONTRACTS, Traces::Silent).unwrap();
    assert_eq!(
        titles(&document),
        ["market.market.spend", "registry.registry.spend", "registry.registry.mint"]
    );
    let market = &document.validators[0];
    assert_eq!((market.hash.as_str(), market.compiled_code.as_str()), (MARKET, MARKET_CODE));
    assert!(market.parameters.is_empty());
    let description = format!("Applied: registry = {REGISTRY} (the hash of registry.registry).");
    assert_eq!(market.description.as_deref(), Some(description.as_str()));
    assert_eq!(document.validators[1].hash, REGISTRY);
    assert_eq!(document.validators[1].description, None);
}

#[test]
fn the_compiler_is_named_without_its_commit() {
    let document = finish(compiled(), CONTRACTS, Traces::Silent).unwrap();
    assert_eq!(document.preamble.compiler.version, "v1.1.24");

    let mut other = compiled();
    other.preamble.compiler.version = "v1.1.23".into();
    let error = finish(other, CONTRACTS, Traces::Silent).unwrap_err();
    assert_eq!(error.to_string(), "the blueprint was built by v1.1.23, not by aiken 1.1.24");
}

#[test]
fn definitions_that_nothing_refers_to_are_left_out() {
    let mut document = compiled();
    document.definitions.insert("demeter/Unused".into(), json::Json::Null);
    let document = finish(document, CONTRACTS, Traces::Silent).unwrap();
    let names: Vec<_> = document.definitions.keys().map(String::as_str).collect();
    assert_eq!(names, ["Bool", "ByteArray", "Int"]);
}

#[test]
fn an_untyped_datum_needs_a_named_schema() {
    let mut document = compiled();
    document.validators[0].datum = Some(schema::argument("datum", "Data"));
    document.definitions.insert("Data".into(), json::Json::Null);
    document.definitions.insert("demeter/State".into(), json::Json::Null);
    let text = document.render().unwrap();
    let error = finish(document, CONTRACTS, Traces::Silent).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`market.market.spend` has no schema for its datum: give the handler a type, or name one in \
         xtask/src/contracts.rs"
    );

    let schemas = &[NamedSchema { handler: "spend", place: Place::Datum, definition: "demeter/State" }];
    let market = Contract { name: "market.market", parameters: &["registry.registry"], schemas };
    let registry = Contract { name: "registry.registry", parameters: &[], schemas: &[] };
    let document = finish(Document::read(&text).unwrap(), &[registry, market], Traces::Silent).unwrap();
    assert!(document.render().unwrap().contains(r##""$ref": "#/definitions/demeter~1State""##));
    assert!(document.definitions.contains_key("demeter/State"));
    assert!(!document.definitions.contains_key("Data"));
}

#[test]
fn a_reference_into_nothing_is_refused() {
    let mut document = compiled();
    document.definitions.shift_remove("Int");
    let error = finish(document, CONTRACTS, Traces::Silent).unwrap_err();
    assert_eq!(error.to_string(), "definition `Int` is referred to but not given");
}

#[test]
fn contracts_and_their_list_must_agree() {
    const fn contract(name: &'static str, parameters: &'static [&'static str]) -> Contract {
        Contract { name, parameters, schemas: &[] }
    }
    let registry = || contract("registry.registry", &[]);
    let market = || contract("market.market", &["registry.registry"]);
    let cases = [
        (vec![registry()], "`market.market.spend` is compiled but not listed in xtask/src/contracts.rs"),
        (
            vec![registry(), market(), contract("lease.lease", &[])],
            "contract `lease.lease` is not among those aiken compiled",
        ),
        (
            vec![registry(), contract("market.market", &[])],
            "`market.market` takes 1 parameters, xtask/src/contracts.rs gives 0",
        ),
        (
            vec![market(), registry()],
            "`market.market` needs the hash of `registry.registry`, which must be listed before it",
        ),
    ];
    for (contracts, message) in cases {
        assert_eq!(finish(compiled(), &contracts, Traces::Silent).unwrap_err().to_string(), message);
    }
}

#[test]
fn code_that_is_not_what_its_hash_says_is_refused() {
    let mut document = compiled();
    for handler in &mut document.validators {
        handler.hash = MARKET.into();
    }
    let error = finish(document, CONTRACTS, Traces::Silent).unwrap_err();
    let expected =
        format!("`registry.registry.spend` is not code: aiken says its hash is {MARKET}, not {REGISTRY}");
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_field_unknown_to_us_is_refused() {
    let text = COMPILED.replacen("\"title\"", "\"novelty\": 1, \"title\"", 1);
    assert!(Document::read(&text).unwrap_err().to_string().contains("unknown field `novelty`"));
}
