//! Whether people would be told, for programs.

use crate::alerting::courier::Outcome;
use serde_json::Value;

/// `arraywatch.tell-test/1`
pub fn tell_test(outcomes: &[Outcome]) -> Value {
    let channel = |outcome: &Outcome| {
        let failed = outcome.result.as_ref().err();
        object!({
            "name": &outcome.channel,
            "delivered": failed.is_none(),
            "to": failed.is_none().then_some(&outcome.to),
            "seconds": outcome.took.as_secs_f64(),
            "why": failed.map(|failed| &failed.why),
            "refused": failed.is_some_and(|failed| failed.refused),
        })
    };
    object!({
        "schema": "arraywatch.tell-test/1",
        "channels": outcomes.iter().map(channel).collect::<Vec<_>>(),
    })
}
