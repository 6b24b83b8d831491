//! Names that are hashes of data.

use pallas_crypto::hash::Hasher;

use super::{Codec, PlutusData, Writer};
use crate::{BidName, GridId, OutputReference, TermsDraft, Time};

/// The name of a bid: `blake2b_256(serialise_data(terms))`.
pub fn bid_name(terms: &TermsDraft) -> BidName {
    BidName::from_bytes(*Hasher::<256>::hash(&terms.encode()))
}

/// The name of a grid: `blake2b_224(serialise_data((seed, deadline)))`, the pair being a list of two.
pub fn grid_id(seed: &OutputReference, deadline: Time) -> GridId {
    let mut writer = Writer::new();
    writer.list(2);
    seed.write(&mut writer);
    deadline.write(&mut writer);
    writer.end(2);
    GridId::from_bytes(*Hasher::<224>::hash(&writer.finish()))
}
