//! Smart Array controllers of HP and HPE, by their tools.
//!
//! [`ssacli`] reads what the maker's own prints (`ssacli`, before `hpssacli`, before `hpacucli`), [`cciss_vol_status`] what the free tool of
//! the cciss and hpsa drivers' author does. Both get the state of a logical drive from the same reply of the firmware, in other words:
//! [`volume`].

pub mod cciss_vol_status;
pub mod ssacli;
pub mod volume;

#[cfg(test)]
mod corpus;
