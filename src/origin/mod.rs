//! Which file foreign bytes of a log came from: the same bytes are sought in the files of a directory.
//!
//! ```text
//!  damaged spans of the logs, read again   read_back      stretches of bytes, with a margin of the records around
//!        │
//!  every window of 64 bytes, hashed        index
//!        │        files of the directory, each read once, in chunks
//!        ▼        │
//!  windows at multiples of 64 of a file that stand in a stretch, both ways as far as they go on     scan
//!        │
//!  the longest, and what is as long        choose
//! ```
//!
//! Since the stretches are indexed at every byte, a file need only be looked at in steps of a window: any 127 bytes of it hold a
//! whole step, wherever they stand in the log. The places where blocks begin are among the steps, so a block that went astray
//! whole is found by its first bytes; what was moved by some bytes is found as well.
//!
//! **Invariant: a wrong name is worse than none.** Named is what stands in the file byte for byte. If files of different content
//! hold the bytes alike, all are told as one of so many, and none is claimed; a few bytes more by chance make no winner. What says
//! too little, as a run of one byte, is not named at all.
//! **Invariant: a log is no origin of itself.** The log is not searched, and a file that holds the intact records beside the damage
//! is a copy of it, of which nothing is named.
//! **Invariant: bounded.** The stretches kept, the matches kept and the files listed have limits; what of the damage exceeds them
//! is said to be not searched. Each file is read once.
//!
//! **Absent on purpose:** nothing is decompressed, neither the files nor what may stand compressed in the log.

mod choose;
mod index;
mod read_back;
mod scan;
mod search;
mod sought;
#[cfg(test)]
mod tests;

pub use choose::{Finding, Holder};
pub use search::{Log, Tally, Trace, Traced, search};
