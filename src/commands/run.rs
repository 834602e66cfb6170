//! `arraywatch run`: the daemon, wired.

use super::configured::{self, configured, made};
use super::{Common, Exit, complain, machine};
use crate::config::{Config, sound};
use crate::daemon::{self, Setup};
use crate::history::{Reason, be_daemon};
use crate::machine::readers::{Keep, Standing, relinquish};
use crate::watch;
use std::path::Path;
use std::sync::Arc;

pub(super) fn run(common: &Common) -> Exit {
    // The processes that read devices work at the root directory.
    let path = std::path::absolute(common.config()).unwrap_or_else(|_| common.config());
    let config = match configured(&path) {
        Ok(config) => config,
        Err(exit) => return exit,
    };
    let host = configured::host(&config, common);
    if let Err(exit) = made(&config, &host) {
        return exit;
    }
    if config.channel.is_empty() {
        complain(&configured::no_channel(&path));
    }
    // Before all threads, and while there are all privileges.
    daemon::be_sparing();
    let signals = match watch::signals::block() {
        Ok(signals) => signals,
        Err(error) => {
            complain(&format!("cannot block signals: {error}"));
            return Exit::Io;
        }
    };
    let (leashes, configured, first) = (machine::leashes(), path.clone(), config.command.clone());
    // What is run with all privileges is for the file to say, which is its owner's, and not for the process that parses what strangers
    // wrote. While somebody writes at it, what is sound of it is known, and what it had at the start.
    let commands = move || {
        let mut commands = sound(&configured).command;
        commands.extend(first.iter().cloned());
        commands
    };
    let standing = Standing::start(|request, tell| daemon::serve(request, &leashes, &commands, tell));
    let standing = match standing {
        Ok(standing) => standing,
        Err(error) => {
            complain(&format!("cannot start the process that reads devices: {error}"));
            return Exit::Io;
        }
    };
    daemon::keep_code();
    relinquish(Keep::FilesAndKernelLog);
    let history = match common.place() {
        Ok(history) => history,
        Err(trouble) => return super::troubled(&trouble),
    };
    // Held until the end. Where no lock can be had, people are told what happens all the same.
    let _daemon = match be_daemon(&history) {
        Ok(lock) => Some(lock),
        Err(trouble) if matches!(trouble.reason, Reason::Watched { .. }) => return super::troubled(&trouble),
        Err(trouble) => {
            complain(&trouble.to_string());
            None
        }
    };
    let reload = Arc::new(move || reloaded(&path));
    let watchdog = sd_notify::watchdog_enabled();
    match daemon::run(Setup { host, config, reload, history, standing, signals, watchdog }) {
        Ok(()) => Exit::Healthy,
        Err(why) => {
            complain(&why);
            Exit::Io
        }
    }
}

/// The configuration as it is now; if it is not sound, what is wrong is said, and the one that is in use stays.
fn reloaded(path: &Path) -> Option<Config> {
    let config = configured(path);
    if config.is_err() {
        complain("the configuration is as it was before, since the new one is not sound");
    }
    config.ok()
}
