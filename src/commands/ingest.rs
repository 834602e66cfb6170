//! `arraywatch ingest`: into the history.

use super::gather::{Taker, gather};
use super::{Common, Exit, print, print_json};
use crate::history::writer::{self, Tally};
use crate::history::{Database, SourceId, Trouble};
use crate::keep::{Keeper, Start, Wanted, fold};
use crate::model::Sink;
use crate::observe::Source;
use crate::report::{json, text};
use std::path::PathBuf;
use std::sync::mpsc::sync_channel;
use std::thread;

/// Batches that may wait for the writer: reading goes on while it syncs.
const WAITING: usize = 16;

pub(super) fn run(paths: &[PathBuf], common: &Common) -> Exit {
    match ingest(paths, common) {
        Ok(exit) => exit,
        Err(trouble) => super::troubled(&trouble),
    }
}

fn ingest(paths: &[PathBuf], common: &Common) -> Result<Exit, Trouble> {
    let mut database = Database::write(&common.place()?)?;
    let (to, from) = sync_channel(WAITING);
    let keeper = Keeper::new(database.connection(), to, common.now());
    let mut keeper = keeper.map_err(database.trouble("read the history"))?;
    keeper.look_up_in(Database::read(database.path())?);
    let mut keeping = Keeping { keeper, ids: Vec::new() };
    let path = database.path().to_owned();
    let connection = database.connection_mut();
    let (gathered, written) = thread::scope(|scope| {
        let writer = scope.spawn(move || writer::write(connection, from));
        let gathered = gather(paths, common, false, &mut keeping);
        let Keeping { keeper, ids } = keeping;
        keeper.close();
        let written = writer.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        (gathered, written.map(|written| in_order(&ids, &written)))
    });
    let tallies = written.map_err(|error| Trouble::new("write the history", &path, error))?;
    fold::bring_up_to_date(database.connection()).map_err(database.trouble("write the history"))?;
    let exit = gathered.nothing().unwrap_or(if gathered.doubtful { Exit::Unknown } else { Exit::Healthy });
    let ingested = json::Ingested {
        database: &path,
        sources: &gathered.sources,
        tallies: &tallies,
        unchanged: &gathered.known,
        unread: &gathered.unread,
    };
    if common.json {
        return Ok(print_json(&json::ingest(&ingested), exit));
    }
    Ok(print(&text::ingest(&ingested), exit))
}

/// What was written of each source, in the order in which they were read.
fn in_order(ids: &[Option<SourceId>], written: &[(SourceId, Tally)]) -> Vec<Tally> {
    let of = |id: &Option<SourceId>| written.iter().find(|(written, _)| Some(*written) == *id).map(|(_, tally)| *tally);
    ids.iter().map(|id| of(id).unwrap_or_default()).collect()
}

/// Hands each source to the keeper.
struct Keeping {
    keeper: Keeper,
    ids: Vec<Option<SourceId>>,
}

impl Taker for Keeping {
    fn begin(&mut self, source: &Start<'_>) -> Wanted {
        self.keeper.begin(source)
    }

    fn keeps(&self) -> bool {
        true
    }

    fn hosts(&self) -> Vec<String> {
        self.keeper.hosts()
    }

    fn host_before(&self, path: Option<&str>) -> Option<String> {
        self.keeper.host_before(path)
    }

    fn bytes(&mut self, chunk: &[u8]) {
        self.keeper.bytes(chunk);
    }

    fn sink(&mut self) -> &mut dyn Sink {
        &mut self.keeper
    }

    fn finish(&mut self, source: &mut Source, whole: bool) {
        self.ids.push(self.keeper.finish(source, whole));
    }
}
