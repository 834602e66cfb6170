//! Lengths of time as whole seconds, for serde.

use chrono::TimeDelta;
use serde::{Deserialize, Deserializer, Serializer};

pub(super) fn serialize<S: Serializer>(delta: &TimeDelta, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_i64(delta.num_seconds())
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<TimeDelta, D::Error> {
    let seconds = i64::deserialize(from)?;
    TimeDelta::try_seconds(seconds).ok_or_else(|| serde::de::Error::custom("too long a time"))
}

/// The same where there may be none.
pub(super) mod option {
    use super::{Deserialize, Deserializer, Serializer, TimeDelta};
    use serde::Serialize;

    pub(in crate::model) fn serialize<S: Serializer>(delta: &Option<TimeDelta>, to: S) -> Result<S::Ok, S::Error> {
        delta.as_ref().map(TimeDelta::num_seconds).serialize(to)
    }

    pub(in crate::model) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<TimeDelta>, D::Error> {
        Ok(Option::<i64>::deserialize(from)?.and_then(TimeDelta::try_seconds))
    }
}
