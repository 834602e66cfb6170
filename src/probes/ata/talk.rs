//! Talking to a drive through a translator of SCSI commands (SAT): which form of pass-through it knows, and when to stop.

use crate::machine::commands::Ata;
use crate::machine::{Host, Reply};
use crate::probes::got::{Got, Missing, Tally};
use arraywatch_parsers::ata::identify::Identify;
use arraywatch_parsers::ata::{Checksum, PAGE};
use arraywatch_parsers::scsi::sense::{self, AtaReturn, Key};

/// A talk with one drive.
pub(super) struct Talk<'a> {
    host: &'a mut dyn Host,
    device: &'a str,
    /// Which form is understood; it is not known before the first command.
    form: Form,
    stopped: Option<Missing>,
    tally: Tally,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Unknown,
    Long,
    Short,
}

impl<'a> Talk<'a> {
    pub(super) fn new(host: &'a mut dyn Host, device: &'a str) -> Self {
        Self { host, device, form: Form::Unknown, stopped: None, tally: Tally::default() }
    }

    /// Whether it was by PASS-THROUGH (12), what stopped it, and what it cost.
    pub(super) fn end(self) -> (bool, Option<Missing>, Tally) {
        (self.form == Form::Short, self.stopped, self.tally)
    }

    /// The data that a command gives, whole pages of it: what a translator cuts off is no answer.
    pub(super) fn data(&mut self, ata: Ata) -> Got<Vec<u8>> {
        let reply = self.reply(ata)?;
        if let Some(missing) = Missing::of(&reply) {
            return Err(missing);
        }
        if reply.data.len() < PAGE { Err(Missing::Nonsense) } else { Ok(reply.data) }
    }

    /// What the drive is. Data counts also beside an error: QEMU gives both.
    pub(super) fn identify(&mut self) -> Got<Identify> {
        let reply = self.reply(Ata::IDENTIFY)?;
        let missing = Missing::of(&reply);
        let identify = Identify::parse(&reply.data);
        match missing {
            None | Some(Missing::Sense(..)) if is_plausible(&identify) => Ok(identify),
            Some(missing) => Err(missing),
            None => Err(Missing::Nonsense),
        }
    }

    /// The registers after a command without data.
    pub(super) fn registers(&mut self, ata: Ata) -> Got<AtaReturn> {
        let reply = self.reply(ata)?;
        let missing = Missing::of(&reply);
        match (missing, sense::parse(&reply.sense).and_then(|sense| sense.ata)) {
            // Status bit 0, ERR: then the registers tell of an error.
            (None | Some(Missing::Sense(..)), Some(registers)) if registers.status & 1 == 0 => Ok(registers),
            // A bridge that says that all is well, and no more.
            (None | Some(Missing::Sense(Key::NoSense | Key::Recovered, _)), None) => Err(Missing::Nonsense),
            (None, Some(_)) => Err(Missing::Sense(Key::Aborted, None)),
            (Some(missing), _) => Err(missing),
        }
    }

    /// A reply to a command. A translator that does not know (16) is asked by (12), at the first command only: afterwards an
    /// illegal request speaks of the command.
    fn reply(&mut self, ata: Ata) -> Got<Reply> {
        if self.stopped.is_some() {
            return Err(Missing::NotAsked);
        }
        if self.form != Form::Unknown {
            return self.once(ata);
        }
        self.form = Form::Long;
        let long = self.once(ata)?;
        if !is_illegal(&long) {
            return Ok(long);
        }
        self.form = Form::Short;
        let short = self.once(ata)?;
        if is_illegal(&short) {
            // Neither: it is no ATA drive, or nothing lets commands through to it.
            self.form = Form::Long;
            self.stopped = Missing::of(&short);
        }
        Ok(short)
    }

    /// A unit attention takes the place of the answer, once.
    fn once(&mut self, ata: Ata) -> Got<Reply> {
        let reply = self.send(ata)?;
        if matches!(Missing::of(&reply), Some(Missing::Sense(Key::UnitAttention, _))) {
            self.send(ata)
        } else {
            Ok(reply)
        }
    }

    fn send(&mut self, ata: Ata) -> Got<Reply> {
        let request = match self.form {
            Form::Short => ata.pass_through_12().ok_or(Missing::NoWay)?,
            Form::Unknown | Form::Long => ata.pass_through_16(),
        };
        let reply = self.host.ask(self.device, &request);
        self.tally.add(&reply);
        match Missing::of(&reply).filter(|missing| missing.ends(self.tally)) {
            Some(missing) => {
                self.stopped = Some(missing);
                Err(missing)
            }
            None => Ok(reply),
        }
    }
}

fn is_illegal(reply: &Reply) -> bool {
    matches!(Missing::of(reply), Some(Missing::Sense(Key::IllegalRequest, _)))
}

/// A drive has a name and a number; a buffer that nobody filled, or filled with one byte, has neither, though it may sum up. Where
/// the words do not sum up, both must be clean.
fn is_plausible(identify: &Identify) -> bool {
    let is_told =
        |text: &Option<String>| text.as_ref().is_some_and(|text| text.contains(|c: char| c.is_alphanumeric()));
    let is_clean = |text: &Option<String>| is_told(text) && text.as_ref().is_some_and(|text| !text.contains('?'));
    let Identify { model, serial, .. } = identify;
    match identify.checksum {
        Checksum::Good => is_told(model) || is_told(serial),
        Checksum::Bad | Checksum::Absent => is_clean(model) && is_clean(serial),
        Checksum::Cut => false,
    }
}
