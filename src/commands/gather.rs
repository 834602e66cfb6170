//! Reading everything that was given, each source once.

use super::progress::Progress;
use super::readings::Readings;
use super::{Common, Exit, complain};
use crate::diagnosis::Digests;
use crate::keep::{Start, Wanted};
use crate::model::{Observation, Sink};
use crate::observe::{FAMILIES, FRONT, Family, Options, Search, Shows, Source, UNNAMED, recognise};
use crate::report::json::Unread;
use crate::streams::{Failure, Found, Name, Opened, Packing, Status, find, open};
use arraywatch_parsers::foreign;
use std::path::PathBuf;

/// How much is read at once.
const CHUNK: usize = 256 * 1024;

/// What becomes of what sources say, one source after the other.
pub(super) trait Taker {
    /// A source is about to be read; one that is not wanted is not read, and counts as known.
    fn begin(&mut self, _source: &Start<'_>) -> Wanted {
        Wanted::Yes
    }

    /// Whether what sources say is kept, so that a file is met again, and corrected, where it lies.
    fn keeps(&self) -> bool {
        false
    }

    /// Hosts that are known besides those that this run reads of.
    fn hosts(&self) -> Vec<String> {
        Vec::new()
    }

    /// The host of an earlier version of a file that is corrected rather than added to.
    fn host_before(&self, _path: Option<&str>) -> Option<String> {
        None
    }

    /// Bytes of the source, in order, before what they say.
    fn bytes(&mut self, _chunk: &[u8]) {}

    /// Takes what the source says that is being read.
    fn sink(&mut self) -> &mut dyn Sink;

    /// The source has been read, to its end or not.
    fn finish(&mut self, source: &mut Source, whole: bool);
}

/// Makes observations of it at once: of each log by itself, of readings of machines together.
#[derive(Default)]
pub(super) struct Observing {
    digests: Digests,
    readings: Readings,
    /// Whether the source being read is a reading of a machine.
    is_reading: bool,
    observations: Vec<Observation>,
}

impl Observing {
    /// All of them, when all sources have been read.
    pub(super) fn into_observations(self) -> Vec<Observation> {
        let mut observations = self.observations;
        observations.extend(self.readings.observations());
        observations
    }
}

impl Taker for Observing {
    fn begin(&mut self, source: &Start<'_>) -> Wanted {
        self.is_reading = FAMILIES.iter().any(|family| family.is_reading() && family.name() == source.format);
        Wanted::Yes
    }

    fn sink(&mut self) -> &mut dyn Sink {
        if self.is_reading { &mut self.readings } else { &mut self.digests }
    }

    fn finish(&mut self, source: &mut Source, _whole: bool) {
        let digests = std::mem::take(&mut self.digests);
        source.events_counted += digests.counted();
        self.observations.extend(digests.observations());
    }
}

/// What was read.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) sources: Vec<Source>,
    /// How each source was opened.
    pub(super) names: Vec<Name>,
    pub(super) unread: Vec<Unread>,
    /// What need not be read, since it is as it was.
    pub(super) known: Vec<String>,
    /// Whether something was not read or not understood.
    pub(super) incomplete: bool,
    /// Whether that was something that was named, or of a known format: then nothing is healthy. A file that only lies in a
    /// directory that was named, and that no format claims, is listed and no more.
    pub(super) doubtful: bool,
}

/// An input whose format is known.
struct Recognised {
    name: Name,
    opened: Opened,
    front: Vec<u8>,
    family: &'static dyn Family,
}

/// Reads the paths. What cannot be read is said in a line on standard error, and the rest is read.
pub(super) fn gather(paths: &[PathBuf], common: &Common, bytes_only: bool, taker: &mut dyn Taker) -> Gathered {
    let mut gathered = Gathered::default();
    let mut later = Vec::new();
    for path in paths {
        match find(path) {
            Ok(Found::Named(name)) => gathered.one(name, true, common, bytes_only, taker, &mut later),
            Ok(Found::Directory { path, files, passed_over }) => {
                let before = gathered.sources.len() + gathered.known.len() + later.len();
                let looked_at = files.len() + passed_over;
                files.into_iter().for_each(|name| gathered.one(name, false, common, bytes_only, taker, &mut later));
                if gathered.sources.len() + gathered.known.len() + later.len() == before {
                    gathered.fail(path.display().to_string(), Failure::NothingKnown(looked_at));
                }
            }
            Err(failure) => gathered.fail(path.display().to_string(), failure),
        }
    }
    for recognised in later {
        gathered.read(recognised, common, bytes_only, taker);
    }
    gathered
}

impl Gathered {
    /// The exit status if nothing could be read.
    pub(super) fn nothing(&self) -> Option<Exit> {
        if !self.sources.is_empty() || !self.known.is_empty() {
            return None;
        }
        let worst = self.unread.iter().map(|(_, failure)| failure.exit()).max()?;
        Some(match worst {
            64 => Exit::Usage,
            66 => Exit::NoInput,
            74 => Exit::Io,
            _ => Exit::NotUnderstood,
        })
    }

    fn fail(&mut self, name: String, failure: Failure) {
        let name = crate::words::clean(&name);
        complain(&format!("{name}: {failure}"));
        (self.incomplete, self.doubtful) = (true, true);
        self.unread.push((name, failure));
    }

    /// One input: read now, or later if it speaks of what others found. A file of a directory that is of no known format is
    /// listed and no error.
    fn one(
        &mut self,
        name: Name,
        named: bool,
        common: &Common,
        bytes_only: bool,
        taker: &mut dyn Taker,
        later: &mut Vec<Recognised>,
    ) {
        match recognised(name.clone()) {
            Ok(recognised) if recognised.family.speaks_of_others() => later.push(recognised),
            Ok(recognised) => self.read(recognised, common, bytes_only, taker),
            Err(failure) if !named && matches!(failure, Failure::NotUnderstood(_) | Failure::Empty) => {
                self.incomplete = true;
                self.unread.push((name.to_string(), failure));
            }
            Err(failure) => self.fail(name.to_string(), failure),
        }
    }

    fn read(&mut self, recognised: Recognised, common: &Common, bytes_only: bool, taker: &mut dyn Taker) {
        let path = recognised.opened.size.filter(|_| taker.keeps()).and_then(|_| recognised.name.place());
        let options = Options {
            host: common.host.clone(),
            hosts_known: self.hosts_known(recognised.family, path.as_deref(), taker),
            host_else: None,
            path,
            timezone: common.timezone,
            modified: recognised.opened.modified().map_or(common.now(), |modified| modified.min(common.now())),
            bytes_only,
        };
        let name = recognised.name.to_string();
        let timezone = options.timezone.map(|zone| zone.name());
        let start = Start {
            name: &name,
            path: options.path.as_deref(),
            format: recognised.family.name(),
            timezone,
            host: options.host.as_deref(),
            front: &recognised.front,
            fingerprint: recognised.opened.fingerprint(),
            replaces: recognised.family.speaks_of_others(),
            passing: false,
            goes_on: false,
        };
        match taker.begin(&start) {
            Wanted::Yes => {}
            Wanted::Unchanged => return self.known.push(name),
            Wanted::OtherZone(zone) => return self.fail(name, Failure::OtherZone(zone)),
            Wanted::OtherHost(host) => return self.fail(name, Failure::OtherHost(host)),
        }
        self.names.push(recognised.name.clone());
        let (source, failure) = read(recognised, &options, taker);
        for problem in &source.problems {
            complain(&format!("{name}: {problem}"));
        }
        self.incomplete |= !source.problems.is_empty();
        self.doubtful |= !source.problems.is_empty();
        self.sources.push(source);
        if let Some(failure) = failure {
            self.fail(name, failure);
        }
    }

    /// The hosts that a source without a name of its own may be of: that of its earlier version, or else all that are known. One that
    /// notes were given since nobody knew whose they are is none of them. Readings are of no host that is known from before or has one by
    /// the same tool already: two hosts must not become one.
    fn hosts_known(&self, family: &dyn Family, path: Option<&str>, taker: &dyn Taker) -> Vec<String> {
        if let Some(host) = taker.host_before(path) {
            return vec![host];
        }
        let has_one = |source: &Source| source.format == Some(family.name()) && !family.is_of_one_thing();
        let other = |host: &String| {
            !family.is_reading() || !self.sources.iter().any(|source| has_one(source) && source.hosts.contains(host))
        };
        let of_people = |source: &Source| {
            FAMILIES.iter().any(|family| family.speaks_of_others() && source.format == Some(family.name()))
        };
        let hosts = self.sources.iter().flat_map(|source| {
            let named = move |host: &&String| !of_people(source) || !host.starts_with(UNNAMED);
            source.hosts.iter().filter(named).cloned()
        });
        let before = if family.is_reading() { Vec::new() } else { taker.hosts() };
        let mut hosts: Vec<String> = hosts.filter(other).chain(before).collect();
        hosts.sort();
        hosts.dedup();
        hosts
    }
}

/// Opens an input and finds its format: in its front, or, if it can be read twice, anywhere in it.
fn recognised(name: Name) -> Result<Recognised, Failure> {
    let mut opened = open(&name)?;
    let (mut front, mut family) = look(&mut opened)?;
    // A log whose first block was written over with one of a compressed file is still a log. What it unpacks to may hold some of the
    // log, too: data that did not get smaller stands in such a file as it is.
    let rather_as_it_is = family.is_none() || recognise(opened.head()).is_some();
    if opened.trouble().is_some() && rather_as_it_is && opened.as_it_is() {
        (front, family) = look(&mut opened)?;
    }
    if let Some(family) = family {
        return Ok(Recognised { name, opened, front, family });
    }
    Err(match opened.trouble().or(opened.not_unpacked()) {
        Some(trouble) => Failure::NotUnpacked(trouble.clone()),
        None if front.is_empty() => Failure::Empty,
        None => Failure::NotUnderstood(describe(&front, opened.packing())),
    })
}

/// The front of an input and its format; then all that was read is the front.
fn look(opened: &mut Opened) -> Result<(Vec<u8>, Option<&'static dyn Family>), Failure> {
    let front = front_of(opened)?;
    let family = recognise(&front);
    if family.is_some() || front.len() < FRONT || opened.size.is_none() {
        return Ok((front, family));
    }
    match search(opened, &front)? {
        None => Ok((front, None)),
        family => {
            opened.rewind()?;
            Ok((front_of(opened)?, family))
        }
    }
}

fn front_of(opened: &mut Opened) -> Result<Vec<u8>, Failure> {
    let mut front = vec![0; FRONT];
    let length = opened.fill(&mut front)?;
    front.truncate(length);
    Ok(front)
}

/// Looks for a log behind the front of a long input.
fn search(opened: &mut Opened, front: &[u8]) -> Result<Option<&'static dyn Family>, Failure> {
    let (mut search, mut chunk) = (Search::behind(front), vec![0; CHUNK]);
    loop {
        let length = opened.fill(&mut chunk)?;
        if let Shows::Log(family) = search.push(chunk.get(..length).unwrap_or_default()) {
            return Ok(Some(family));
        }
        if length < CHUNK {
            return Ok(None);
        }
    }
}

/// What an input seems to be that is of no known format.
fn describe(front: &[u8], packing: Option<Packing>) -> String {
    let front = front.get(..64 * 1024).unwrap_or(front);
    let unpacked = packing.map(|packing| format!("unpacked from {}, ", packing.name())).unwrap_or_default();
    let pieces = foreign::dissect(front, None);
    let what = match pieces.into_iter().map(|piece| piece.what).next() {
        Some(foreign::What::Foreign { origin: Some(_), detail }) => format!("it begins as {detail}"),
        Some(foreign::What::Nul) => "it begins with NUL bytes".to_owned(),
        _ => "binary data of no kind it knows".to_owned(),
    };
    unpacked + &what
}

fn read(recognised: Recognised, options: &Options, taker: &mut dyn Taker) -> (Source, Option<Failure>) {
    let Recognised { name, mut opened, front, family } = recognised;
    let progress = Progress::new(name.to_string(), opened.size);
    let mut observer = family.observer(name.to_string().into(), &front, options);
    taker.bytes(&front);
    observer.push(&front, taker.sink());
    let mut failure = None;
    if front.len() == FRONT {
        drop(front);
        let mut chunk = vec![0; CHUNK];
        loop {
            match opened.fill(&mut chunk) {
                Ok(length) => {
                    let read = chunk.get(..length).unwrap_or_default();
                    taker.bytes(read);
                    observer.push(read, taker.sink());
                    progress.at(opened.read_so_far());
                    if length < CHUNK {
                        break;
                    }
                }
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            }
        }
    }
    progress.finish();
    let mut source = observer.finish(taker.sink());
    taker.finish(&mut source, failure.is_none());
    source.packed = opened.packing().map(Packing::name);
    source.problems.extend(opened.trouble().map(ToString::to_string));
    match opened.status() {
        Status::Whole => {}
        Status::Grew(_) if failure.is_some() => {}
        Status::Grew(bytes) => {
            source.problems.push(format!("it grew while it was read: {bytes} bytes at its end were not read"));
        }
        Status::Shrank(bytes) => source
            .problems
            .push(format!("it became shorter while it was read: {bytes} bytes that were there are missing")),
    }
    (source, failure)
}
