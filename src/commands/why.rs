//! `arraywatch why`: what a case rests on, back to the bytes.

use super::kept::{self, Kept};
use super::{Common, Exit, names, print, print_json};
use crate::keep::trace::trace;
use crate::report::why::Why;
use crate::report::{json, text};

pub(super) fn run(typed: &str, common: &Common) -> Exit {
    kept::read(common).and_then(|kept| show(typed, &kept, common)).unwrap_or_else(|exit| exit)
}

fn show(typed: &str, kept: &Kept, common: &Common) -> Result<Exit, Exit> {
    let Kept { database, state, now, .. } = kept;
    let case = names::case(&state.diagnosis.cases, typed)?;
    let failed = |error| super::troubled(&database.trouble("read the history")(error));
    let told = trace(database.connection(), state, case).map_err(failed)?;
    let (why, exit) = (Why { case, told, now: *now }, Exit::Healthy);
    Ok(if common.json { print_json(&json::why(&why), exit) } else { print(&text::why(&why), exit) })
}
