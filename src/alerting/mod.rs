//! Telling people: what to say of the cases and when (policy, pure), kept until it is delivered (outbox), by what (channels).
//!
//! * [`message`]: what is said, as plain data; every channel renders the same.
//! * [`compose`]: from a case to a message; [`scope`]: how much is lost, and what one more failure would do.
//! * [`policy`]: what is said, and when; [`book`]: what was said; [`standing`]: what was so then.
//! * [`outbox`]: what is said is kept until all channels have it.
//! * [`render`]: a message as text, as HTML, as a line.
//! * [`channels`]: by what it is said.
//! * [`courier`]: the thread that says it.
//!
//! **Invariant: what was told is known by the stored alerts alone.** The policy compares the cases with what stood when something was said,
//! which is kept with each alert; it has no memory of its own. So a restart, or a kill at any moment, goes on where it was.

pub mod book;
pub mod channels;
pub mod compose;
pub mod courier;
pub mod message;
pub mod outbox;
pub mod policy;
pub mod render;
pub mod scope;
pub mod standing;

pub use book::Book;
pub use message::{Kind, Lead, Message};
pub use outbox::{Alert, Delivery, Outbox};
pub use policy::{Held, Seen, decide, held};
