//! What each kind of object needs.

use demeter_kube::Workload;

/// The needs of a manifest, as `name=units` in order of name, or what is wrong with it.
fn needs(manifest: &str) -> String {
    match Workload::parse(manifest.as_bytes()) {
        Ok(workload) => {
            let need = |(name, quantity)| format!("{name}={quantity}");
            workload.needs.iter().map(need).collect::<Vec<_>>().join(" ")
        }
        Err(error) => error.to_string(),
    }
}

/// An object whose spec is given in flow style.
fn object(api_version: &str, kind: &str, spec: &str) -> String {
    format!("{{apiVersion: {api_version}, kind: {kind}, metadata: {{name: it}}, spec: {{{spec}}}}}")
}

fn pod(spec: &str) -> String {
    object("v1", "Pod", spec)
}

/// A template of pods that request one processor each.
const TEMPLATE: &str = "template: {spec: {containers: [{resources: {requests: {cpu: 1}}}]}}";

fn counts(api_version: &str, kind: &str, cases: &[(&str, u64)]) {
    for (fields, pods) in cases {
        let manifest = object(api_version, kind, &format!("{fields}{TEMPLATE}"));
        let expected = if *pods == 0 { String::new() } else { format!("cpu={}", pods * 1_000) };
        assert_eq!(needs(&manifest), expected, "{kind} {fields}");
        let objects = Workload::parse(manifest.as_bytes()).map(|workload| workload.objects);
        let counted: Vec<u64> = objects.iter().flatten().map(|object| object.pods.to_number()).collect();
        assert_eq!(counted, [*pods], "{kind} {fields}");
    }
}

#[test]
fn replicas_default_to_one() {
    let cases = [("", 1), ("replicas: null, ", 1), ("replicas: 0, ", 0), ("replicas: 3, ", 3)];
    counts("apps/v1", "Deployment", &cases);
    counts("apps/v1", "ReplicaSet", &cases);
    counts("apps/v1", "StatefulSet", &cases);
    counts("v1", "ReplicationController", &cases);
}

#[test]
fn a_daemon_set_is_one_pod() {
    counts("apps/v1", "DaemonSet", &[("", 1), ("replicas: 7, ", 1)]);
}

#[test]
fn a_job_runs_its_parallelism_within_its_completions() {
    let cases = [
        ("", 1),
        ("completions: 5, ", 1),
        ("parallelism: 4, ", 4),
        ("parallelism: 4, completions: 10, ", 4),
        ("parallelism: 4, completions: 3, ", 3),
        ("parallelism: 0, ", 0),
        ("completions: 0, ", 0),
        ("parallelism: 2, suspend: true, ", 2),
    ];
    counts("batch/v1", "Job", &cases);
}

#[test]
fn a_cron_job_is_one_job() {
    for policy in
        ["", "concurrencyPolicy: Allow, ", "concurrencyPolicy: Forbid, ", "concurrencyPolicy: Replace, "]
    {
        for version in ["batch/v1", "batch/v1beta1"] {
            let spec = format!("{policy}jobTemplate: {{spec: {{parallelism: 3, {TEMPLATE}}}}}");
            assert_eq!(needs(&object(version, "CronJob", &spec)), "cpu=3000");
        }
    }
}

#[test]
fn claims_are_storage() {
    let claim = "resources: {requests: {storage: 10Gi}}";
    assert_eq!(needs(&object("v1", "PersistentVolumeClaim", claim)), "requests.storage=10737418240");

    let spec = format!(
        "replicas: 3, {TEMPLATE}, volumeClaimTemplates: [{{spec: {{{claim}}}}}, {{spec: {{{claim}}}}}]"
    );
    assert_eq!(needs(&object("apps/v1", "StatefulSet", &spec)), "cpu=3000 requests.storage=64424509440");

    let volumes = format!(
        "containers: [{{}}], volumes: [{{emptyDir: {{}}}}, {{ephemeral: {{volumeClaimTemplate: {{spec: \
         {{{claim}}}}}}}}}]"
    );
    assert_eq!(needs(&pod(&volumes)), "requests.storage=10737418240");
    let deployment = format!("replicas: 2, template: {{spec: {{{volumes}}}}}");
    assert_eq!(needs(&object("apps/v1", "Deployment", &deployment)), "requests.storage=21474836480");
}

#[test]
fn limits_stand_in_for_missing_requests() {
    let container = "{resources: {requests: {cpu: 100m}, limits: {cpu: 1, memory: 1Ki, nvidia.com/gpu: 2}}}";
    assert_eq!(needs(&pod(&format!("containers: [{container}]"))), "cpu=100 memory=1024 nvidia.com/gpu=2");
    // An explicit zero is a request.
    assert_eq!(needs(&pod("containers: [{resources: {requests: {cpu: 0}, limits: {cpu: 1}}}]")), "");
}

#[test]
fn containers_that_request_nothing_need_nothing() {
    assert_eq!(needs(&pod("containers: [{name: a}, {name: b, resources: {}}]")), "");
}

#[test]
fn the_largest_init_container_counts_if_it_is_larger() {
    let containers =
        "containers: [{resources: {requests: {cpu: 2, memory: 1k}}}, {resources: {requests: {cpu: 1}}}]";
    let init = |one: &str, two: &str| {
        pod(&format!(
            "{containers}, initContainers: [{{resources: {{requests: {{{one}}}}}}}, {{resources: {{requests: {{{two}}}}}}}]"
        ))
    };
    assert_eq!(needs(&init("cpu: 2", "cpu: 2")), "cpu=3000 memory=1000");
    assert_eq!(needs(&init("cpu: 4, memory: 1", "cpu: 5")), "cpu=5000 memory=1000");
    assert_eq!(needs(&init("memory: 3k", "cpu: 1")), "cpu=3000 memory=3000");
}

#[test]
fn sidecars_run_beside_everything_after_them() {
    let step = |cpu: u64, more: &str| format!("{{resources: {{requests: {{cpu: {cpu}}}}}{more}}}");
    let sidecar = |cpu| step(cpu, ", restartPolicy: Always");
    let of = |app: u64, init: &[String]| {
        needs(&pod(&format!("containers: [{}], initContainers: [{}]", step(app, ""), init.join(", "))))
    };
    assert_eq!(of(1, &[sidecar(2), sidecar(3)]), "cpu=6000");
    // The step of 5 runs beside the first sidecar only: 2 + 5 is more than 1 + 2 + 3.
    assert_eq!(of(1, &[sidecar(2), step(5, ""), sidecar(3)]), "cpu=7000");
    // Before any sidecar it runs alone.
    assert_eq!(of(1, &[step(5, ""), sidecar(2), sidecar(3)]), "cpu=6000");
    assert_eq!(of(1, &[sidecar(2), sidecar(3), step(5, "")]), "cpu=10000");
}

#[test]
fn overhead_is_added() {
    let spec = "overhead: {cpu: 250m, memory: 1Ki}, containers: [{resources: {requests: {cpu: 1}}}]";
    assert_eq!(needs(&pod(spec)), "cpu=1250 memory=1024");
}

#[test]
fn the_pod_as_a_whole_takes_precedence() {
    let of = |resources: &str| {
        needs(&pod(&format!(
            "resources: {{{resources}}}, overhead: {{cpu: 1}}, containers: [{{resources: {{requests: {{cpu: 1, \
             nvidia.com/gpu: 1}}, limits: {{nvidia.com/gpu: 1}}}}}}]"
        )))
    };
    assert_eq!(of("requests: {cpu: 3}"), "cpu=4000 nvidia.com/gpu=1");
    assert_eq!(of("limits: {cpu: 3, memory: 5}"), "cpu=2000 memory=5 nvidia.com/gpu=1");
    assert_eq!(of("requests: {cpu: 2}, limits: {cpu: 3}"), "cpu=3000 nvidia.com/gpu=1");
    assert_eq!(of("limits: {hugepages-2Mi: 4Mi}"), "cpu=2000 hugepages-2Mi=4194304 nvidia.com/gpu=1");
}

#[test]
fn objects_are_added_up_and_lists_flattened() {
    let list = "
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Pod
    metadata: {name: a}
    spec: {containers: [{resources: {requests: {cpu: 1}}}]}
  - apiVersion: apps/v1
    kind: DeploymentList
    items:
      - metadata: {name: b, namespace: shop}
        spec: {replicas: 2, template: {spec: {containers: [{resources: {requests: {cpu: 1}}}]}}}
---
---
# nothing here
---
apiVersion: example.org/v1
kind: AllowList
metadata: {name: c}
spec: [anything, at, all]
";
    let workload = Workload::parse(list.as_bytes()).unwrap();
    let summary: Vec<_> = workload
        .objects
        .iter()
        .map(|object| {
            let namespace = object.namespace.as_deref().unwrap_or("-");
            format!("{} {} {namespace}/{} {}", object.api_version, object.kind, object.name, object.pods)
        })
        .collect();
    assert_eq!(summary, ["v1 Pod -/a 1", "apps/v1 Deployment shop/b 2", "example.org/v1 AllowList -/c 0"]);
    assert_eq!(needs(list), "cpu=3000");
}

#[test]
fn kinds_of_other_groups_are_carried_along() {
    let workload =
        Workload::parse(object("batch.volcano.sh/v1alpha1", "Job", "tasks: []").as_bytes()).unwrap();
    assert_eq!(workload.objects.len(), 1);
    assert!(workload.needs.is_empty());
}

#[test]
fn aliases_and_merge_keys_are_resolved() {
    let manifest = "
apiVersion: v1
kind: Pod
metadata: {name: &name web}
x-small: &small {requests: {cpu: 1}, limits: {memory: 1Ki}}
x-more: &more {requests: {memory: 2}}
spec:
  containers:
    - {name: *name, resources: *small}
    - resources:
        <<: [*more, *small]
";
    assert_eq!(needs(manifest), "cpu=1000 memory=1026");
}

#[test]
fn numbers_are_never_floating_point() {
    let of = |quantity: &str| {
        needs(&pod(&format!("containers: [{{resources: {{requests: {{memory: {quantity}}}}}}}]")))
    };
    assert_eq!(of("9007199254740993"), "memory=9007199254740993");
    assert_eq!(of("'9007199254740993'"), "memory=9007199254740993");
    assert_eq!(of("\"010\""), "memory=10");
    assert_eq!(of("' 1Ki '"), "memory=1024");
    assert_eq!(of("1e3"), "memory=1000");
    assert_eq!(of("!!str 7"), "memory=7");
}

#[test]
fn the_hash_is_of_the_raw_bytes() {
    let manifest = pod("containers: [{}]");
    let hash = |text: &str| Workload::parse(text.as_bytes()).unwrap().hash.to_string();
    assert_ne!(hash(&manifest), hash(&format!("{manifest}\n")));
    // b2sum -l 256
    assert_eq!(
        hash("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n"),
        "46d52dacd3d96d90de6749f9db7ededdc2ca5434e13f663ab70f6ac9b7eee415"
    );
}
