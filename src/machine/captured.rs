//! A machine that answers what it answered before.

use super::{Answer, Entry, Failed, Host, Reply, Request};
use std::collections::{HashMap, VecDeque};

/// What some machine answered. A question that was asked several times has its answers in turn, and the last one ever after.
#[derive(Debug, Clone, Default)]
pub struct Captured {
    files: HashMap<String, Queue<Answer<Vec<u8>>>>,
    lists: HashMap<String, Queue<Answer<Vec<String>>>>,
    links: HashMap<String, Queue<Answer<String>>>,
    replies: HashMap<String, HashMap<Request, Queue<Reply>>>,
    kernel: Option<Vec<String>>,
    kernel_failed: Option<Failed>,
    /// Devices with a command that nobody waits for any more.
    hung: Vec<String>,
}

#[derive(Debug, Clone)]
struct Queue<T>(VecDeque<T>);

impl<T: Clone> Queue<T> {
    fn next(&mut self) -> Option<T> {
        if self.0.len() > 1 { self.0.pop_front() } else { self.0.front().cloned() }
    }
}

fn push<K: std::hash::Hash + Eq, T>(map: &mut HashMap<K, Queue<T>>, key: K, value: T) {
    map.entry(key).or_insert_with(|| Queue(VecDeque::new())).0.push_back(value);
}

impl Captured {
    /// Takes a line of a capture.
    pub fn take(&mut self, entry: &Entry) {
        let Entry { file, list, link, ask, kernel, failed, .. } = entry;
        if let Some(path) = file {
            push(&mut self.files, path.clone(), entry.content());
        } else if let Some(path) = list {
            let answer = failed.map_or_else(|| entry.names.clone().ok_or(Failed::NoAnswer), |why| Err(why.into()));
            push(&mut self.lists, path.clone(), answer);
        } else if let Some(path) = link {
            let answer = failed.map_or_else(|| entry.target.clone().ok_or(Failed::NoAnswer), |why| Err(why.into()));
            push(&mut self.links, path.clone(), answer);
        } else if let Some(records) = kernel {
            self.kernel.get_or_insert_default().extend(records.iter().cloned());
            self.kernel_failed = failed.map(Failed::from);
        } else if let (Some(device), Some(request)) = (ask, entry.request()) {
            let reply = entry.reply(&request);
            if reply.failure() == Some(Failed::NoAnswer) {
                self.hung.push(device.clone());
            }
            push(self.replies.entry(device.clone()).or_default(), request, reply);
        }
    }

    /// Whether a command to the device was left behind.
    pub fn is_hung(&self, device: &str) -> bool {
        self.hung.iter().any(|hung| hung == device)
    }
}

impl Host for Captured {
    fn file(&mut self, path: &str) -> Answer<Vec<u8>> {
        self.files.get_mut(path).and_then(Queue::next).unwrap_or(Err(Failed::NotAsked))
    }

    fn list(&mut self, path: &str) -> Answer<Vec<String>> {
        self.lists.get_mut(path).and_then(Queue::next).unwrap_or(Err(Failed::NotAsked))
    }

    fn link(&mut self, path: &str) -> Answer<String> {
        self.links.get_mut(path).and_then(Queue::next).unwrap_or(Err(Failed::NotAsked))
    }

    fn kernel_log(&mut self) -> Answer<Vec<String>> {
        match (&self.kernel, self.kernel_failed) {
            (_, Some(failed)) => Err(failed),
            (Some(records), None) => Ok(records.clone()),
            (None, None) => Err(Failed::NotAsked),
        }
    }

    fn ask(&mut self, device: &str, request: &Request) -> Reply {
        let asked = self.replies.get_mut(device).and_then(|replies| replies.get_mut(request)).and_then(Queue::next);
        asked.unwrap_or(Reply::failed(Failed::NotAsked))
    }
}
