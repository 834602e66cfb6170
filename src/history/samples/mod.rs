//! Samples of drives: what each drive said of itself, for years.
//!
//! Two tables (`schema/0002.sql`). `sample_chunk` has all samples, those of a drive that follow one another in chunks of at most
//! [`CHUNK`], of which each is one blob, coded by columns: most series do not change from one sample to the next, and those that
//! do change by little. `sample_newest` has the newest sample of each drive once more.
//!
//! A chunk, by byte. A *varint* has seven bits in each byte, the least first, and the top bit set in all but the last; *zigzag*
//! makes of 0, −1, 1, −2 … the numbers 0, 1, 2, 3 …, so that small changes are short in both directions.
//!
//! ```text
//!  0        format, 1
//!  1        n: samples, 1..=255
//!  2        c: columns without that of the times, a varint
//!  …        the column of the times: seconds since the chunk's first sample, of which the first is therefore 0
//!  …        c columns, their series ascending
//!  last 4   check: the low half of XXH3-64 of what is before, seeded with the chunk's place; the least byte first
//!
//! a column
//!  …        head, a varint: step << 3 | partial << 2 | coding; step is what the series' id is beyond the least that it can be,
//!           one more than that of the column before; the times have the head of a series 0 that is not partial
//!  …        if partial: which samples have the series; ⌈n/8⌉ bytes, the first sample the lowest bit; m bits are set, else m = n
//!  …        the first of m values, a varint
//!  …        what coding says: 0 the others are the same
//!                             1 m−1 zigzag changes from the value before
//!                             2 m−1 zigzag changes of that change
//!                             3 a varint k, and k times: how many values are the same before the next change, and that, zigzag
//! ```
//!
//! Of the codings the shortest is taken. All differences are taken modulo 2^64, so every counter is stored as it is, one that
//! wrapped or was set back included; it costs a few bytes in that sample.
//!
//! **Place.** A chunk's key is `drive << 33 | seconds of its first sample`. Seconds are 0 up to 2^33 (the year 2242), drives 0 up to
//! 2^30; what lies outside is an error before anything is written. A chunk ends before the next one of its drive begins, so a
//! time says which chunk it belongs to.
//!
//! **The first stays.** A drive has one sample a second. The same sample again changes nothing; another one for a second that
//! has one is not kept and is counted: what was written is not changed. Order does not matter otherwise: late samples, those of a
//! clock that was set back, gaps and any rhythm give the same history.
//!
//! **Newest is by the time that a sample bears,** and only a later one takes its place. After a clock that was wrong into the
//! future, the newest sample is that of the wrong time until the time has come.
//!
//! **Decoding is total.** Any bytes give samples or say that they are damaged, in memory bounded by 255 samples of all series that
//! can be. A damaged chunk is told beside what could be read and never written over: what can be kept of a disk that is failing
//! is kept. New samples go to a chunk beside it.
//!
//! **A chunk is rewritten for each sample that it takes,** so it is kept short; one that is full is followed by a new one, and one
//! in the midst that gets too long is halved. Both tables change in the caller's transaction.

mod codec;
mod place;
mod store;
#[cfg(test)]
mod tests;

pub use codec::Damage;
pub use place::{LAST, OutOfRange};
pub use store::{Added, CHUNK, Damaged, Error, Range, append, newest, newest_of, range};
