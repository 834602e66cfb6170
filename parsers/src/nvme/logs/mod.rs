//! The logs of a controller, by Get Log Page (02h). One file a log.

pub mod commands;
pub mod errors;
pub mod firmware;
pub mod health;
pub mod self_test;
