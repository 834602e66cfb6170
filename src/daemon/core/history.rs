//! The core's side of the history: what its keeper answers, and what is done while it cannot be written.

use super::Core;
use crate::daemon::files;
use crate::daemon::keeper::Answer;
use crate::daemon::keeping::Ordered;
use crate::daemon::lines::complain;
use crate::watch;
use std::time::{Duration, Instant};

/// Who writes to the history when the daemon begins is waited for so long. Then it begins without what was told before.
const BUSY: Duration = Duration::from_secs(60);

impl Core {
    /// The keeper answers.
    pub(super) fn kept(&mut self, answer: Answer) {
        let taken = match answer {
            Answer::Busy(why) if !self.is_loaded && self.began.elapsed() < BUSY => return self.waits(&why),
            Answer::Busy(why) | Answer::Failed(why) => return self.not_kept(why),
            Answer::Loaded { taken, told, cursors } => {
                self.wrote();
                if let Some(files) = self.speaking.load(told) {
                    self.files.load(files.iter().map(|file| (file.path.clone(), file.format.clone())));
                    self.loaded = Some(files);
                }
                if !std::mem::replace(&mut self.is_loaded, true) || std::mem::take(&mut self.reads_again) {
                    self.follow(cursors);
                }
                taken
            }
            Answer::Apart => {
                self.keeping.done();
                self.is_apart = true;
                return;
            }
            Answer::Kept(taken) => {
                self.wrote();
                taken
            }
            Answer::Changed(taken, withdrawn) => {
                self.keeping.done();
                self.speaking.withdrawn(&withdrawn);
                taken
            }
            Answer::Stored(stored) => {
                if let Some(Ordered::Store(changes)) = self.wrote() {
                    self.speaking.stored(&changes, &stored);
                }
                return;
            }
            Answer::Same => {
                self.keeping.done();
                return;
            }
        };
        self.is_news |= !taken.is_empty();
        let pending = self.keeping.pending();
        taken.into_iter().for_each(|taken| self.known.take(taken, &pending));
        if let Some(files) = self.loaded.take() {
            self.watching.load(files, &self.known.observations(), Instant::now());
        }
    }

    /// Something was written. If that could not be done before, all that the history knows is taken up, and what was let go of is read again.
    fn wrote(&mut self) -> Option<Ordered> {
        let was_in_trouble = self.keeping.trouble().is_some();
        let ordered = self.keeping.done()?;
        if was_in_trouble {
            let shed = match self.keeping.shed() {
                0 => String::new(),
                shed => format!("; {shed} things that were said meanwhile are read again from their files"),
            };
            complain(&format!("the history can be written again{shed}"));
            self.complained = None;
        }
        let shed = self.keeping.shed() > 0 && !self.reads_again;
        if shed || was_in_trouble && !matches!(ordered, Ordered::Load) {
            self.reads_again |= shed;
            self.keeping.load();
        }
        Some(ordered)
    }

    fn not_kept(&mut self, why: String) {
        if self.complained.replace(why.clone()).as_ref() != Some(&why) {
            complain(&format!("{why}; alerts go out from memory meanwhile"));
        }
        match self.keeping.failed(why) {
            Some(Ordered::Store(changes)) => self.speaking.not_stored(changes),
            Some(Ordered::Load) => self.goes_without(),
            _ => {}
        }
        self.is_news = true;
    }

    /// Somebody else writes when the daemon begins. That is no disk that fails: all that was told before would be told again without it.
    fn waits(&mut self, why: &str) {
        if self.complained.replace(why.to_owned()).as_deref() != Some(why) {
            complain(&format!("{why}; it is waited for, {} s at most, before anything is told", BUSY.as_secs()));
        }
        self.keeping.waits();
    }

    /// What the history knows is not to be had: what happens from now on is known all the same. What it knows is taken up when it can be.
    pub(super) fn goes_without(&mut self) {
        if !std::mem::replace(&mut self.is_loaded, true) {
            self.speaking.load_nothing();
            self.follow(Vec::new());
        }
    }

    /// Begins to follow, from where files were read to.
    fn follow(&mut self, cursors: Vec<watch::Cursor>) {
        // The one before stops when it is let go of.
        self.follower = None;
        self.keeping.reads_again();
        let (follow, to) = (self.config.follow.clone(), self.to_followed.clone());
        let follower = watch::files::start(follow, cursors, self.files.begin_anew(), to, files::is_whole);
        self.follower = Some(follower);
    }

    /// Has what is told kept, before it is sent.
    pub(super) fn store(&mut self) {
        if self.keeping.may_store() {
            let changes = self.speaking.changes();
            if !changes.is_empty() {
                self.keeping.store(changes);
            }
        }
    }
}
