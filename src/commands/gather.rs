//! Reading everything that was given, each source once.

use super::progress::Progress;
use super::{Common, Exit, complain};
use crate::observe::{Family, Options, Source, recognise};
use crate::report::json::Unread;
use crate::streams::{Failure, Found, Name, Opened, Status, find, open};
use arraywatch_parsers::foreign;
use std::path::PathBuf;

/// How much is read at once.
const CHUNK: usize = 256 * 1024;

/// How much of an input is looked at for its format before it is read, and learned from.
const FRONT: usize = 1024 * 1024;

/// What was read.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) sources: Vec<Source>,
    /// How each source was opened.
    pub(super) names: Vec<Name>,
    pub(super) unread: Vec<Unread>,
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
pub(super) fn gather(paths: &[PathBuf], common: &Common, bytes_only: bool) -> Gathered {
    let mut gathered = Gathered::default();
    let mut later = Vec::new();
    for path in paths {
        match find(path) {
            Ok(Found::Named(name)) => gathered.one(name, true, common, bytes_only, &mut later),
            Ok(Found::Directory { path, files, passed_over }) => {
                let before = gathered.sources.len() + later.len();
                let looked_at = files.len() + passed_over;
                files.into_iter().for_each(|name| gathered.one(name, false, common, bytes_only, &mut later));
                if gathered.sources.len() + later.len() == before {
                    gathered.fail(path.display().to_string(), Failure::NothingKnown(looked_at));
                }
            }
            Err(failure) => gathered.fail(path.display().to_string(), failure),
        }
    }
    for recognised in later {
        gathered.read(recognised, common, bytes_only);
    }
    gathered
}

impl Gathered {
    /// The exit status if nothing could be read.
    pub(super) fn nothing(&self) -> Option<Exit> {
        if !self.sources.is_empty() {
            return None;
        }
        let worst = self.unread.iter().map(|(_, failure)| failure.exit()).max()?;
        Some(match worst {
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
    fn one(&mut self, name: Name, named: bool, common: &Common, bytes_only: bool, later: &mut Vec<Recognised>) {
        match recognised(name.clone()) {
            Ok(recognised) if recognised.family.speaks_of_others() => later.push(recognised),
            Ok(recognised) => self.read(recognised, common, bytes_only),
            Err(failure) if !named && matches!(failure, Failure::NotUnderstood(_) | Failure::Empty) => {
                self.incomplete = true;
                self.unread.push((name.to_string(), failure));
            }
            Err(failure) => self.fail(name.to_string(), failure),
        }
    }

    fn read(&mut self, recognised: Recognised, common: &Common, bytes_only: bool) {
        let mut hosts_known: Vec<String> = self.sources.iter().flat_map(|source| source.hosts.clone()).collect();
        hosts_known.sort();
        hosts_known.dedup();
        let options = Options { host: common.host.clone(), hosts_known, timezone: common.timezone, bytes_only };
        let name = recognised.name.to_string();
        self.names.push(recognised.name.clone());
        let (source, failure) = read(recognised, &options);
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
}

/// Opens an input and finds its format: in its front, or, if it can be read twice, anywhere in it.
fn recognised(name: Name) -> Result<Recognised, Failure> {
    let mut opened = open(&name)?;
    let mut front = vec![0; FRONT];
    let length = opened.fill(&mut front)?;
    front.truncate(length);
    if front.is_empty() {
        return Err(Failure::Empty);
    }
    let family = match recognise(&front) {
        Some(family) => family,
        None if length == FRONT && opened.size.is_some() => {
            let family = search(&mut opened, &front)?;
            opened.rewind()?;
            let length = opened.fill(&mut front)?;
            front.truncate(length);
            family
        }
        None => return Err(Failure::NotUnderstood(describe(&front))),
    };
    Ok(Recognised { name, opened, front, family })
}

/// Looks for a format behind the front of a long input, in windows that overlap. Files of notes are not long, and a program that
/// holds the line that makes one is none.
fn search(opened: &mut Opened, front: &[u8]) -> Result<&'static dyn Family, Failure> {
    const OVERLAP: usize = 4096;
    let mut window = front.to_vec();
    loop {
        window.drain(..window.len().saturating_sub(OVERLAP));
        let kept = window.len();
        window.resize(kept + CHUNK, 0);
        let length = opened.fill(window.get_mut(kept..).unwrap_or_default())?;
        window.truncate(kept + length);
        if let Some(family) = recognise(&window).filter(|family| !family.speaks_of_others()) {
            return Ok(family);
        }
        if length < CHUNK {
            return Err(Failure::NotUnderstood(describe(front)));
        }
    }
}

/// What an input seems to be that is of no known format.
fn describe(front: &[u8]) -> String {
    let front = front.get(..64 * 1024).unwrap_or(front);
    let pieces = foreign::dissect(front, None);
    match pieces.into_iter().map(|piece| piece.what).next() {
        Some(foreign::What::Foreign { origin: Some(_), detail }) => format!("it begins as {detail}"),
        Some(foreign::What::Nul) => "it begins with NUL bytes".to_owned(),
        _ => "binary data of no kind it knows".to_owned(),
    }
}

fn read(recognised: Recognised, options: &Options) -> (Source, Option<Failure>) {
    let Recognised { name, mut opened, front, family } = recognised;
    let progress = Progress::new(name.to_string(), opened.size);
    let mut observer = family.observer(name.to_string().into(), &front, options);
    observer.push(&front);
    let mut done = front.len();
    let mut failure = None;
    if done == FRONT {
        drop(front);
        let mut chunk = vec![0; CHUNK];
        loop {
            match opened.fill(&mut chunk) {
                Ok(length) => {
                    observer.push(chunk.get(..length).unwrap_or_default());
                    done += length;
                    progress.at(done as u64);
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
    let mut source = observer.finish();
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
