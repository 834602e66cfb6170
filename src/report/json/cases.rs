//! Cases that are kept.

use super::{case, time};
use crate::model::Case;
use chrono::{DateTime, Utc};
use serde_json::Value;

/// `arraywatch.cases/1`
pub fn cases(cases: &[&Case], now: DateTime<Utc>) -> Value {
    object!({
        "schema": "arraywatch.cases/1",
        "now": time(now),
        "cases": cases.iter().map(|one| case(one)).collect::<Vec<_>>(),
    })
}
