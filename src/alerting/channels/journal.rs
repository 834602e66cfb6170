//! The journal, by its native protocol: fields in one datagram (systemd's `docs/JOURNAL_NATIVE_PROTOCOL.md`). What no datagram can hold is
//! handed over as a sealed file in memory.

use super::fields::fields;
use super::syslog::level;
use super::{Delivered, Failed};
use crate::alerting::{Message, render};
use nix::fcntl::{FcntlArg, SealFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::socket::{ControlMessage, MsgFlags, sendmsg};
use std::fs::File;
use std::io::{self, IoSlice, Write};
use std::os::fd::AsRawFd;
use std::path::PathBuf;
use tokio::io::Interest;
use tokio::net::UnixDatagram;

/// What the journal knows every alert of arraywatch by (`journalctl MESSAGE_ID=...`): made once, at random, and never changed.
const MESSAGE_ID: &str = "5b2d0c1e7a8f4c0f9a5e3d7746c1b90a";

#[derive(Debug)]
pub(super) struct Journal {
    socket: PathBuf,
}

impl Journal {
    pub(super) fn new() -> Self {
        Self { socket: PathBuf::from("/run/systemd/journal/socket") }
    }

    pub(super) async fn send(&self, message: &Message) -> Result<Delivered, Failed> {
        let entry = entry(message);
        let sent = async {
            let socket = UnixDatagram::unbound()?;
            socket.connect(&self.socket)?;
            match socket.send(&entry).await {
                Err(error) if error.raw_os_error() == Some(libc::EMSGSIZE) => by_file(&socket, &entry).await,
                sent => sent.map(drop),
            }
        };
        let to = self.socket.to_string_lossy();
        sent.await.map_err(|error| Failed::for_now(format!("cannot write to the journal by {to}: {error}")))?;
        Ok(Delivered { to: "the journal".to_owned() })
    }
}

/// A datagram without content, with the descriptor of a file that has all of it and that nobody can change any more.
async fn by_file(socket: &UnixDatagram, entry: &[u8]) -> io::Result<()> {
    let flags = MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING;
    let mut file = File::from(memfd_create("arraywatch-alert", flags)?);
    file.write_all(entry)?;
    fcntl(&file, FcntlArg::F_ADD_SEALS(SealFlag::all()))?;
    let descriptors = [file.as_raw_fd()];
    let sent = socket.async_io(Interest::WRITABLE, || {
        let content = [ControlMessage::ScmRights(&descriptors)];
        let nothing = [IoSlice::new(&[])];
        Ok(sendmsg::<()>(socket.as_raw_fd(), &nothing, &content, MsgFlags::MSG_NOSIGNAL, None)?)
    });
    sent.await.map(drop)
}

fn entry(message: &Message) -> Vec<u8> {
    let mut entry = Vec::new();
    put(&mut entry, "MESSAGE", &render::line(message));
    put(&mut entry, "MESSAGE_ID", MESSAGE_ID);
    put(&mut entry, "PRIORITY", &level(message.severity).to_string());
    put(&mut entry, "SYSLOG_IDENTIFIER", "arraywatch");
    fields(message).iter().for_each(|(name, value)| put(&mut entry, name, value));
    put(&mut entry, "ARRAYWATCH_TEXT", &render::text(message));
    entry
}

/// `NAME=value`, or, of several lines, the name, the length as 64 bits little-endian, and the value.
fn put(entry: &mut Vec<u8>, name: &str, value: &str) {
    entry.extend_from_slice(name.as_bytes());
    if value.contains('\n') {
        entry.push(b'\n');
        let length: u64 = value.len().try_into().unwrap_or(u64::MAX);
        entry.extend_from_slice(&length.to_le_bytes());
    } else {
        entry.push(b'=');
    }
    entry.extend_from_slice(value.as_bytes());
    entry.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::super::tests::{message, runtime};
    use super::*;
    use nix::cmsg_space;
    use nix::sys::socket::{ControlMessageOwned, recvmsg};
    use std::collections::BTreeMap;
    use std::io::{IoSliceMut, Read, Seek, SeekFrom};
    use std::os::fd::{FromRawFd, RawFd};
    use std::os::unix::net::UnixDatagram as Std;

    /// Reads an entry as the journal does.
    fn read(mut entry: &[u8]) -> BTreeMap<String, String> {
        let mut fields = BTreeMap::new();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
        while !entry.is_empty() {
            let end = entry.iter().position(|byte| *byte == b'\n').expect("an end");
            let (line, rest) = entry.split_at(end);
            let rest = rest.get(1..).expect("behind the end");
            if let Some(equals) = line.iter().position(|byte| *byte == b'=') {
                fields.insert(text(&line[..equals]), text(&line[equals + 1..]));
                entry = rest;
            } else {
                let (length, rest) = rest.split_first_chunk::<8>().expect("a length");
                let length = usize::try_from(u64::from_le_bytes(*length)).expect("a length");
                fields.insert(text(line), text(&rest[..length]));
                assert_eq!(rest.get(length), Some(&b'\n'));
                entry = &rest[length + 1..];
            }
        }
        fields
    }

    fn sent(message: &Message) -> (Vec<u8>, Option<File>) {
        let directory = tempfile::tempdir().expect("a directory");
        let journal = Journal { socket: directory.path().join("socket") };
        let listener = Std::bind(&journal.socket).expect("a socket");
        runtime().block_on(journal.send(message)).expect("somebody listens");
        let mut got = vec![0; 1 << 20];
        let mut space = cmsg_space!(RawFd);
        let mut into = [IoSliceMut::new(&mut got)];
        let received =
            recvmsg::<()>(listener.as_raw_fd(), &mut into, Some(&mut space), MsgFlags::empty()).expect("a datagram");
        let len = received.bytes;
        let file = received.cmsgs().expect("whole").find_map(|one| match one {
            #[expect(unsafe_code, reason = "the descriptor was just received and is nobody else's")]
            // SAFETY: it is open, and owned by this alone.
            ControlMessageOwned::ScmRights(fds) => fds.first().map(|fd| unsafe { File::from_raw_fd(*fd) }),
            _ => None,
        });
        got.truncate(len);
        (got, file)
    }

    #[test]
    fn fields_arrive_in_one_datagram() {
        let (got, file) = sent(&message());
        assert!(file.is_none());
        let fields = read(&got);
        let field = |name: &str| fields.get(name).map(String::as_str);
        assert_eq!(field("PRIORITY"), Some("2"));
        assert_eq!(field("MESSAGE_ID").map(str::len), Some(32));
        assert_eq!(field("ARRAYWATCH_CODE"), Some("relapse"));
        assert_eq!(field("ARRAYWATCH_OVER"), Some("0"));
        assert!(field("MESSAGE").is_some_and(|message| message.contains("RELAPSE")));
        assert!(field("ARRAYWATCH_TEXT").is_some_and(|text| text.lines().count() > 4));
    }

    #[test]
    fn what_no_datagram_holds_comes_as_a_sealed_file() {
        let mut message = message();
        message.article = "many words\n".repeat(50_000);
        let (got, file) = sent(&message);
        assert!(got.is_empty());
        let mut file = file.expect("a file");
        assert_eq!(file.write(b"x").expect_err("sealed").raw_os_error(), Some(libc::EPERM));
        let mut entry = Vec::new();
        file.seek(SeekFrom::Start(0)).and_then(|_| file.read_to_end(&mut entry)).expect("a file in memory");
        assert!(read(&entry).get("ARRAYWATCH_TEXT").is_some_and(|text| text.len() > 500_000));
    }
}
