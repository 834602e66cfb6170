//! `arcconf phyerrorlog`: what the controller's phys count, or those of one drive.
//!
//! Facts: captures of arcconf 4.x on HBA 1100 and SmartRAID 3200 (of a controller, of a SATA and of a SAS drive). The counts of a SAS
//! drive are those of the protocol-specific port log page (18h, SPL), those of a SATA drive the phy event counters (log 11h, ACS).

/// What phys count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PhyLog {
    /// The controller, as arcconf counts, from 1.
    pub controller: Option<u32>,
    /// The controller's model.
    pub controller_model: Option<String>,
    /// SCSI channel of the drive; none where the controller's own phys are listed.
    pub channel: Option<u32>,
    /// SCSI device number of the drive.
    pub device: Option<u32>,
    /// The drive's model.
    pub model: Option<String>,
    /// The drive's serial number.
    pub serial: Option<String>,
    /// The phys, in order.
    pub phys: Vec<Phy>,
    /// Counters of a SATA drive.
    pub sata: Vec<SataCounter>,
}

/// A phy, and what it counted since its reset.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Phy {
    /// `Relative Target Port ID`, of a drive.
    pub port: Option<u32>,
    /// `PHY Identifier`.
    pub number: Option<u32>,
    /// Words that are none.
    pub invalid_words: Option<u64>,
    /// Running disparity errors.
    pub disparity_errors: Option<u64>,
    /// Times that the words' boundaries were lost.
    pub losses_of_sync: Option<u64>,
    /// Resets that did not come to an end.
    pub reset_problems: Option<u64>,
}

/// A phy event counter of a SATA drive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SataCounter {
    /// Which: `0x0001` is a command that failed for a CRC error on the link.
    pub id: u32,
    /// How often.
    pub value: u64,
    /// What it counts, in arcconf's words.
    pub text: String,
}

impl PhyLog {
    /// `Key : value`. The key is in small letters.
    pub(super) fn line(&mut self, key: &str, value: &str) -> bool {
        let text = || Some(value.to_owned()).filter(|value| !value.is_empty());
        match key {
            "controller id" => self.controller = value.parse().ok(),
            "controller model" => self.controller_model = text(),
            "channel" => self.channel = value.parse().ok(),
            "device" => self.device = value.parse().ok(),
            "model" => self.model = text(),
            "serial number" => self.serial = text(),
            "relative target port id" => self.phys.push(Phy { port: value.parse().ok(), ..Phy::default() }),
            "phy identifier" => {
                // Of a drive, the port's head is before it.
                let open = self.phys.last_mut().filter(|phy| phy.number.is_none());
                match open {
                    Some(phy) => phy.number = value.parse().ok(),
                    None => {
                        let port = self.phys.last().and_then(|phy| phy.port);
                        self.phys.push(Phy { port, number: value.parse().ok(), ..Phy::default() });
                    }
                }
            }
            "vendor"
            | "device type"
            | "generation code"
            | "number of phys"
            | "attached device type"
            | "attached reason"
            | "reason"
            | "negotiated logical link rate"
            | "attached initiator port"
            | "attached target port"
            | "sas address"
            | "attached sas address"
            | "attached phy identifier" => {}
            _ => {
                let Some(phy) = self.phys.last_mut() else { return false };
                let count = match key {
                    "invalid dword count" => &mut phy.invalid_words,
                    "running disparity error count" => &mut phy.disparity_errors,
                    "loss of dword synchronization count" => &mut phy.losses_of_sync,
                    "phy reset problem count" => &mut phy.reset_problems,
                    _ => return false,
                };
                *count = value.parse().ok();
                return count.is_some();
            }
        }
        true
    }

    /// `0x0001  4            0  Command failed due to ICRC error`, or the head above.
    pub(super) fn sata(&mut self, text: &str) -> bool {
        let words: Vec<&str> = text.split_whitespace().collect();
        let counter = || match words.as_slice() {
            [id, _size, value, text @ ..] => Some(SataCounter {
                id: u32::from_str_radix(id.strip_prefix("0x")?, 16).ok()?,
                value: value.parse().ok()?,
                text: text.join(" "),
            }),
            _ => None,
        };
        let counter = counter();
        let understood = counter.is_some() || words == ["ID", "Size", "Value", "Description"];
        self.sata.extend(counter);
        understood
    }
}
