//! arraywatch
