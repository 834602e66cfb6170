//! What the tests of the reader share.
#![allow(dead_code, reason = "each test uses a part of it")]

pub mod injection;
pub mod log;
pub mod oracle;
pub mod outcome;
pub mod random;

use arraywatch_parsers::adaptec::storage_manager::StorageManager;
use arraywatch_parsers::stream::{Damage, Item, Reader, Summary, What};
use arraywatch_parsers::time::Resolver;
use std::ops::Range;

/// A span of the input and what it is; `None` for a record.
pub type Span = (Range<u64>, Option<What>);

/// All that a reader found, with late judgements applied.
#[derive(Debug, Default, PartialEq)]
pub struct Found {
    pub spans: Vec<Span>,
    pub anomalies: Vec<String>,
    /// Offsets of what was written in a pager's notation, as it was before.
    pub decoded: Vec<Range<u64>>,
    pub bytes: u64,
}

/// Reads an input in chunks.
pub fn read<'a>(front: &[u8], chunks: impl IntoIterator<Item = &'a [u8]>) -> Found {
    let mut found = Found::default();
    let mut reader = Reader::new(StorageManager::default().learn(front), Resolver::new(None));
    let mut sink = |item: Item<'_, StorageManager>| match item {
        Item::Record { span, .. } => found.spans.push((span, None)),
        Item::Other { span, decoded, what } => {
            found.decoded.extend(decoded);
            found.spans.push((span, Some(what)));
        }
        Item::Recanted { span, damage, .. } => recant(&mut found.spans, &span, damage),
        Item::Anomaly(anomaly) => {
            let kind = anomaly.kind.code();
            found.anomalies.push(format!("{kind} {}..{}: {}", anomaly.start, anomaly.end, anomaly.detail));
        }
    };
    for chunk in chunks {
        reader.push(chunk, &mut sink);
    }
    let Summary { bytes, .. } = reader.finish(&mut sink);
    found.bytes = bytes;
    found
}

fn recant(spans: &mut [Span], span: &Range<u64>, damage: Damage) {
    let at = spans
        .iter_mut()
        .find(|(known, what)| known == span && what.is_none())
        .expect("only a record is recanted, once");
    at.1 = Some(What::Damage(damage));
}

/// One record of the published form.
pub fn record(day: u32, device: usize) -> String {
    const SERIALS: [&str; 4] = ["CVEM0711000A064KGN", "CVEM9310021B064KGN", "CVEM0522003C064KGN", "CVEM0633004D064KGN"];
    let (slot, id) = (device, device + 8);
    let second = 31 + day * 3;
    format!(
        "October {day}, 2013 8:{:02}:{:02} AM CDT INF 423:A01C0S0{id}L-- [db7] Drive map: controller 1, channel 0, \
         SCSI device ID {id}, controller 1, enclosure 0, slot {slot}, S/N {} (Vendor: INTEL Model: SSDSA2SH064G1GC)\n",
        38 + second / 60,
        second % 60,
        SERIALS[device % 4],
    )
}
