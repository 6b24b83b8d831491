//! The golden transactions: built anew, they are the committed ones, byte for byte, and others read them alike.

#[cfg(test)]
#[path = "slice/audit.rs"]
mod audit;
#[cfg(test)]
#[path = "slice/fixture.rs"]
mod fixture;
#[cfg(test)]
#[path = "slice/story.rs"]
mod story;
#[cfg(test)]
#[path = "slice/vector.rs"]
mod vector;

#[cfg(test)]
mod transactions {
    use std::collections::BTreeSet;
    use std::path::PathBuf;

    use demeter_tx::{ExecutionUnits, ProtocolParameters, SignedTransaction};
    use pallas_primitives::conway::{MintedTx, Tx};
    use pallas_primitives::{Fragment as _, KeepRaw};

    use crate::vector::{FILE, File, Vector, file, render};

    fn committed() -> (String, File) {
        // NOTE: read when run: two clones may share a target folder.
        let package = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap());
        let text = std::fs::read_to_string(package.join("vectors").join(FILE)).unwrap();
        let file = serde_json::from_str(&text).unwrap();
        (text, file)
    }

    fn bytes(vector: &Vector) -> Vec<u8> {
        hex::decode(&vector.cbor).unwrap()
    }

    #[test]
    fn built_anew_they_are_the_same() {
        let (text, committed) = committed();
        let built = file();
        for (committed, built) in committed.vectors.iter().zip(&built.vectors) {
            assert_eq!(committed, built, "{}; if that is meant, write the vectors anew", committed.kind);
        }
        assert!(text == render(&built), "the files differ; if that is meant, write the vectors anew");
    }

    #[test]
    fn each_kind_is_there_once_and_says_what_it_is() {
        let (_, File { vectors, .. }) = committed();
        let kinds: BTreeSet<&str> = vectors.iter().map(|vector| vector.kind.as_str()).collect();
        assert_eq!((kinds.len(), vectors.len()), (14, 14));
        for vector in &vectors {
            let transaction = SignedTransaction::from_cbor(&bytes(vector)).unwrap();
            assert_eq!(transaction.id(), vector.id, "{}", vector.kind);
            assert_eq!(transaction.to_hex(), vector.cbor, "{}", vector.kind);
            assert_eq!(bytes(vector).len() as u64, vector.size, "{}", vector.kind);
            let total = ExecutionUnits::total(vector.redeemers.iter().map(|declared| declared.units));
            assert_eq!(total, vector.units, "{}", vector.kind);
        }
    }

    #[test]
    fn pallas_reads_them_and_writes_the_same_bytes() {
        for vector in &committed().1.vectors {
            let bytes = bytes(vector);
            let raw: MintedTx<'_> = minicbor::decode(&bytes).unwrap();
            assert_eq!(minicbor::to_vec(&raw).unwrap(), bytes, "{}, what was read", vector.kind);
            let owned = Tx::decode_fragment(&bytes).unwrap();
            assert_eq!(owned.encode_fragment().unwrap(), bytes, "{}, taken apart", vector.kind);

            assert_eq!(owned.transaction_body.fee, vector.fee.to_units(), "{}", vector.kind);
            assert_eq!(
                pallas_crypto::hash::Hasher::<256>::hash(KeepRaw::raw_cbor(&raw.transaction_body)).as_slice(),
                vector.id.as_bytes(),
                "{}",
                vector.kind
            );
        }
    }

    /// Eight needs leave room: no kind uses a tenth of the units that a transaction may.
    #[test]
    fn they_stay_far_below_the_limits() {
        let parameters = ProtocolParameters::hydra_l2().unwrap();
        let limit = parameters.max_transaction_units;
        for Vector { kind, units, size, .. } in &committed().1.vectors {
            assert!(units.memory * 10 < limit.memory, "{kind}: {units}");
            assert!(units.steps * 10 < limit.steps, "{kind}: {units}");
            assert!(*size <= parameters.max_transaction_size, "{kind}: {size} bytes");
        }
    }
}
