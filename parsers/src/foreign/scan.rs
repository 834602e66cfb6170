//! Finds structures: first by their byte strings, then by sweeping what is left.

use super::FORMATS;
use super::Origin;
use super::bytes::window;
use super::format::{Anchor, Find, Format, Work};
use memchr::memmem;
use std::ops::Range;

/// A structure, and whose it is.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) origin: Origin,
    pub(super) find: Find,
}

/// All structures from the offset `from` on, in order; none overlaps another's checked bytes.
pub(super) fn scan(region: &[u8], from: usize) -> Vec<Found> {
    let mut work = Work::for_region(region.len());
    let mut found = anchored(region, hits(region, Format::all_anchors), from, &mut work);
    for format in &FORMATS {
        sweep(format, region, from, &mut found, &mut work);
    }
    found
}

/// Fronts and ends of files, in order, as far as each is sure by itself; none overlaps another.
pub(super) fn edges(region: &[u8]) -> Vec<Range<usize>> {
    let mut work = Work::for_region(region.len());
    let found = anchored(region, hits(region, |format| format.edges.iter()), 0, &mut work);
    // Checks are content with what there is of a header that the region cuts off, which can be next to nothing.
    let is_sure = |find: &Find| find.solid < region.len() || find.end_within(region.len()).is_some();
    let sure = found.into_iter().map(|found| found.find).filter(is_sure);
    sure.map(|find| find.start..find.claim(region.len())).collect()
}

/// What the checks make of the hits.
fn anchored(region: &[u8], hits: Vec<Hit>, from: usize, work: &mut Work) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut free_from = from;
    for (at, anchor, origin) in hits {
        if at < free_from {
            continue;
        }
        let Some(mut find) = (anchor.check)(region, at, work) else { continue };
        if found.is_empty() {
            // Leading zeros of a field may stand among the NULs at the front, which are counted as NULs.
            find.start = find.start.max(from);
        }
        if find.start >= free_from {
            // A check that claims nothing would let the next one overlap it.
            free_from = find.claim(region.len()).max(at + 1);
            found.push(Found { origin, find });
        }
    }
    found
}

/// A place where an anchor's bytes stand, and whose anchor it is.
type Hit = (usize, &'static Anchor, Origin);

/// Every place where the bytes of one of these anchors stand, in order.
fn hits<I: Iterator<Item = &'static Anchor>>(region: &[u8], anchors: impl Fn(&'static Format) -> I) -> Vec<Hit> {
    let mut hits = Vec::new();
    for format in &FORMATS {
        for anchor in anchors(format) {
            hits.extend(memmem::find_iter(region, anchor.bytes).map(|at| (at, anchor, format.origin)));
        }
    }
    // Stable, so that at one place the formats keep the order of the table.
    hits.sort_by_key(|(at, ..)| *at);
    hits
}

/// Adds what the format's sweep sees between the structures found so far.
fn sweep(format: &Format, region: &[u8], from: usize, found: &mut Vec<Found>, work: &mut Work) {
    let Some(sweep) = format.sweep else { return };
    for gap in gaps(from, region.len(), found) {
        let finds = sweep(window(region, gap.clone()), work);
        found.extend(finds.into_iter().map(|find| Found { origin: format.origin, find: find.shifted(gap.start) }));
    }
    found.sort_by_key(|found| found.find.start);
}

fn gaps(from: usize, len: usize, found: &[Found]) -> Vec<Range<usize>> {
    let starts = found.iter().map(|found| found.find.start).chain([len]);
    let ends = [from].into_iter().chain(found.iter().map(|found| found.find.claim(len)));
    ends.zip(starts).map(|(from, to)| from..to).filter(|gap| !gap.is_empty()).collect()
}
