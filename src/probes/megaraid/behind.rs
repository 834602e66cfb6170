//! A drive behind a MegaRAID controller, as a drive like any other: probes ask it as they ask those that the kernel has.

use crate::machine::{Answer, Host, Reply, Request, Status};

/// `MFI_STAT_SCSI_DONE_WITH_ERROR`: the drive answered with a check condition, and its sense data came.
const DONE_WITH_ERROR: u8 = 0x2d;

/// SAM-5, CHECK CONDITION.
const CHECK_CONDITION: u8 = 0x02;

/// `MFI_STAT_DEVICE_NOT_FOUND`
const NOT_FOUND: u8 = 0x0c;

/// Of the kernel: there is no such device; the host adapter could not do it.
const DID_NO_CONNECT: u16 = 0x01;
const DID_ERROR: u16 = 0x07;

/// A host that has this drive alone. Each SCSI command is sent through the controller, and how it ended is said as the kernel would say
/// it of a drive of its own.
pub struct Behind<'a> {
    host: &'a mut dyn Host,
    controller: &'a str,
    drive: u8,
}

impl<'a> Behind<'a> {
    /// The drive of that number behind a controller.
    pub fn new(host: &'a mut dyn Host, controller: &'a str, drive: u8) -> Self {
        Self { host, controller, drive }
    }
}

impl Host for Behind<'_> {
    fn file(&mut self, path: &str) -> Answer<Vec<u8>> {
        self.host.file(path)
    }

    fn list(&mut self, path: &str) -> Answer<Vec<String>> {
        self.host.list(path)
    }

    fn link(&mut self, path: &str) -> Answer<String> {
        self.host.link(path)
    }

    fn kernel_log(&mut self) -> Answer<Vec<String>> {
        self.host.kernel_log()
    }

    fn ask(&mut self, _device: &str, request: &Request) -> Reply {
        let mut reply = self.host.ask(self.controller, &request.clone().behind(self.drive));
        if let Status::Firmware(status) = reply.status {
            reply.status = match status {
                0 => Status::Scsi { status: 0, host: 0, driver: 0 },
                DONE_WITH_ERROR => Status::Scsi { status: CHECK_CONDITION, host: 0, driver: 8 },
                NOT_FOUND => Status::Scsi { status: 0, host: DID_NO_CONNECT, driver: 0 },
                _ => Status::Scsi { status: 0, host: DID_ERROR, driver: 0 },
            };
        }
        reply
    }
}
