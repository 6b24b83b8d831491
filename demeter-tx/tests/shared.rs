//! Our figures of hydra's L2 against those that hydra publishes.

use std::path::Path;

/// Every figure that we state is the published one.
#[test]
#[ignore = "needs DEMETER_SHARED"]
fn our_l2_parameters_are_the_published_ones() {
    let shared = std::env::var_os("DEMETER_SHARED").expect("DEMETER_SHARED names the corpus");
    let published = Path::new(&shared).join("hydra/protocol-parameters.json");
    let published: serde_json::Value =
        serde_json::from_slice(&std::fs::read(published).expect("the corpus has the parameters")).unwrap();
    let ours: serde_json::Value =
        serde_json::from_str(include_str!("../parameters/hydra-l2.json")).expect("ours are JSON");
    let ours = ours.as_object().expect("ours are an object");
    assert!(ours.len() > 10);
    for (key, value) in ours {
        if key == "costModels" {
            for language in ["PlutusV1", "PlutusV2", "PlutusV3"] {
                assert_eq!(published[key][language], value[language], "{language}");
            }
        } else {
            assert_eq!(published.get(key), Some(value), "{key}");
        }
    }
}
