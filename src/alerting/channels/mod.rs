//! By what people are told. A channel renders a message and hands it over, once; whether and when it is tried again is the outbox's.

/// Why an attempt failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// For people: what was tried, on what, what went wrong.
    pub why: String,
    /// Whether the receiver said that it will never take it (an address that it does not know, a request that it does not understand).
    /// It is tried again all the same, at the slowest pace, and told of at once.
    pub refused: bool,
}
