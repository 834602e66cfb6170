//! Telling people: what to say of the cases and when (policy, pure), kept until it is delivered (outbox), by what (channels).
//!
//! * [`message`]: what is said, as plain data; every channel renders the same.
//! * [`channels`]: by what it is said.

pub mod channels;
pub mod message;

pub use message::{Kind, Lead, Message};
