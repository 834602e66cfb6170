//! Whole-program tests, a module for each promise made to a user. They run the real binary; it is one test program, since
//! linking many takes longer than running them.

mod bad_input;
mod common;
mod corpora;
mod crash;
mod database;
mod drive_map;
mod events;
mod export;
mod history;
mod hosts;
mod incremental;
mod ingest;
mod ingest_crash;
mod json;
mod kept;
mod kept_right;
mod masked;
mod megaraid_events;
mod notes;
mod operator;
mod origin;
mod outputs;
mod packed;
mod prune;
mod published_log;
mod readme;
mod right_answers;
mod same_evidence;
mod scan;
mod schemas;
mod snapshots;
mod status;
mod terminal;
mod verdicts;
mod why;
