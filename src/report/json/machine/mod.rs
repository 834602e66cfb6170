//! Every value that was read of a machine, a file a kind. What is not known is `null`, or says why.

mod arrays;
mod ata;
mod bmc;
mod enclosure;
mod kernel;
mod megaraid;
mod nvme;
mod scsi;

pub use arrays::array;
pub use ata::ata;
pub use bmc::bmc;
pub use enclosure::enclosure;
pub use kernel::log;
pub use megaraid::megaraid;
pub use nvme::nvme;
pub use scsi::scsi;

use crate::machine::Failed;
use crate::probes::got::{Got, Missing, Tally};
use serde_json::{Value, json};

/// What was read, or `null`.
fn read<T>(got: &Got<T>, value: impl FnOnce(&T) -> Value) -> Value {
    got.as_ref().map_or(Value::Null, value)
}

/// Why something is not there: a word that does not change, and the same for people.
fn why(missing: Missing) -> Value {
    let code = match missing {
        Missing::Absent => "absent",
        Missing::NotAsked => "not-asked",
        Missing::NoWay => "no-way",
        Missing::Failed(Failed::Asleep) => "asleep",
        Missing::Failed(Failed::NoAnswer) => "no-answer",
        Missing::Failed(Failed::NotAsked) => "not-asked",
        Missing::Failed(Failed::Quarantined) => "quarantined",
        Missing::Failed(Failed::Forbidden) => "forbidden",
        Missing::Failed(Failed::System(_)) => "system-error",
        Missing::Host(_) => "host-adapter",
        missing if missing.is_refusal() => "refused",
        Missing::Status(_) | Missing::Sense(..) | Missing::Firmware(_) | Missing::Nvme(_) => "failed",
        Missing::Nonsense => "nonsense",
    };
    object!({ "code": code, "text": missing.to_string() })
}

/// What every kind of drive has: what asking cost, what stopped it, and what did not come.
fn asked(value: &mut Value, tally: Tally, stopped: Option<Missing>, gaps: &[(&'static str, Missing)]) {
    let gap = |(what, missing): &(&str, Missing)| object!({ "what": what, "why": why(*missing) });
    value["commands"] = json!(tally.commands);
    value["slowest_ms"] = json!(tally.slowest as f64 / 1_000.0);
    value["stopped"] = stopped.map_or(Value::Null, why);
    value["missing"] = gaps.iter().map(gap).collect();
}

/// A counter of 128 bits: a number where JSON readers can hold it, else its digits.
fn wide(value: Option<u128>) -> Value {
    match value {
        None => Value::Null,
        Some(value) => u64::try_from(value).map_or_else(|_| json!(value.to_string()), |value| json!(value)),
    }
}
