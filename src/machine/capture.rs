//! What a machine answered, as text: a line of JSON for each question with its answer ([`Entry`]). Readers speak to their parent in it,
//! `arraywatch capture` writes it, `arraywatch scan --replay` reads it, and so does everything else that reads files: a capture is a
//! format among others.
//!
//! ```text
//! {"capture":1,"program":"arraywatch 0.1.0","at":1790000000,"host":"db7"}
//! {"reader":"topology"}
//! {"list":"/sys/block","names":["md0","sda"]}
//! {"file":"/sys/block/sda/size","text":"131072\n"}
//! {"end":"done"}
//! {"reader":"pci-0000:00:1f.2"}
//! {"ask":"/dev/sda","scsi":"12000000 6000","len":96,"status":[0,0,0],"data":"0000…","us":92}
//! {"end":{"left-behind":10}}
//! ```
//!
//! Lines that are no entries are counted and passed over; a line without a reader before it is nobody's and counts like any other.

use super::entry::End;
use super::{Answer, Captured, Entry, Failed, Host, Reply, Request, Status};

/// The version of the format that is written, and the greatest that is understood.
pub const VERSION: u32 = 1;

/// The file that `arraywatch capture DIR` writes.
pub const FILE: &str = "capture.jsonl";

/// The head of a capture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// When, in seconds since 1970-01-01 UTC.
    pub at: i64,
    /// The name of the host.
    pub host: String,
    /// Whether serial numbers and names are masked.
    pub masked: bool,
}

impl Head {
    /// As a line.
    pub fn entry(&self) -> Entry {
        Entry {
            capture: Some(VERSION),
            program: Some(concat!("arraywatch ", env!("CARGO_PKG_VERSION")).to_owned()),
            at: Some(self.at),
            host: Some(self.host.clone()),
            masked: self.masked.then_some(true),
            ..Entry::default()
        }
    }

    /// Of a line.
    pub fn of(entry: &Entry) -> Option<Self> {
        // As long as the longest name of a host (RFC 1035, 2.3.4).
        let host: String = entry.host.as_ref()?.chars().filter(|c| !c.is_control()).take(255).collect();
        entry.capture.filter(|version| *version <= VERSION)?;
        Some(Self { at: entry.at?, host, masked: entry.masked.unwrap_or(false) })
    }
}

/// A reader, as it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// Its name: `topology`, `md`, a controller.
    pub name: String,
    /// How it ended; none if the capture ends before.
    pub end: Option<End>,
    /// What it asked last, if that has no answer.
    pub waits_for: Option<String>,
    /// Commands that it sent.
    pub commands: u64,
    /// The longest that one of them took, in microseconds.
    pub slowest: u64,
}

/// A whole capture.
#[derive(Debug, Clone, Default)]
pub struct Capture {
    /// Its head, if it has one.
    pub head: Option<Head>,
    /// The machine.
    pub machine: Captured,
    /// Its readers.
    pub readers: Vec<Ran>,
    /// Lines that are no entries.
    pub not_understood: u64,
}

impl Capture {
    /// Reads a capture. Whatever the bytes are, something comes out.
    pub fn read(bytes: &[u8]) -> Self {
        let mut capture = Self::default();
        for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
            match serde_json::from_slice::<Entry>(line) {
                Ok(entry) => capture.take(&entry),
                Err(_) => capture.not_understood += 1,
            }
        }
        capture
    }

    /// Takes a line.
    pub fn take(&mut self, entry: &Entry) {
        if let Some(head) = Head::of(entry) {
            self.head.get_or_insert(head);
        }
        if let Some(name) = &entry.reader {
            let ran = Ran { name: name.clone(), end: None, waits_for: None, commands: 0, slowest: 0 };
            self.readers.push(ran);
        }
        if let Some(reader) = self.readers.last_mut() {
            reader.take(entry);
        }
        self.machine.take(entry);
    }
}

impl Ran {
    fn take(&mut self, entry: &Entry) {
        if let Some(end) = &entry.end {
            self.end = Some(end.clone());
        }
        if let (Some(device), Some(request)) = (&entry.ask, entry.request()) {
            self.commands += 1;
            self.slowest = self.slowest.max(entry.us.unwrap_or(0));
            self.waits_for = (entry.status(&request) == Status::Failed(Failed::NoAnswer)).then(|| device.clone());
        }
    }
}

/// Whether bytes, the front of some input, are of a capture.
pub fn recognise(bytes: &[u8]) -> bool {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    serde_json::from_slice::<Entry>(line).is_ok_and(|entry| entry.capture.is_some())
}

/// A host whose every answer is told, before it is given to whoever asked.
pub struct Recorder<'a, H: ?Sized> {
    host: &'a mut H,
    told: &'a mut dyn FnMut(&Entry),
}

impl<'a, H: Host + ?Sized> Recorder<'a, H> {
    /// Records what `host` answers. That a command is sent is told before, as a line without an answer: if none comes, that is
    /// what is known.
    pub fn new(host: &'a mut H, told: &'a mut dyn FnMut(&Entry)) -> Self {
        Self { host, told }
    }
}

impl<H: Host + ?Sized> Host for Recorder<'_, H> {
    fn file(&mut self, path: &str) -> Answer<Vec<u8>> {
        let answer = self.host.file(path);
        (self.told)(&Entry::of_file(path, &answer));
        answer
    }

    fn list(&mut self, path: &str) -> Answer<Vec<String>> {
        let answer = self.host.list(path);
        (self.told)(&Entry::of_list(path, &answer));
        answer
    }

    fn link(&mut self, path: &str) -> Answer<String> {
        let answer = self.host.link(path);
        (self.told)(&Entry::of_link(path, &answer));
        answer
    }

    fn kernel_log(&mut self) -> Answer<Vec<String>> {
        let answer = self.host.kernel_log();
        match &answer {
            Ok(records) if records.is_empty() => (self.told)(&kernel(&[])),
            // A line at a time would be many, all at once too long for a message.
            Ok(records) => records.chunks(KERNEL_AT_ONCE).for_each(|records| (self.told)(&kernel(records))),
            Err(failed) => (self.told)(&Entry { failed: Some((*failed).into()), ..kernel(&[]) }),
        }
        answer
    }

    fn ask(&mut self, device: &str, request: &Request) -> Reply {
        (self.told)(&Entry::of_ask(device, request, &Reply::failed(Failed::NoAnswer)));
        let reply = self.host.ask(device, request);
        (self.told)(&Entry::of_ask(device, request, &reply));
        reply
    }
}

/// Records of the kernel's log in a line; each is at most 8 KiB long (`PRINTK_MESSAGE_MAX`, kernel/printk).
const KERNEL_AT_ONCE: usize = 12;

fn kernel(records: &[String]) -> Entry {
    Entry { kernel: Some(records.to_vec()), ..Entry::default() }
}

/// Puts lines together that follow each other: that a command was sent, and its answer.
#[derive(Debug, Default)]
pub struct Joined {
    lines: Vec<Entry>,
}

impl Joined {
    /// Takes the next line of one reader.
    pub fn take(&mut self, entry: Entry) {
        let is_answer = |sent: &Entry| {
            sent.ask.is_some() && sent.ask == entry.ask && sent.us.is_none() && sent.request() == entry.request()
        };
        if self.lines.last().is_some_and(is_answer) {
            self.lines.pop();
        }
        self.lines.push(entry);
    }

    /// The lines.
    pub fn lines(self) -> Vec<Entry> {
        self.lines
    }
}
