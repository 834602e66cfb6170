//! The daemon: hears what happens, keeps it, diagnoses it, tells people.
//!
//! ```text
//!  asking: a process ──┐ (forked first of all; has all privileges; reads devices, runs configured programs)
//!  watch: files,       │
//!  kernel, md, signals ┼──> core: what is known, in memory ──> policy ──> outbox ──> courier: channels
//!                      │      │  ^  parses, diagnoses                       │  ^
//!                      │      v  │  (never touches a disk)                  v  │
//!                      └─── keeper: SQLite, the one writer <────────────────────
//! ```
//!
//! What must hold:
//!
//! * **Nobody waits for a disk but the keeper.** The core diagnoses from memory. An alert is stored before it is sent; if the history does not
//!   take it in time, it goes out all the same and says so.
//! * **What is known is what a fold of the history gives.** Cases follow from observations here as everywhere; there is no second truth.
//! * **Killed at any moment, nothing is lost.** How far a file was read is kept after what was read; what was told is kept before it is
//!   sent. A run that is taken up reads a little twice, and says nothing twice.
//! * **A part that hangs holds up itself alone:** a device its reader, a mount its thread, a channel its own messages.

mod asking;
mod core;
mod files;
mod glance;
mod heard;
mod keeper;
mod keeping;
mod known;
mod lines;
mod looks;
mod memory;
mod programs;
mod schedule;
mod speaking;
mod watching;

pub use self::asking::serve;
pub use self::core::{Setup, run};
pub use self::memory::{be_sparing, keep_code};
