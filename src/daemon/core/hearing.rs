//! Something happened on the machine: what a watcher saw is taken to whoever knows what it means.

use super::Core;
use super::inlets::{In, begun, spawn};
use crate::config::Config;
use crate::daemon::heard::Heard;
use crate::daemon::lines::complain;
use crate::watch::{self, Event};
use std::sync::Arc;
use std::time::Instant;

impl Core {
    /// Has the configuration read anew. It lies on a disk, so a thread waits for it.
    fn reload(&self) {
        let (reload, to) = (Arc::clone(&self.reload), self.to.clone());
        begun(spawn("reload", move || {
            if let Some(config) = reload() {
                drop(to.send(In::Reloaded(Box::new(config))));
            }
        }));
    }

    /// Something happened on the machine.
    pub(super) fn watched(&mut self, event: Event) {
        let now = self.began.elapsed();
        let heard = match event {
            Event::Opened(opened) => {
                self.watching.opened(&opened, Instant::now());
                let file = opened.file;
                self.files.opened(opened, &self.host);
                self.shows(file);
                None
            }
            Event::Bytes { file, at, bytes } => {
                let heard = self.files.bytes(file, at, &bytes, &mut self.known);
                if let Some(path) = self.files.path(file) {
                    // What was there before says nothing of whether it is quiet now.
                    let now = self.files.is_new(file, at, &bytes).then(Instant::now);
                    self.watching.heard(&path, heard.as_ref(), now);
                }
                self.shows(file);
                heard
            }
            Event::Paused { file, cursor } => {
                let heard = self.files.paused(file, &cursor, &mut self.known);
                if heard.is_some() {
                    self.watching.heard(&cursor.path, heard.as_ref(), None);
                }
                if self.files.is_read(file) {
                    self.keeping.read_to(cursor);
                }
                heard
            }
            Event::Ended { file, why } => {
                if let (watch::Why::Vanished, Some(path)) = (why, self.files.path(file))
                    && !self.files.is_succeeded(file, &path)
                {
                    self.watching.gone(&path, Instant::now());
                }
                self.files.ended(file, why, &mut self.known)
            }
            Event::Lost { path, why } => {
                complain(&format!("cannot follow {}: {why}", path.display()));
                self.watching.lost(&path, &why);
                None
            }
            Event::Looked(looked) => {
                self.watching.looked(looked, Instant::now());
                None
            }
            Event::Gone { path } => {
                self.watching.vanished(&path, Instant::now());
                None
            }
            Event::Found { path } => {
                self.watching.found(&path, Instant::now());
                None
            }
            Event::Kernel { lost } => {
                if lost > 0 {
                    self.watching.senses().overwritten(lost, Instant::now());
                    complain(&format!("{lost} records of the kernel's log were overwritten before they could be read"));
                }
                self.schedule.poke(now, !self.looks.arrays().is_empty());
                None
            }
            Event::Arrays => {
                self.schedule.poke(now, !self.looks.arrays().is_empty());
                None
            }
            Event::Device { action, .. } => {
                if action == "overflow" {
                    self.watching.senses().dropped(Instant::now());
                    complain("the kernel dropped notices of devices that came and went; all is read anew");
                }
                match action.as_str() {
                    "add" | "remove" | "overflow" => self.schedule.device_changed(now),
                    _ => self.schedule.poke(now, !self.looks.arrays().is_empty()),
                }
                None
            }
            Event::Reload => {
                self.reload();
                None
            }
            Event::Stop => {
                self.stops = true;
                None
            }
        };
        self.heard(heard);
    }

    /// What a followed file is may have shown.
    fn shows(&mut self, file: u64) {
        let (stream, is_nothing) = (self.files.stream(file), self.files.is_nothing(file));
        let Some(path) = self.files.path(file).filter(|_| stream.is_some() || is_nothing) else { return };
        if let Some(stream) = stream {
            self.watching.is_log(&path, stream);
        }
        if is_nothing {
            complain(&format!("{}: it is no text, and of no format that is known: it is not read on", path.display()));
            self.watching.lost(&path, "what is there is no text, and of no format that is known");
            if let Some(follower) = &self.follower {
                follower.dismiss(file);
            }
        }
    }

    pub(super) fn heard(&mut self, heard: Option<Heard>) {
        if let Some(heard) = heard {
            // What was counted and says nothing is no news.
            self.is_news |= !heard.items.is_empty();
            self.keeping.heard(heard);
            self.is_untidy = true;
        }
    }

    /// The configuration is another, and sound.
    pub(super) fn reloaded(&mut self, config: Config) {
        // Nothing is swapped that could not be swapped whole.
        if let Err(why) = self.speaking.reload(&config, &self.host) {
            return complain(&format!("{why}; the configuration is as it was before"));
        }
        let kept = |config: &Config| (config.host.clone(), config.database.clone(), config.read.devices);
        if kept(&config) != kept(&self.config) {
            complain("`host`, `database` and `devices` of the new configuration take a restart");
        }
        self.schedule.reload(config.read.clone());
        if let Some(follower) = &self.follower {
            follower.reload(config.follow.clone());
        }
        self.config = config;
        self.is_news = true;
        complain("the configuration was read anew");
    }
}
