//! A message as names and values: what a program finds in its environment, and the journal in its fields.

use crate::alerting::Message;
use crate::words::clean;
use chrono::SecondsFormat;

/// All of it that is of one line. The names are a contract with people's programs: none is ever renamed.
pub(super) fn fields(message: &Message) -> Vec<(&'static str, String)> {
    let lead = &message.lead;
    let or_none = |text: &Option<String>| text.as_deref().map(clean).unwrap_or_default();
    vec![
        ("ARRAYWATCH_ID", message.id.to_string()),
        ("ARRAYWATCH_THREAD", clean(&message.thread)),
        ("ARRAYWATCH_PLACE_IN_THREAD", message.place_in_thread.to_string()),
        ("ARRAYWATCH_KIND", message.kind.code().to_owned()),
        ("ARRAYWATCH_AT", message.at.to_rfc3339_opts(SecondsFormat::Secs, true)),
        ("ARRAYWATCH_HOST", clean(&message.host)),
        ("ARRAYWATCH_SEVERITY", message.severity.code().to_owned()),
        ("ARRAYWATCH_OVER", u8::from(message.is_over()).to_string()),
        ("ARRAYWATCH_CASE", or_none(&message.case)),
        ("ARRAYWATCH_CODE", or_none(&message.code)),
        ("ARRAYWATCH_SUBJECT", clean(&message.subject)),
        ("ARRAYWATCH_TITLE", clean(&message.title)),
        ("ARRAYWATCH_WHAT", clean(&lead.what)),
        ("ARRAYWATCH_PLACE", clean(&lead.place)),
        ("ARRAYWATCH_WHY", clean(&lead.why)),
        ("ARRAYWATCH_STAKE", clean(&lead.stake)),
        ("ARRAYWATCH_ACT", clean(&lead.act)),
    ]
}
