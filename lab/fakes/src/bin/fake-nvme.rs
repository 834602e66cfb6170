//! `fake-nvme DIR PORT`: an NVMe controller with one namespace of 64 MiB, for `nvme connect -t tcp -a 127.0.0.1 -s PORT`, whose
//! every answer is a file of DIR (`fake_nvme` in lab/guest/tools/lib does all that is needed).
//!
//! The keys, all numbers in two hexadecimal digits (see the module `folder` for what a key's files are):
//!
//! | key | command |
//! | --- | --- |
//! | `log-LL` | Get Log Page; the file holds the whole page, an offset reads from there on |
//! | `identify-CC` | Identify, by its CNS: 01 is the controller, 00 the namespace |
//! | `feature-FF` | Get Features |
//! | `admin-OO`, `io-OO` | any other command, by its opcode; `fabrics-TT` by its type, while connecting |
//!
//! Of a key `KEY.bin` is the data, and `KEY.status` a status in hexadecimal (SCT << 8 | SC, as 10b) that comes in its place.
//! A file that is shorter than what is asked for is filled up with zeros, as the protocol has no shorter answer: a truncated page
//! reads as zeros on real drives, too. While the file `drop` is there, connections are closed.
//!
//! Without a file: what Linux needs for connecting is answered, but for `identify-01`; reads and writes go to memory; the rest is
//! Invalid Field, or Invalid Log Page.
//!
//! Layouts are from the NVM Express Base Specification 1.4 (admin commands) and the NVMe/TCP transport in NVMe over Fabrics 1.1;
//! linux/nvme-tcp.h and linux/nvme.h have the same.

use arraywatch_lab_fakes::bytes::{get_le, put_le};
use arraywatch_lab_fakes::folder::Folder;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

const BLOCK: usize = 512;
const BLOCKS: usize = 131_072;
/// The most data of one command: MDTS 5 of 4 KiB pages.
const TRANSFER_LIMIT: usize = 1 << 17;
/// Kinds of protocol data units (`enum nvme_tcp_pdu_type`).
const INITIALIZE_CONNECTION: u8 = 0;
const INITIALIZED: u8 = 1;
const COMMAND: u8 = 4;
const RESPONSE: u8 = 5;
const DATA_TO_CONTROLLER: u8 = 6;
const DATA_TO_HOST: u8 = 7;
const READY_TO_TRANSFER: u8 = 9;
/// The opcode of all commands of NVMe over Fabrics.
const FABRICS: u8 = 0x7f;
/// The common header of every unit.
const HEADER: usize = 8;
/// Status codes, SCT << 8 | SC.
const INVALID_OPCODE: u16 = 0x001;
const INVALID_FIELD: u16 = 0x002;
const LBA_OUT_OF_RANGE: u16 = 0x080;
const INVALID_LOG_PAGE: u16 = 0x109;
/// Controller properties and their offsets.
const CAPABILITIES: u64 = 0x00;
const VERSION: u64 = 0x08;
const CONFIGURATION: u64 = 0x14;
const STATUS: u64 = 0x1c;
/// CAP: 128 entries a queue, contiguous, 15 s to get ready, NVM command set.
const CAPABILITIES_VALUE: u64 = 127 | 1 << 16 | 30 << 24 | 1 << 37;
const VERSION_1_4: u64 = 0x0001_0400;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, port] = arguments.as_slice() else {
        eprintln!("usage: fake-nvme DIR PORT");
        return ExitCode::from(2);
    };
    let Ok(port) = port.parse() else {
        eprintln!("fake-nvme: {port} is no port");
        return ExitCode::from(2);
    };
    let served = Folder::open(folder).and_then(|folder| {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let drive = Arc::new(Drive { folder, blocks: Mutex::new(vec![0; BLOCK * BLOCKS]) });
        serve(&drive, &listener)
    });
    if let Err(error) = served {
        eprintln!("fake-nvme: {folder}, port {port}: {error}");
    }
    ExitCode::FAILURE
}

/// Each queue of the host is a connection, and has a thread.
fn serve(drive: &Arc<Drive>, listener: &TcpListener) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept()?;
        let drive = Arc::clone(drive);
        thread::spawn(move || {
            // The end of a connection is no error of the drive: the host takes it up again.
            if let Err(error) = Queue::new(drive, stream).and_then(|mut queue| queue.serve()) {
                eprintln!("fake-nvme: a connection ended: {error}");
            }
        });
    }
}

struct Drive {
    folder: Folder,
    blocks: Mutex<Vec<u8>>,
}

/// A command with the data that came in its capsule.
struct Command {
    entry: [u8; 64],
    data: Vec<u8>,
}

impl Command {
    fn opcode(&self) -> u8 {
        self.entry[0]
    }
    fn id(&self) -> [u8; 2] {
        [self.entry[2], self.entry[3]]
    }
    fn namespace(&self) -> u64 {
        get_le(&self.entry[4..8])
    }
    /// Bytes that the host has room for, or is to send: the length in the SGL descriptor.
    fn length(&self) -> usize {
        usize::try_from(get_le(&self.entry[32..36])).unwrap_or(usize::MAX).min(TRANSFER_LIMIT)
    }
    /// Command dword 10 to 15.
    fn dword(&self, number: usize) -> u64 {
        get_le(&self.entry[4 * number..4 * number + 4])
    }
}

/// What a command ends with.
enum Reply {
    /// Success: data for the host (often none) and the two result dwords of the completion.
    Done {
        data: Vec<u8>,
        result: u64,
    },
    Failed(u16),
    /// None, ever: an asynchronous event that does not happen.
    Never,
}

impl Reply {
    const SUCCESS: Self = Self::Done { data: Vec::new(), result: 0 };

    fn data(data: Vec<u8>) -> Self {
        Self::Done { data, result: 0 }
    }
    fn result(result: u64) -> Self {
        Self::Done { data: Vec::new(), result }
    }
}

struct Queue {
    drive: Arc<Drive>,
    stream: TcpStream,
    /// What is sent, a unit at a time: answers to admin commands come from threads of their own.
    output: Arc<Mutex<TcpStream>>,
    /// Queue 0 is the admin queue; Connect says which one this is.
    number: u16,
    configuration: u64,
}

impl Queue {
    fn new(drive: Arc<Drive>, stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        let output = Arc::new(Mutex::new(stream.try_clone()?));
        Ok(Self { drive, stream, output, number: 0, configuration: 0 })
    }

    /// The same queue, for another thread.
    fn another(&self) -> io::Result<Self> {
        Ok(Self {
            drive: Arc::clone(&self.drive),
            stream: self.stream.try_clone()?,
            output: Arc::clone(&self.output),
            ..*self
        })
    }

    fn serve(&mut self) -> io::Result<()> {
        loop {
            let mut header = [0; HEADER];
            self.stream.read_exact(&mut header)?;
            let unit_length = usize::try_from(get_le(&header[4..8])).unwrap_or(usize::MAX);
            let rest = unit_length.saturating_sub(HEADER).min(2 * TRANSFER_LIMIT);
            let mut body = vec![0; rest];
            self.stream.read_exact(&mut body)?;
            match header[0] {
                INITIALIZE_CONNECTION => self.initialize()?,
                COMMAND => {
                    let mut entry = [0; 64];
                    entry.copy_from_slice(body.get(..64).ok_or(io::ErrorKind::InvalidData)?);
                    // The data begin where byte 3 of the header says; 0 means that there are none.
                    let data_at = usize::from(header[3]).saturating_sub(HEADER);
                    let data =
                        if data_at >= 64 { body.get(data_at..).unwrap_or_default().to_vec() } else { Vec::new() };
                    let command = Command { entry, data };
                    // An admin command that hangs holds up no other, least of all the keep-alive. Connecting is in order.
                    if self.number == 0 && command.opcode() != FABRICS {
                        let mut queue = self.another()?;
                        thread::spawn(move || queue.take(&command));
                    } else {
                        self.take(&command)?;
                    }
                }
                _ => {}
            }
        }
    }

    fn initialize(&mut self) -> io::Result<()> {
        let mut unit = unit(INITIALIZED, 128, 0);
        put_le::<4>(&mut unit, 12, TRANSFER_LIMIT as u64);
        self.write(&unit)
    }

    fn take(&mut self, command: &Command) -> io::Result<()> {
        let key = self.key(command);
        let folder = &self.drive.folder;
        folder.received(&key, &command.entry);
        if folder.has("drop") {
            self.stream.shutdown(Shutdown::Both)?;
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        let status = folder.text(&format!("{key}.status")).and_then(|text| u16::from_str_radix(&text, 16).ok());
        let reply = match status {
            Some(status) => Reply::Failed(status),
            None if command.opcode() == FABRICS => self.fabrics(command),
            None if self.number == 0 => self.admin(command, &key),
            None => self.input_output(command)?,
        };
        let (result, status) = match reply {
            Reply::Never => return Ok(()),
            Reply::Failed(status) => (0, status),
            Reply::Done { data, result } => {
                if !data.is_empty() {
                    self.send(command, data)?;
                }
                (result, 0)
            }
        };
        let mut unit = unit(RESPONSE, 24, 0);
        put_le::<8>(&mut unit, 8, result);
        put_le::<2>(&mut unit, 18, u64::from(self.number));
        unit[20..22].copy_from_slice(&command.id());
        put_le::<2>(&mut unit, 22, u64::from(status) << 1);
        self.write(&unit)
    }

    /// The name that a command's answers are filed under.
    fn key(&self, command: &Command) -> String {
        let selector = command.entry[40];
        match (command.opcode(), self.number) {
            (FABRICS, _) => format!("fabrics-{:02x}", command.entry[4]),
            (0x02, 0) => format!("log-{selector:02x}"),
            (0x06, 0) => format!("identify-{selector:02x}"),
            (0x0a, 0) => format!("feature-{selector:02x}"),
            (opcode, 0) => format!("admin-{opcode:02x}"),
            (opcode, _) => format!("io-{opcode:02x}"),
        }
    }

    /// Connect, Property Get and Property Set.
    fn fabrics(&mut self, command: &Command) -> Reply {
        let property = get_le(&command.entry[44..48]);
        match command.entry[4] {
            0x01 => {
                self.number = u16::from_le_bytes([command.entry[42], command.entry[43]]);
                Reply::result(1)
            }
            0x00 => {
                if property == CONFIGURATION {
                    self.configuration = get_le(&command.entry[48..52]);
                }
                Reply::SUCCESS
            }
            0x04 => Reply::result(match property {
                CAPABILITIES => CAPABILITIES_VALUE,
                VERSION => VERSION_1_4,
                CONFIGURATION => self.configuration,
                // Ready once enabled; after a wish to shut down (CC.SHN): shutdown complete.
                STATUS if self.configuration >> 14 & 3 != 0 => 8,
                STATUS => self.configuration & 1,
                _ => 0,
            }),
            _ => Reply::Failed(INVALID_OPCODE),
        }
    }

    fn admin(&self, command: &Command, key: &str) -> Reply {
        let file = self.drive.folder.read(&format!("{key}.bin"));
        match (command.opcode(), file) {
            (0x02, Some(page)) => {
                let offset = usize::try_from(command.dword(12) | command.dword(13) << 32).unwrap_or(usize::MAX);
                Reply::data(filled(page.get(offset..).unwrap_or_default(), command.length()))
            }
            (0x02, None) => Reply::Failed(INVALID_LOG_PAGE),
            (0x06, Some(data)) => Reply::data(filled(&data, command.length())),
            (0x06, None) => self.identify(command),
            (0x0a, Some(value)) => Reply::result(get_le(&value[..value.len().min(4)])),
            // Number of Queues: one pair of them is all there is; other features are said to be 0.
            (0x09 | 0x0a, None) => Reply::SUCCESS,
            (0x0c, _) => Reply::Never,
            // Abort, Keep Alive.
            (0x08 | 0x18, _) => Reply::SUCCESS,
            _ => Reply::Failed(INVALID_OPCODE),
        }
    }

    fn identify(&self, command: &Command) -> Reply {
        let mut data = vec![0; 4096];
        match command.entry[40] {
            0x00 => {
                for at in [0, 8, 16] {
                    put_le::<8>(&mut data, at, BLOCKS as u64);
                }
                // LBA format 0: 2^9 bytes.
                data[130] = 9;
            }
            0x02 if command.namespace() == 0 => data[0] = 1,
            0x02 => {}
            // One descriptor: an EUI-64 of the process, so that no two fakes have the same.
            0x03 => {
                data[..2].copy_from_slice(&[1, 8]);
                put_le::<8>(&mut data, 4, 0x0200_0000_0000_0000 | u64::from(std::process::id()));
            }
            _ => return Reply::Failed(INVALID_FIELD),
        }
        Reply::data(filled(&data, command.length()))
    }

    fn input_output(&mut self, command: &Command) -> io::Result<Reply> {
        let first = command.dword(10) | command.dword(11) << 32;
        let count = (command.dword(12) & 0xffff) + 1;
        let range = match (command.opcode(), usize::try_from(first), usize::try_from(count)) {
            (0x00, ..) => return Ok(Reply::SUCCESS),
            (0x01 | 0x02, Ok(first), Ok(count)) if first.saturating_add(count) <= BLOCKS => {
                first * BLOCK..(first + count) * BLOCK
            }
            (0x01 | 0x02, ..) => return Ok(Reply::Failed(LBA_OUT_OF_RANGE)),
            _ => return Ok(Reply::Failed(INVALID_OPCODE)),
        };
        if command.opcode() == 0x02 {
            return Ok(Reply::data(self.blocks()[range].to_vec()));
        }
        let data = if command.data.is_empty() { self.fetch(command, range.len())? } else { command.data.clone() };
        let length = range.len().min(data.len());
        self.blocks()[range.start..range.start + length].copy_from_slice(&data[..length]);
        Ok(Reply::SUCCESS)
    }

    fn blocks(&self) -> MutexGuard<'_, Vec<u8>> {
        self.drive.blocks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, unit: &[u8]) -> io::Result<()> {
        self.output.lock().unwrap_or_else(PoisonError::into_inner).write_all(unit)
    }

    fn send(&mut self, command: &Command, mut data: Vec<u8>) -> io::Result<()> {
        data.truncate(command.length());
        let mut unit = unit(DATA_TO_HOST, 24, data.len());
        // "Last" of the data; where they begin.
        unit[1] = 4;
        unit[3] = 24;
        unit[8..10].copy_from_slice(&command.id());
        put_le::<4>(&mut unit, 16, data.len() as u64);
        unit.extend_from_slice(&data);
        self.write(&unit)
    }

    /// Asks the host for the data of a write, and reads them.
    fn fetch(&mut self, command: &Command, length: usize) -> io::Result<Vec<u8>> {
        let mut unit = unit(READY_TO_TRANSFER, 24, 0);
        unit[8..10].copy_from_slice(&command.id());
        put_le::<4>(&mut unit, 16, length as u64);
        self.write(&unit)?;
        let mut data = Vec::with_capacity(length);
        while data.len() < length {
            let mut header = [0; 24];
            self.stream.read_exact(&mut header)?;
            let piece = usize::try_from(get_le(&header[16..20])).unwrap_or(usize::MAX);
            if header[0] != DATA_TO_CONTROLLER || piece == 0 || piece > length - data.len() {
                return Err(io::ErrorKind::InvalidData.into());
            }
            let begin = data.len();
            data.resize(begin + piece, 0);
            self.stream.read_exact(&mut data[begin..])?;
        }
        Ok(data)
    }
}

/// The header of a unit, zeros behind it, and the length of all with the data that follow.
fn unit(kind: u8, header: usize, data: usize) -> Vec<u8> {
    let mut unit = vec![0; header];
    unit[0] = kind;
    // The header's length is 24 or 128.
    unit[2] = header.to_le_bytes()[0];
    put_le::<4>(&mut unit, 4, (header + data) as u64);
    unit
}

/// As many bytes as the host asked for.
fn filled(data: &[u8], length: usize) -> Vec<u8> {
    let mut filled = data[..data.len().min(length)].to_vec();
    filled.resize(length, 0);
    filled
}
