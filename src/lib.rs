//! A storage array health watchdog.
//!
//! The layers, each importing only what stands above it here; `ARCHITECTURE.md` is the map.
//!
//! * [`model`]: the words as plain types; [`words`]: numbers, times and texts in one manner. Everything stands on these two.
//! * [`streams`]: opening and reading what is given; [`machine`]: the machine that is read, by those who may.
//! * [`probes`]: what the machine is asked, and what its answers say.
//! * [`observe`]: from the parsers' records to observations.
//! * [`origin`]: the files that foreign bytes of a log came from.
//! * [`history`]: what was said, kept in SQLite.
//! * [`diagnosis`]: from observations to cases, purely.
//! * [`keep`]: joins reading, history and diagnosis.
//! * [`config`]: what the daemon is told; [`watch`]: what happens on the machine; [`alerting`]: telling people; [`daemon`]: joins these.
//! * [`chronicle`]: what became of one drive, bay or array.
//! * [`report`]: what people and programs are shown.
//! * [`commands`]: one file per verb, which wires these together.

pub mod alerting;
pub mod chronicle;
pub mod commands;
pub mod config;
pub mod daemon;
pub mod diagnosis;
pub mod history;
pub mod keep;
pub mod machine;
pub mod model;
pub mod observe;
pub mod origin;
pub mod probes;
pub mod report;
pub mod streams;
pub mod watch;
pub mod words;
