//! The manifests in `examples/workloads`, and exactly what they need.

use std::path::PathBuf;

use demeter_kube::{ReadError, Workload};

const MEBI: u64 = 1 << 20;
const GIBI: u64 = 1 << 30;

fn read(name: &str) -> Result<Workload, ReadError> {
    Workload::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples/workloads").join(name))
}

fn needs(workload: &Workload) -> Vec<(String, u64)> {
    workload.needs.iter().map(|(name, quantity)| (name.to_string(), quantity.to_units())).collect()
}

fn expected(needs: &[(&str, u64)]) -> Vec<(String, u64)> {
    needs.iter().map(|(name, units)| ((*name).to_owned(), *units)).collect()
}

fn objects(workload: &Workload) -> Vec<String> {
    workload
        .objects
        .iter()
        .map(|object| format!("{} {}/{} {}", object.api_version, object.kind, object.name, object.pods))
        .collect()
}

#[test]
fn shop() {
    let workload = read("shop.yaml").unwrap();
    assert_eq!(
        objects(&workload),
        [
            "v1 ConfigMap/shop 0",
            "v1 Secret/shop-database 0",
            "v1 Service/shop 0",
            "apps/v1 Deployment/shop 3",
            "v1 Service/shop-database 0",
            "apps/v1 StatefulSet/shop-database 1",
        ]
    );
    assert_eq!(
        needs(&workload),
        expected(&[
            ("cpu", 3 * (250 + 100) + 1_300),
            ("ephemeral-storage", 3 * 256 * MEBI),
            ("memory", 3 * (256 + 16) * MEBI + 1_312 * MEBI),
            ("requests.storage", 20 * GIBI),
        ])
    );
    assert_eq!(needs(&workload).first(), Some(&("cpu".to_owned(), 2_350)));
}

#[test]
fn nightly_report() {
    let workload = read("nightly-report.yaml").unwrap();
    assert_eq!(objects(&workload), ["v1 PersistentVolumeClaim/reports 0", "batch/v1 Job/nightly-report 4"]);
    assert_eq!(
        needs(&workload),
        expected(&[
            ("cpu", 4 * 1_550),
            ("ephemeral-storage", 4 * 6 * GIBI),
            ("memory", 4 * 2_100_000_000),
            ("requests.storage", 5 * GIBI),
        ])
    );
}

#[test]
fn trainer() {
    let workload = read("trainer.yaml").unwrap();
    assert_eq!(
        objects(&workload),
        [
            "v1 PersistentVolumeClaim/checkpoints 0",
            "v1 ConfigMap/trainer 0",
            "v1 Service/trainer 0",
            "batch/v1 Job/trainer 2",
        ]
    );
    assert_eq!(
        needs(&workload),
        expected(&[
            ("cpu", 2 * 16_000),
            ("ephemeral-storage", 2 * 100 * GIBI),
            ("memory", 2 * 128 * GIBI),
            ("nvidia.com/gpu", 2 * 4),
            ("requests.storage", 500 * GIBI),
        ])
    );
}

#[test]
fn a_missing_file_is_named() {
    let error = Workload::read("no/such/file.yaml").unwrap_err().to_string();
    assert_eq!(error, "no/such/file.yaml: No such file or directory (os error 2)");
}

#[test]
fn a_faulty_file_is_named() {
    let path = std::env::temp_dir().join(format!("demeter-kube-{}.yaml", std::process::id()));
    std::fs::write(&path, "kind: Pod\n").unwrap();
    let error = Workload::read(&path).unwrap_err().to_string();
    std::fs::remove_file(&path).unwrap();
    assert_eq!(
        error,
        format!("{}: document 1 (line 1, column 1), Pod without a name, apiVersion: missing", path.display())
    );
}
