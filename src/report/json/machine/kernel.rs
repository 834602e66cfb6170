//! The kernel's log: how many lines of which kind it held. What they tell are observations, and stand there.

use crate::probes::kernel::Log;
use serde_json::Value;

/// Counts of the log's lines: every line is in one of them; `lost` are records that the kernel overwrote between others.
pub fn log(log: &Log) -> Value {
    let counts = &log.counts;
    object!({
        "unread": log.unread.map(|failed| failed.to_string()),
        "first_record": log.records.map(|(first, _)| first),
        "last_record": log.records.map(|(_, last)| last),
        "told": counts.told,
        "inventory": counts.inventory,
        "not_understood": counts.not_understood,
        "other": counts.other,
        "programs": counts.programs,
        "no_records": counts.no_records,
        "lost": counts.lost,
    })
}
