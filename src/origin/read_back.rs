//! What is sought, read once more from the logs: the reader keeps the places of damage, not its bytes.

use super::index::WINDOW;
use super::search::{Log, Trace};
use super::sought::{Sought, Whose};
use crate::observe::{Source, Text};
use crate::streams::{Failure, Name, Opened, open_file};
use arraywatch_parsers::pager;
use arraywatch_parsers::stream::DamageKind;
use std::ops::Range;

/// All that is kept of all logs. The index takes 12 times as much memory. What is kept is indexed at every byte, or it is not
/// searched for: if only some places were, a file that holds a part would be named where another one holds all.
const KEPT_MAX: usize = 8 * 1024 * 1024;

/// What is kept of one stretch: so much of a file tells which it is.
const STRETCH_MAX: u64 = 1024 * 1024;

/// A run of NULs that is longer parts two stretches: it need not be kept.
const NULS_MAX: u64 = 256 * 1024;

/// What is left of one record is shorter. A longer span may be another file's text within a line, with both ends of a record.
const RECORD_MAX: u64 = 512;

/// How much of the intact records beside the damage is kept, to know a copy of the log by them.
const MARGIN: u64 = 64;

/// Spans of a log that touch each other and are not intact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Region {
    pub(super) spans: Vec<(Range<u64>, Whose)>,
    /// Bytes of records before and behind it.
    margins: [u64; 2],
    /// Whether part of it was pasted from a pager.
    pasted: bool,
    damaged: bool,
}

impl Region {
    fn range(&self) -> Range<u64> {
        let edge = |span: Option<&(Range<u64>, Whose)>| span.map_or(0..0, |(range, _)| range.clone());
        edge(self.spans.first()).start..edge(self.spans.last()).end
    }
}

/// The regions of a source in which another file's bytes may stand.
pub(super) fn regions(source: &Source) -> Vec<Region> {
    let mut regions: Vec<Region> = Vec::new();
    let mut margin = 0;
    let mut touches = false;
    for span in &source.spans {
        let length = span.range.end - span.range.start;
        let damage = source.damage.binary_search_by_key(&span.range.start, |damage| damage.span.start);
        let damage = damage.ok().and_then(|index| source.damage.get(index));
        if span.text == Some(Text::Records) {
            margin = length.min(MARGIN);
            if let Some(last) = regions.last_mut().filter(|_| touches) {
                last.margins[1] = margin;
            }
            touches = false;
            continue;
        }
        let whose = match damage.map(|damage| damage.kind) {
            Some(DamageKind::NulRun) => Whose::Nobodys,
            Some(DamageKind::Torn | DamageKind::Spliced) if length <= RECORD_MAX => Whose::Own,
            Some(_) | None => Whose::Other,
        };
        if whose == Whose::Nobodys && length > NULS_MAX {
            (margin, touches) = (0, false);
            continue;
        }
        if !touches {
            regions.push(Region { spans: Vec::new(), margins: [margin, 0], pasted: false, damaged: false });
        }
        if let Some(region) = regions.last_mut() {
            region.spans.push((span.range.clone(), whose));
            region.pasted |= damage.is_some_and(|damage| damage.decoded.is_some());
            region.damaged |= damage.is_some();
        }
        (margin, touches) = (0, true);
    }
    let worth = |region: &Region| {
        let range = region.range();
        let long = range.end - range.start >= WINDOW as u64;
        long && region.spans.iter().any(|(_, whose)| *whose == Whose::Other)
    };
    regions.retain(worth);
    regions
}

/// Reads the regions of all logs, those with damage before text that is no record. What could not be read is said in the traces.
pub(super) fn read_back(logs: &[Log<'_>], traces: &mut [Trace]) -> (Sought, Vec<(u64, u64)>) {
    let mut sought = Sought::default();
    let mut identities = Vec::new();
    let mut regions_of: Vec<Vec<Region>> = logs.iter().map(|log| regions(log.source)).collect();
    let mut opened: Vec<Option<Opened>> = Vec::new();
    for ((log, trace), regions) in logs.iter().zip(traces.iter_mut()).zip(&mut regions_of) {
        let log_opened = reopen(log);
        identities.extend(log_opened.as_ref().ok().and_then(|opened| opened.identity().ok()));
        if let (Err(why), false) = (&log_opened, regions.is_empty()) {
            trace.not_searched = Some(why.clone());
        }
        opened.push(log_opened.ok());
    }
    for damaged in [true, false] {
        for (index, regions) in regions_of.iter().enumerate() {
            let (Some(Some(opened)), Some(trace)) = (opened.get_mut(index), traces.get_mut(index)) else { continue };
            for region in regions.iter().filter(|region| region.damaged == damaged) {
                if let Err(failure) = keep(region, index, opened, trace, &mut sought) {
                    trace.not_searched = Some(format!("its damage could not be read again: {failure}"));
                    break;
                }
            }
        }
    }
    (sought, identities)
}

fn reopen(log: &Log<'_>) -> Result<Opened, String> {
    let again = "its bytes cannot be read a second time; give it as a file";
    let Name::Path(path) = log.name else { return Err(format!("it is standard input: {again}")) };
    match open_file(path) {
        Ok(opened) if log.source.packed.is_some() => opened.unpacked().map_err(|failure| failure.to_string()),
        Ok(opened) if opened.size.is_some_and(|size| size < log.source.bytes) => {
            Err("it became shorter since it was read".to_owned())
        }
        Ok(opened) => Ok(opened),
        Err(Failure::NotAFile(what)) => Err(format!("it is {what}: {again}")),
        Err(failure) => Err(failure.to_string()),
    }
}

/// Reads one region, as far as there is room for it.
fn keep(
    region: &Region,
    log: usize,
    opened: &mut Opened,
    trace: &mut Trace,
    sought: &mut Sought,
) -> Result<(), Failure> {
    let range = region.range();
    let room = (KEPT_MAX - sought.bytes.len().min(KEPT_MAX)) as u64;
    let end = range.end.min(range.start + room.min(STRETCH_MAX));
    let whole = end == range.end;
    if !whole {
        trace.bytes_left_out += range.end - end;
    }
    let margins = [region.margins[0], if whole { region.margins[1] } else { 0 }];
    if end - range.start < WINDOW as u64 {
        return Ok(());
    }
    opened.seek(range.start - margins[0])?;
    let mut bytes =
        [margins[0], end - range.start, margins[1]].map(|length| vec![0; usize::try_from(length).unwrap_or(0)]);
    for part in &mut bytes {
        let length = opened.fill(part)?;
        part.truncate(length);
    }
    let [before, core, behind] = &bytes;
    let decoded = if region.pasted { pager::decode(core) } else { None };
    sought.add(log, range.start, [before, core, behind], decoded, &region.spans);
    trace.searched.push(range.start..end);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::{Damage, Span};

    /// A source with stretches of so many bytes: `r` records, `u` text that is none, else damage by the first letter of its kind.
    fn source(stretches: &str) -> Source {
        let mut source = Source::default();
        for stretch in stretches.split_whitespace() {
            let (kind, length) = stretch.split_at(1);
            let range = source.bytes..source.bytes + length.parse::<u64>().expect("a length");
            source.bytes = range.end;
            let text = match kind {
                "r" => Some(Text::Records),
                "u" => Some(Text::Unrecognised),
                _ => None,
            };
            if text.is_none() {
                let damage = DamageKind::ALL.into_iter().find(|known| known.code().starts_with(kind));
                source.damage.push(Damage {
                    span: range.clone(),
                    decoded: None,
                    kind: damage.expect("a letter of a kind"),
                    detail: String::new(),
                    origin: None,
                    unfinished: false,
                });
            }
            source.spans.push(Span { range, text });
        }
        source
    }

    #[test]
    fn what_is_searched_for() {
        // Each region: from, to, margins, and whose the spans are.
        let check = |stretches: &str, expect: &[&str]| {
            let told = |region: &Region| {
                let Range { start, end } = region.range();
                let whose: String = region.spans.iter().map(|(_, whose)| format!("{whose:?}").remove(0)).collect();
                format!("{start}..{end} {}+{} {whose}", region.margins[0], region.margins[1])
            };
            assert_eq!(regions(&source(stretches)).iter().map(told).collect::<Vec<_>>(), expect, "{stretches}");
        };
        check("", &[]);
        check("r1000", &[]);
        check("r1000 f512 r1000", &["1000..1512 64+64 O"]);
        check("f512", &["0..512 0+0 O"]);
        check("r30 f512 r30 u80 r9", &["30..542 30+30 O", "572..652 30+9 O"]);
        check("r100 f63 r100", &[]);
        check("r100 n4096 r100", &[]);
        check("r100 t200 n300 s400 r100", &[]);
        check("r100 t513 r100", &["100..613 64+64 O"]);
        check("r100 t90 n300 f512 u60 r100", &["100..1062 64+64 ONOO"]);
        check("r100 f512 n300000 g512", &["100..612 64+0 O", "300612..301124 0+0 O"]);
    }
}
