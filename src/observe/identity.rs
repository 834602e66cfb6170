//! The identity of observations: the same record is the same observation, wherever and however often it is read.

use crate::model::ObservationId;
use std::collections::HashMap;
use xxhash_rust::xxh3::xxh3_64;

/// Gives identities: a hash of stream and bytes, and the ordinal among equal ones, so that real repeats stay apart.
#[derive(Debug, Default)]
pub(super) struct Identities(HashMap<u64, u64>);

impl Identities {
    /// The identity of what `bytes` say in the stream.
    pub(super) fn give(&mut self, stream: &str, bytes: &[u8]) -> ObservationId {
        let content = xxh3_64(&[stream.as_bytes(), b"\0", bytes].concat());
        let ordinal = self.0.entry(content).or_insert(0);
        let id = xxh3_64(&[content.to_le_bytes(), ordinal.to_le_bytes()].concat());
        *ordinal += 1;
        ObservationId(id)
    }
}
