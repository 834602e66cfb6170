//! What Adaptec (later PMC, Microsemi, Microchip) controllers and their tools write.

pub mod arcconf;
pub mod storage_manager;
