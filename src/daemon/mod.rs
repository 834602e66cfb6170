//! The daemon: watches, keeps, diagnoses, tells.
