//! A machine that fails on cue, for tests: a capture with some of its answers replaced.

use super::{Answer, Captured, Host, Reply, Request};
use std::time::Duration;

/// What happens instead of the answer.
type Cue = Box<dyn FnMut(&str, &Request) -> Option<Reply>>;

/// A capture whose devices may be told to fail, to be slow, or never to answer.
#[derive(Default)]
pub struct Scripted {
    captured: Captured,
    cues: Vec<Cue>,
    /// Every command that came, in order.
    pub asked: Vec<(String, Request)>,
}

impl Scripted {
    /// A machine that answers as that one did.
    pub fn new(captured: Captured) -> Self {
        Self { captured, cues: Vec::new(), asked: Vec::new() }
    }

    /// From now on, commands are shown to this first; what it gives is the answer.
    #[must_use]
    pub fn on(mut self, cue: impl FnMut(&str, &Request) -> Option<Reply> + 'static) -> Self {
        self.cues.push(Box::new(cue));
        self
    }

    /// A device that takes so long for each answer.
    #[must_use]
    pub fn slow(self, device: &'static str, time: Duration) -> Self {
        self.on(move |asked, _| {
            if asked == device {
                std::thread::sleep(time);
            }
            None
        })
    }
}

impl Host for Scripted {
    fn file(&mut self, path: &str) -> Answer<Vec<u8>> {
        self.captured.file(path)
    }

    fn list(&mut self, path: &str) -> Answer<Vec<String>> {
        self.captured.list(path)
    }

    fn link(&mut self, path: &str) -> Answer<String> {
        self.captured.link(path)
    }

    fn kernel_log(&mut self) -> Answer<Vec<String>> {
        self.captured.kernel_log()
    }

    fn ask(&mut self, device: &str, request: &Request) -> Reply {
        self.asked.push((device.to_owned(), request.clone()));
        match self.cues.iter_mut().find_map(|cue| cue(device, request)) {
            Some(reply) => reply,
            None => self.captured.ask(device, request),
        }
    }
}
