//! One case, with all that it rests on.

use super::{case, observation, time};
use crate::keep::trace::{Quote, Traced};
use crate::report::sums::{Sum, Sums};
use crate::report::why::{Why, line};
use serde_json::Value;

/// `arraywatch.why/1`
pub fn why(why: &Why<'_>) -> Value {
    let score = |sum: &Sum<'_>| {
        object!({
            "cause": sum.suspect.cause.code(),
            "score": sum.score,
            "raised": sum.raised,
            "probability": sum.suspect.probability,
        })
    };
    let sums = Sums::exact(&why.case.suspects);
    object!({
        "schema": "arraywatch.why/1",
        "now": time(why.now),
        "case": case(why.case),
        "scores": sums.of.iter().map(score).collect::<Vec<_>>(),
        "total": sums.total,
        "observations": why.told.iter().map(|told| observation(told.one)).collect::<Vec<_>>(),
        "traces": why.told.iter().map(trace).collect::<Vec<_>>(),
    })
}

fn trace(told: &Traced<'_>) -> Value {
    let quoted = match &told.quote {
        Quote::Bytes(bytes) => Some(line(bytes)),
        Quote::Found(found) => Some(line(&found.bytes)),
        _ => None,
    };
    let found = match &told.quote {
        Quote::Found(found) => Some(object!({
            "path": crate::words::clean(&found.path.to_string_lossy()),
            "start": found.span.start,
            "end": found.span.end,
        })),
        _ => None,
    };
    object!({
        "id": told.one.id.to_string(),
        "made_of": told.made.as_ref().map(|made| object!({ "records": made.of, "how": &made.how })),
        "said_by": told.said_by(),
        "read_at": told.source.map(|source| time(source.read_at)),
        "bytes": told.quote.code(),
        "quote": quoted,
        "found": found,
    })
}
