//! From records to observations: one file per family of formats, and what is the same for all.
//!
//! A source is read once, in chunks, by the [`Observer`] of the family that recognised it by its content. The observer keeps what
//! its records say and what its bytes show: damage, gaps, repeats.

mod arcconf;
pub mod capture;
mod cciss_vol_status;
mod drives;
mod families;
mod ipmi_sel;
mod ipmi_sensors;
mod kernel_log;
mod log;
pub mod machine;
mod md;
mod mdadm;
mod mdadm_monitor;
mod mdstat;
mod megacli;
mod megaraid_events;
mod notes;
mod nvme_cli;
mod ordinals;
mod output;
mod search;
mod smart_array;
mod smart_blob;
mod smartctl;
mod source;
mod ssacli;
mod storage_manager;
mod storcli;
mod telling;
mod ups;
mod ups_log;

pub use families::{FAMILIES, Family, Observer, SoFar, is_of_one_thing, log_of, recognise};
pub use notes::{FACTS, severity, stated};
pub use search::{FRONT, Search, Shows, is_text};
pub use source::{Anomaly, Damage, Options, Source, Span, Text, UNNAMED};
