//! Every fault is one line that says where and what.

use demeter_kube::{SIZE_LIMIT, Workload};
use proptest::prelude::*;

fn fault(manifest: &str) -> String {
    match Workload::parse(manifest.as_bytes()) {
        Ok(_) => format!("no fault in {manifest}"),
        Err(error) => error.to_string(),
    }
}

/// The fault of an object on the first line, from its label on.
fn in_object(api_version: &str, kind: &str, spec: &str) -> String {
    let manifest =
        format!("{{apiVersion: {api_version}, kind: {kind}, metadata: {{name: it}}, spec: {{{spec}}}}}");
    let text = fault(&manifest);
    match text.split_once("), ") {
        Some((place, rest)) if place.starts_with("document 1 (line 1, column ") => rest.to_owned(),
        _ => text,
    }
}

/// The fault of a container's resources, from the path on.
fn in_resources(resources: &str) -> String {
    let text = in_object("v1", "Pod", &format!("containers: [{{resources: {{{resources}}}}}]"));
    text.trim_start_matches("Pod/it, spec.containers[0].resources").to_owned()
}

#[test]
fn of_the_file() {
    assert_eq!(
        Workload::parse(&vec![b' '; SIZE_LIMIT + 1]).unwrap_err().to_string(),
        "the manifest has more than 4194304 bytes"
    );
    assert_eq!(
        Workload::parse(b"kind: \xff").unwrap_err().to_string(),
        "the manifest is not UTF-8 text from byte 6 on"
    );
    for empty in ["", "# nothing\n", "---\n---\n", "null", "{apiVersion: v1, kind: List, items: []}"] {
        assert_eq!(fault(empty), "the manifest holds no object");
    }
}

#[test]
fn of_the_yaml() {
    assert_eq!(
        fault("kind: Pod\n---\na: [b\n"),
        "document 2 (line 4, column 1): not YAML: while parsing a flow sequence, expected ',' or ']'"
    );
    assert_eq!(
        fault("a: 1\nb: {c: 1, c: 2}\n"),
        "document 1 (line 2, column 11): the key \"c\" occurs twice"
    );
    assert_eq!(fault("{[a]: b}"), "document 1 (line 1, column 2): a key is not a scalar");
    assert_eq!(fault("<<: a"), "document 1 (line 1, column 5): only mappings can be merged with <<");
    assert_eq!(
        fault("&a [*a]"),
        "document 1 (line 1, column 5): an alias refers to the value that contains it"
    );
    assert_eq!(fault(&"- ".repeat(100)), "document 1 (line 1, column 129): nested deeper than 64 levels");
}

#[test]
fn of_a_billion_laughs() {
    let mut text = "a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha]\n".to_owned();
    for level in 1..20 {
        let alias = format!("*a{}", level - 1);
        text.push_str(&format!("a{level}: &a{level} [{}]\n", [alias.as_str(); 9].join(", ")));
    }
    assert!(fault(&text).ends_with("too large once its aliases are expanded"), "{}", fault(&text));

    let mut text = "a0: &a0 [x]\n".to_owned();
    for level in 1..80 {
        text.push_str(&format!("a{level}: &a{level} [*a{}]\n", level - 1));
    }
    assert_eq!(fault(&text), "document 1 (line 64, column 12): nested deeper than 64 levels");

    let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), "*a, ".repeat(1000));
    assert!(fault(&long).ends_with("too large once its aliases are expanded"));
}

#[test]
fn of_the_identity() {
    assert_eq!(
        fault("just text"),
        "document 1 (line 1, column 1), object without a name: expected a mapping, found a string"
    );
    assert_eq!(fault("a: b"), "document 1 (line 1, column 1), object without a name, kind: missing");
    assert_eq!(
        fault("apiVersion: v1\nkind: Pod\nmetadata: {generateName: it-}\n"),
        "document 1 (line 3, column 11), Pod without a name, metadata.name: missing"
    );
    assert_eq!(
        fault("apiVersion: v1\nkind: Pod\nmetadata: {name: 7}\n"),
        "document 1 (line 3, column 18), Pod without a name, metadata.name: expected a string, found a number"
    );
    assert_eq!(
        fault("apiVersion: v1\nkind: Pod\nmetadata: {name: \"a\\nb\"}\n"),
        "document 1 (line 3, column 18), Pod/a\\nb, metadata.name: \"a\\nb\" is not a valid name here"
    );
    assert_eq!(
        fault("apiVersion: a/b/c\nkind: Pod\nmetadata: {name: it}\n"),
        "document 1 (line 1, column 13), Pod/it, apiVersion: \"a/b/c\" is not a valid name here"
    );
    assert_eq!(
        fault(
            "{apiVersion: v1, kind: Secret, metadata: {name: it}}\n---\n{apiVersion: v1, kind: Secret, metadata: {name: it}}"
        ),
        "document 2 (line 3, column 1), Secret/it: document 1 holds the same object"
    );
}

#[test]
fn of_the_counts() {
    let template = "template: {spec: {containers: [{}]}}";
    for (text, found) in [("-1", "-1"), ("1.5", "1.5"), ("2147483648", "2147483648"), ("1e1", "1e1")] {
        assert_eq!(
            in_object("apps/v1", "Deployment", &format!("replicas: {text}, {template}")),
            format!(
                "Deployment/it, spec.replicas: expected an integer from 0 to 2147483647, found {found:?}"
            )
        );
    }
    assert_eq!(
        in_object("apps/v1", "Deployment", &format!("replicas: '3', {template}")),
        "Deployment/it, spec.replicas: expected an integer, found a string"
    );
    assert_eq!(
        in_object("apps/v1", "Deployment", &format!("replicas: 010, {template}")),
        "Deployment/it, spec.replicas: a leading zero can make a number octal: write 010 without it"
    );
    assert_eq!(
        in_object("batch/v1", "CronJob", "concurrencyPolicy: Never"),
        "CronJob/it, spec.concurrencyPolicy: expected Allow, Forbid or Replace, found \"Never\""
    );
}

#[test]
fn of_the_pods() {
    assert_eq!(in_object("v1", "Pod", ""), "Pod/it, spec.containers: missing");
    assert_eq!(
        in_object("apps/v1", "Deployment", "template: {spec: {containers: []}}"),
        "Deployment/it, spec.template.spec.containers: missing"
    );
    assert_eq!(
        in_object("batch/v1", "CronJob", "jobTemplate: {spec: {template: {spec: {containers: {}}}}}"),
        "CronJob/it, spec.jobTemplate.spec.template.spec.containers: expected a sequence, found a mapping"
    );
    assert_eq!(
        in_object(
            "v1",
            "Pod",
            "resources: {requests: {cpu: 1}}, containers: [{resources: {limits: {cpu: 2}}}]"
        ),
        "Pod/it, spec.resources.requests.cpu: the pod requests less than its containers do together"
    );
    assert_eq!(
        in_object("v1", "Pod", "resources: {limits: {nvidia.com/gpu: 1}}, containers: [{}]"),
        "Pod/it, spec.resources.limits[nvidia.com/gpu]: such a resource cannot be requested here"
    );
    assert_eq!(
        in_object("v1", "PersistentVolumeClaim", "resources: {}"),
        "PersistentVolumeClaim/it, spec.resources.requests.storage: missing"
    );
    assert_eq!(
        in_object(
            "apps/v1",
            "StatefulSet",
            "template: {spec: {containers: [{}]}}, volumeClaimTemplates: [{spec: {resources: {requests: \
             {storage: 0}}}}]"
        ),
        "StatefulSet/it, spec.volumeClaimTemplates[0].spec.resources.requests.storage: must be more than zero"
    );
}

#[test]
fn of_the_resources() {
    assert_eq!(in_resources("requests: {cpu: -1}"), ".requests.cpu: \"-1\" is negative");
    assert_eq!(in_resources("requests: {cpu: }"), ".requests.cpu: missing");
    assert_eq!(in_resources("requests: {cpu: true}"), ".requests.cpu: expected a quantity, found a boolean");
    assert_eq!(in_resources("requests: {cpu: [1]}"), ".requests.cpu: expected a quantity, found a sequence");
    assert_eq!(
        in_resources("requests: {memory: 0100}"),
        ".requests.memory: a leading zero can make a number octal: write 0100 without it"
    );
    assert_eq!(
        in_resources("limits: {nvidia.com/gpu: 0.5}"),
        ".limits[nvidia.com/gpu]: \"0.5\" is not a whole number, and this resource comes in whole pieces"
    );
    for name in ["requests.storage", "storage", "gpu", "requests.nvidia.com/gpu", "a/b/c", "/gpu"] {
        let text = in_resources(&format!("limits: {{{name}: 1}}"));
        assert!(text.ends_with(": such a resource cannot be requested here"), "{text}");
    }
    assert_eq!(
        in_resources("requests: {cpu: 2}, limits: {cpu: 1}"),
        ".requests.cpu: the request is above the limit"
    );
    assert_eq!(
        in_resources("requests: {nvidia.com/gpu: 1}"),
        ".requests[nvidia.com/gpu]: this resource needs a limit, and a request equal to it"
    );
    assert_eq!(
        in_object("v1", "Pod", "containers: [{resources: [cpu]}]"),
        "Pod/it, spec.containers[0].resources: expected a mapping, found a sequence"
    );
}

#[test]
fn of_the_sums() {
    let container = "{resources: {requests: {memory: 7Ei}}}";
    assert_eq!(
        in_object("v1", "Pod", &format!("containers: [{container}, {container}]")),
        "Pod/it, spec.containers[1]: adds up to more than 9223372036854775807 units of memory"
    );
    assert_eq!(
        in_object(
            "apps/v1",
            "Deployment",
            &format!("replicas: 2, template: {{spec: {{containers: [{container}]}}}}")
        ),
        "Deployment/it, spec: adds up to more than 9223372036854775807 units of memory"
    );
    let pod = |name: &str| {
        format!(
            "{{apiVersion: v1, kind: Pod, metadata: {{name: {name}}}, spec: {{containers: [{container}]}}}}\n"
        )
    };
    assert_eq!(
        fault(&format!("{}---\n{}", pod("a"), pod("b"))),
        "the needs of all objects add up to more than 9223372036854775807 units of memory"
    );
}

/// Lines of YAML as manifests have them, and some as they do not.
fn any_line() -> impl Strategy<Value = String> {
    let keys = "apiVersion|kind|metadata|spec|template|containers|initContainers|resources|requests|limits|cpu|memory|replicas|items|volumeClaimTemplates|jobTemplate|<<|- name|- resources";
    let values = "|v1|apps/v1|Pod|Deployment|StatefulSet|Job|List|CronJob|\\{name: a\\}|&a b|\\*a|&a|\\[\\{\\}\\]|1|-1|500m|1e9|\\{cpu: 1\\}|\"x|\\|";
    (0_usize..7, keys, values)
        .prop_map(|(indent, key, value)| format!("{}{key}: {value}\n", "  ".repeat(indent)))
}

fn is_calm(bytes: &[u8]) -> Result<(), TestCaseError> {
    if let Err(error) = Workload::parse(bytes) {
        let text = error.to_string();
        prop_assert!(!text.is_empty() && !text.contains(char::is_control), "{:?}", text);
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        is_calm(&bytes)?;
    }

    #[test]
    fn any_text(text in "[ \\n\\-:?,\\[\\]{}#&*!|>'\"%@abc019.e<~]{0,200}") {
        is_calm(text.as_bytes())?;
    }

    #[test]
    fn any_lines(lines in proptest::collection::vec(any_line(), 0..30)) {
        is_calm(lines.concat().as_bytes())?;
    }

    #[test]
    fn any_damage_to_a_real_manifest(
        which in 0_usize..3,
        start in 0_usize..5000,
        length in 0_usize..80,
        insert in "[ \\n\\-:,{}&*0-9a-z\"]{0,6}",
    ) {
        let text = [
            include_str!("../../examples/workloads/shop.yaml"),
            include_str!("../../examples/workloads/nightly-report.yaml"),
            include_str!("../../examples/workloads/trainer.yaml"),
        ][which];
        let mut bytes = text.as_bytes().to_vec();
        let start = start.min(bytes.len());
        let end = (start + length).min(bytes.len());
        bytes.splice(start..end, insert.bytes());
        is_calm(&bytes)?;
    }
}
