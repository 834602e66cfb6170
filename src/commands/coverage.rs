//! `arraywatch coverage`: what is not watched, and why.

use super::configured::watched;
use super::kept::{self, Kept};
use super::{Common, Exit, print, print_json, troubled};
use crate::config::{Config, Follow, format_at, program, unfollowed};
use crate::history::reach::last_said;
use crate::history::reader;
use crate::keep::last_readings;
use crate::model::COMMAND;
use crate::report::coverage::{Command, Coverage};
use crate::report::{json, text};
use crate::watch::files::finds;
use crate::words::clean;
use chrono::TimeDelta;
use rusqlite::Result;
use std::collections::BTreeSet;
use std::path::Path;

pub(super) fn run(common: &Common) -> Exit {
    kept::read(common).map(|kept| show(&kept, common)).unwrap_or_else(|exit| exit)
}

fn show(kept: &Kept, common: &Common) -> Exit {
    let readings = match last_readings(kept.database.connection(), &kept.state) {
        Ok(readings) => readings,
        Err(error) => return troubled(&kept.database.trouble("read the history")(error)),
    };
    let mut coverage = Coverage::of(&kept.state.observations, &readings, &kept.state.diagnosis, kept.now);
    let shown = |source: &&reader::Source| {
        kept.host.is_none() || kept.state.streams.iter().any(|stream| stream.name.path() == source.format)
    };
    coverage.judge_sources(kept.state.sources.iter().filter(shown));
    let (config, watch) = watched(common, kept.database.path());
    coverage.watch = watch;
    if let Some(config) = config
        && let Err(error) = compare(&config, kept, &mut coverage)
    {
        return troubled(&kept.database.trouble("read the history")(error));
    }
    let exit = if coverage.is_whole(kept.now) { Exit::Healthy } else { Exit::Unknown };
    if common.json {
        return print_json(&json::coverage(&coverage, kept.database.path(), kept.now), exit);
    }
    print(&text::coverage(&coverage, kept.now), exit)
}

/// What the configuration asks for, and is not there.
fn compare(config: &Config, kept: &Kept, coverage: &mut Coverage) -> Result<()> {
    for follow in &config.follow {
        let path = clean(&follow.path.to_string_lossy());
        let of_it = |source: &reader::Source| finds(&follow.path, Path::new(&source.name));
        let unknown = || {
            // What the daemon reads it knows, however late that showed.
            let known = kept.state.sources.iter().any(of_it) || format_at(&follow.path)?;
            (!known).then(|| format!("{path} is there, and is of no format that is known"))
        };
        coverage.not_followed.extend(unfollowed(&follow.path).or_else(unknown).map(|text| (path.clone(), text)));
    }
    for command in &config.command {
        let why = program(&format!("the command {}", command.name), &command.run);
        coverage.not_run.extend(why.map(|text| (command.name.clone(), text)));
        let of_it = |source: &&reader::Source| source.name.strip_prefix(COMMAND) == Some(&command.name);
        coverage.commands.push(Command {
            name: command.name.clone(),
            every: TimeDelta::from_std(command.every).unwrap_or(TimeDelta::MAX),
            read: kept.state.sources.iter().filter(of_it).map(|source| source.read_at).max(),
        });
    }
    let of_sources = reader::streams_of_sources(kept.database.connection())?;
    for (follow, limit) in config.follow.iter().filter_map(|follow| Some((follow, follow.quiet?))) {
        let limit = TimeDelta::from_std(limit).unwrap_or(TimeDelta::MAX);
        let fits: BTreeSet<_> =
            kept.state.sources.iter().filter(|source| is_of(follow, source)).map(|source| source.id).collect();
        let names = of_sources.iter().filter(|(source, _)| fits.contains(source)).map(|(_, stream)| stream);
        let names: BTreeSet<_> = names.collect();
        for stream in kept.state.streams.iter().filter(|stream| names.contains(&stream.name)) {
            if let Some(last) = last_said(kept.database.connection(), stream.id)? {
                coverage.quiet(&stream.name, last, limit, kept.now);
            }
        }
    }
    Ok(())
}

/// Whether a source was read where an entry says.
fn is_of(follow: &Follow, source: &reader::Source) -> bool {
    let Some(path) = source.path.as_deref() else { return false };
    let below = follow.path.is_dir() && Path::new(path).starts_with(&follow.path);
    // Sources are known by what links lead to.
    let real = follow.path.canonicalize().is_ok_and(|real| real == Path::new(path));
    below || real || glob::Pattern::new(&follow.path.to_string_lossy()).is_ok_and(|pattern| pattern.matches(path))
}
