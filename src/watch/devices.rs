//! Devices that come, go and change, as the kernel says it: uevents (lib/kobject_uevent.c), which it sends to whoever listens.

use super::Event;
use super::thread::{Over, Stop, Watcher};
use nix::errno::Errno;
use nix::poll::PollFlags;
use nix::sys::socket::{
    AddressFamily, NetlinkAddr, SockFlag, SockProtocol, SockType, bind, recvfrom, setsockopt, socket, sockopt,
};
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::sync::mpsc::SyncSender;
use std::time::Duration;

/// What the kernel itself sends; 2 is what udev sends on.
const KERNEL: u32 = 1;

/// Of these something is to be looked at.
const SUBSYSTEMS: [&str; 5] = ["block", "nvme", "scsi", "enclosure", "power_supply"];

/// A message has at most 2 KiB of variables (`UEVENT_BUFFER_SIZE` in include/linux/kobject.h), and its path before them.
const MESSAGE: usize = 8 * 1024;

/// Room for messages that wait: an enclosure that goes takes hundreds of devices with it.
const ROOM: usize = 1024 * 1024;

/// After an error that is none of the known ones it is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// Begins to watch.
///
/// # Errors
/// If the kernel has no such socket to give.
pub fn start(to: SyncSender<Event>) -> io::Result<Watcher> {
    let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
    let protocol = SockProtocol::NetlinkKObjectUEvent;
    let socket = socket(AddressFamily::Netlink, SockType::Raw, flags, protocol)?;
    // Beyond the system's limit only root may go; less room is told as overflow, if it comes to that.
    if setsockopt(&socket, sockopt::RcvBufForce, &ROOM).is_err() {
        setsockopt(&socket, sockopt::RcvBuf, &ROOM)?;
    }
    bind(socket.as_raw_fd(), &NetlinkAddr::new(0, KERNEL))?;
    Watcher::start("devices", move |stop| watch(&socket, &to, &stop))
}

fn watch(socket: &OwnedFd, to: &SyncSender<Event>, stop: &Stop) -> Result<(), Over> {
    let mut message = vec![0; MESSAGE];
    loop {
        match recvfrom::<NetlinkAddr>(socket.as_raw_fd(), &mut message) {
            // Any process may send to the socket; the kernel has no number.
            Ok((length, Some(sender))) if sender.pid() == 0 => {
                if let Some(event) = event(message.get(..length).unwrap_or_default()) {
                    stop.send(to, event)?;
                }
            }
            Ok(_) | Err(Errno::EINTR) => {}
            Err(Errno::EAGAIN) => {
                stop.wait(&[(socket.as_fd(), PollFlags::POLLIN)], None)?;
            }
            // Messages were dropped: nobody knows of which devices, so all are to be looked at.
            Err(Errno::ENOBUFS) => {
                let (action, subsystem, name) = ("overflow".to_owned(), String::new(), String::new());
                stop.send(to, Event::Device { action, subsystem, name })?;
            }
            Err(_) => {
                stop.wait(&[], Some(AGAIN))?;
            }
        }
    }
}

/// What a message says, if it is of storage: `add@/devices/…`, then `KEY=value`, a NUL after each.
fn event(message: &[u8]) -> Option<Event> {
    let text = String::from_utf8_lossy(message);
    let mut parts = text.split('\0');
    let (_, path) = parts.next()?.split_once('@')?;
    let variables: Vec<&str> = parts.collect();
    let value = |key: &str| variables.iter().find_map(|part| part.strip_prefix(key)?.strip_prefix('='));
    let subsystem = value("SUBSYSTEM").filter(|subsystem| SUBSYSTEMS.contains(subsystem))?;
    let name = value("DEVNAME").or_else(|| path.rsplit('/').next()).unwrap_or_default();
    Some(Event::Device { action: value("ACTION")?.to_owned(), subsystem: subsystem.to_owned(), name: name.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_storage_are_told() {
        let check = |message: &str, expect: Option<[&str; 3]>| {
            let told = event(message.as_bytes()).map(|event| match event {
                Event::Device { action, subsystem, name } => [action, subsystem, name],
                other => panic!("{other:?}"),
            });
            assert_eq!(told, expect.map(|words| words.map(str::to_owned)), "{message:?}");
        };
        let path = "/devices/pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0/block/sda";
        let block = |action: &str| {
            format!(
                "{action}@{path}\0ACTION={action}\0DEVPATH={path}\0SUBSYSTEM=block\0MAJOR=8\0MINOR=0\0DEVNAME=sda\0DEVTYPE=disk\0SEQNUM=1021\0"
            )
        };
        check(&block("remove"), Some(["remove", "block", "sda"]));
        check(&block("add"), Some(["add", "block", "sda"]));
        let scsi = "change@/devices/a/0:0:0:0\0ACTION=change\0DEVPATH=/devices/a/0:0:0:0\0SUBSYSTEM=scsi\0SDEV_UA=CAPACITY_DATA_HAS_CHANGED\0";
        check(scsi, Some(["change", "scsi", "0:0:0:0"]));
        let nvme = "change@/devices/b/nvme/nvme0\0ACTION=change\0SUBSYSTEM=nvme\0NVME_AEN=0x010301\0DEVNAME=nvme0\0";
        check(nvme, Some(["change", "nvme", "nvme0"]));
        check("add@/devices/c\0ACTION=add\0SUBSYSTEM=net\0INTERFACE=eth0\0", None);
        check("add@/devices/c\0SUBSYSTEM=block\0", None);
        check("libudev\0ACTION=add\0SUBSYSTEM=block\0", None);
        check("", None);
    }

    #[test]
    fn the_socket_of_this_machine() {
        let (to, events) = std::sync::mpsc::sync_channel(4);
        match start(to) {
            Ok(watcher) => watcher.join(),
            Err(error) => eprintln!("SKIPPED: no uevents here: {error}"),
        }
        drop(events);
    }
}
