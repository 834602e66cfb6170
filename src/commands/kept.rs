//! What is kept, for the verbs that show it.

use super::{Common, Exit, complain, names, troubled};
use crate::history::{Database, Trouble, reader};
use crate::keep::{State, state};
use chrono::{DateTime, Utc};

/// An open history with what it comes to.
pub(super) struct Kept {
    pub(super) database: Database,
    pub(super) state: State,
    /// The host that was asked for, in full.
    pub(super) host: Option<String>,
    /// The time as of which it is diagnosed.
    pub(super) now: DateTime<Utc>,
}

/// Reads the history: of the host that was asked for, or of all. What went wrong is said.
pub(super) fn read(common: &Common) -> Result<Kept, Exit> {
    let failed = |trouble: Trouble| troubled(&trouble);
    let database = common.place().and_then(|path| Database::read(&path)).map_err(failed)?;
    database.notices().iter().for_each(|notice| complain(notice));
    let trouble = |error| failed(database.trouble("read the history")(error));
    let connection = database.connection();
    let host = match &common.host {
        None => None,
        Some(typed) => {
            let streams = reader::streams(connection).map_err(trouble)?;
            let known = streams.iter().filter_map(|stream| stream.name.host_name());
            Some(names::one("host", typed, known)?.to_owned())
        }
    };
    let wanted = |stream: &reader::Stream| host.is_none() || stream.name.host_name() == host.as_deref();
    let now = common.now();
    let state = state(connection, now, wanted).map_err(trouble)?;
    Ok(Kept { database, state, host, now })
}
