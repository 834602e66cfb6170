//! The windows of what is sought, by their hash.

use super::sought::Sought;
use xxhash_rust::xxh3::xxh3_64;

/// Bytes of a window, and the step in which files are looked at. Any `2 * WINDOW - 1` bytes of a file hold a whole window that
/// begins at a multiple of it.
pub(super) const WINDOW: usize = 64;

/// A window with fewer different bytes, as a run of NULs, stands in many files at many places.
const DIFFERENT_MIN: usize = 4;

/// Places of one window that are kept: one that stands everywhere tells nothing, and its neighbours may tell more.
const PLACES_MAX: usize = 64;

/// Bits of the filter for each window: with so many, one window in 32 that is not sought passes.
const FILTER_BITS: usize = 32;

/// Where a window of bytes stands in what is sought.
#[derive(Debug)]
pub(super) struct Index {
    /// Hash and place, in order.
    places: Vec<(u32, u32)>,
    /// A bit for the hash of each.
    filter: Vec<u64>,
}

impl Index {
    pub(super) fn new(sought: &Sought) -> Self {
        let windows = |core: &[u8]| core.len().saturating_sub(WINDOW - 1);
        let all: usize = sought.stretches.iter().map(|stretch| windows(sought.slice(&stretch.core))).sum();
        let bits = (all * FILTER_BITS).next_power_of_two().max(64);
        let mut index = Self { places: Vec::with_capacity(all), filter: vec![0; bits / 64] };
        for stretch in &sought.stretches {
            let mut variety = Variety::default();
            for (place, window) in (stretch.core.start..).zip(sought.slice(&stretch.core).windows(WINDOW)) {
                variety.moves_to(window);
                if variety.different >= DIFFERENT_MIN {
                    index.add(xxh3_64(window), place);
                }
            }
        }
        index.places.sort_unstable();
        index
    }

    fn add(&mut self, hash: u64, place: usize) {
        let (word, bit) = self.bit(hash);
        if let (Some(word), Ok(place)) = (self.filter.get_mut(word), u32::try_from(place)) {
            *word |= bit;
            self.places.push((tag(hash), place));
        }
    }

    /// Whether there is nothing to look for.
    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Where a window may stand: its hash does.
    pub(super) fn places(&self, window: &[u8]) -> impl Iterator<Item = usize> {
        let hash = xxh3_64(window);
        let (word, bit) = self.bit(hash);
        let passes = self.filter.get(word).is_some_and(|word| word & bit != 0);
        let from =
            if passes { self.places.partition_point(|(known, _)| *known < tag(hash)) } else { self.places.len() };
        let same = self.places.iter().skip(from).take_while(move |(known, _)| *known == tag(hash));
        same.take(PLACES_MAX).map(|(_, place)| *place as usize)
    }

    fn bit(&self, hash: u64) -> (usize, u64) {
        let bit = hash & (self.filter.len() as u64 * 64 - 1);
        (usize::try_from(bit / 64).unwrap_or(0), 1 << (bit % 64))
    }
}

/// The part of a hash that is kept: not the bits that the filter looks at.
fn tag(hash: u64) -> u32 {
    u32::try_from(hash >> 32).unwrap_or(0)
}

/// How many different bytes a window has that moves on byte by byte.
struct Variety {
    counts: [u8; 256],
    different: usize,
    /// The byte that leaves with the next step; none before the first.
    first: Option<u8>,
}

impl Default for Variety {
    fn default() -> Self {
        Self { counts: [0; 256], different: 0, first: None }
    }
}

impl Variety {
    fn moves_to(&mut self, window: &[u8]) {
        let (Some(first), Some(last)) = (window.first(), window.last()) else { return };
        match self.first.replace(*first) {
            None => window.iter().for_each(|byte| self.count(*byte, true)),
            Some(left) => {
                self.count(left, false);
                self.count(*last, true);
            }
        }
    }

    fn count(&mut self, byte: u8, comes: bool) {
        let Some(count) = self.counts.get_mut(usize::from(byte)) else { return };
        let was = *count > 0;
        *count = if comes { count.saturating_add(1) } else { count.saturating_sub(1) };
        match (was, *count > 0) {
            (false, true) => self.different += 1,
            (true, false) => self.different -= 1,
            _ => {}
        }
    }
}
