//! The logs of a drive: SMART READ LOG (B0h/D5h) and READ LOG EXT (2Fh). One file a log.

pub mod directory;
pub mod errors;
pub mod phy;
pub mod sct;
pub mod self_test;
pub mod statistics;
