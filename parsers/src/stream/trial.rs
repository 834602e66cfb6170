//! What every grammar's tests ask of the reader: the spans of a log, in words, and that they tile it whatever the chunks.

use super::{Grammar, Item, Reader, Record as _, What};
use crate::time::Resolver;
use std::fmt::Write as _;

/// Reads a log and says a line a span: the text of a record's time, or what else it is.
pub(crate) fn spans<G: Grammar + Clone>(grammar: &G, bytes: &[u8], chunk: usize) -> String {
    let (mut text, mut end) = (String::new(), 0);
    let mut reader = Reader::new(grammar.clone(), Resolver::new(None));
    let mut take = |item: Item<'_, G>| {
        let mut tile = |span: &std::ops::Range<u64>| {
            assert_eq!(span.start, end, "the spans tile the input");
            end = span.end;
        };
        let _ = match item {
            Item::Record { span, at, record, .. } => {
                tile(&span);
                writeln!(text, "record of {:?}, {}", record.written(), at.utc.format("%F %T"))
            }
            Item::Other { span, what: What::Unrecognised { lines }, .. } => {
                tile(&span);
                writeln!(text, "{lines} lines unrecognised")
            }
            Item::Other { span, what: What::Damage(damage), .. } => {
                tile(&span);
                writeln!(text, "{}: {}", damage.kind.code(), damage.detail)
            }
            Item::Recanted { .. } => Ok(()),
            Item::Anomaly(anomaly) => writeln!(text, "{}: {}", anomaly.kind.code(), anomaly.detail),
        };
    };
    for chunk in bytes.chunks(chunk.max(1)) {
        reader.push(chunk, &mut take);
    }
    reader.finish(&mut take);
    assert_eq!(end, u64::try_from(bytes.len()).unwrap_or(u64::MAX));
    text
}
