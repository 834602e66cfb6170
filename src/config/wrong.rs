//! What is wrong with a configuration file, for the person who wrote it.

use std::fmt;

/// A mistake.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wrong {
    /// Its line, from 1 on.
    pub line: usize,
    /// Its place in the line, in characters, from 1 on.
    pub column: usize,
    /// What is wrong. A secret that stands there is not repeated.
    pub what: String,
    /// What would be right.
    pub instead: String,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, column, what, instead } = self;
        write!(f, "{line}:{column}  {what}; {instead}")
    }
}
