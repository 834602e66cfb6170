//! Enclosure services.
