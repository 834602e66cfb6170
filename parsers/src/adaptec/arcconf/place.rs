//! Where a drive sits, in the forms in which arcconf writes it.

/// Where a drive sits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In a slot. Numbers count from 0.
    Slot {
        /// Of which enclosure; of drives that are attached directly there is none.
        enclosure: Option<u32>,
        /// Which.
        slot: u32,
    },
    /// Behind a connector of the controller (backplanes that do not tell slots).
    Connector {
        /// `0`, `CN0`.
        connector: String,
        /// The device there, from 0.
        device: u32,
    },
    /// No more than channel and SCSI device number.
    Channel {
        /// Channel, from 0.
        channel: u32,
        /// Device number on it.
        device: u32,
    },
}

/// What is told of a place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// The controller, as arcconf counts, from 1.
    pub controller: Option<u32>,
    /// The place.
    pub place: Option<Place>,
}

/// Reads a place. The forms: `Enclosure 0, Slot 1`, `Enclosure 0, Slot 1(Connector 0:CN0)`, `Enclosure Direct Attached, Slot 1(…)`,
/// `Connector 0, Device 1`, `Controller:1,Enclosure:0,Slot:2`, `953869MB, SATA, HDD, Connector:0, Device:1`, `0,2`, `0,2(2:0)`.
pub fn place(text: &str) -> Told {
    let (mut controller, mut enclosure, mut slot, mut connector, mut device) = (None, None, None, None, None);
    let front = text.split('(').next().unwrap_or_default();
    let numbers: Vec<u32> = front.split(',').map_while(|part| part.trim().parse().ok()).collect();
    for part in text.split([',', '(', ')']).map(str::trim).filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once([':', ' ']).unwrap_or((part, ""));
        let value = value.trim();
        match name {
            "Controller" => controller = value.parse().ok(),
            "Enclosure" => enclosure = value.parse().ok(),
            "Slot" => slot = value.parse().ok(),
            "Connector" => connector = connector.or((!value.is_empty()).then(|| value.to_owned())),
            "Device" => device = value.parse().ok(),
            _ => {}
        }
    }
    let place = match (slot, connector, device, numbers.as_slice()) {
        (Some(slot), ..) => Some(Place::Slot { enclosure, slot }),
        (None, Some(connector), Some(device), _) => Some(Place::Connector { connector, device }),
        (None, _, _, [channel, device]) => Some(Place::Channel { channel: *channel, device: *device }),
        _ => None,
    };
    Told { controller, place }
}

/// Channel and device number: `0,2`, `0,2(2:0)`.
pub fn channel(text: &str) -> Option<(u32, u32)> {
    match place(text).place {
        Some(Place::Channel { channel, device }) => Some((channel, device)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places() {
        let slot = |enclosure, slot| Some(Place::Slot { enclosure, slot });
        let connector = |connector: &str, device| Some(Place::Connector { connector: connector.to_owned(), device });
        let check = |text: &str, controller, place| assert_eq!(self::place(text), Told { controller, place }, "{text}");
        check("Enclosure 0, Slot 1", None, slot(Some(0), 1));
        check("Enclosure 0, Slot 1(Connector 0:CN0)", None, slot(Some(0), 1));
        check("Enclosure 0, Slot 11( Connector Unknown )", None, slot(Some(0), 11));
        check("Enclosure Direct Attached, Slot 4(Connector 0:CN0)", None, slot(None, 4));
        check("Controller:1,Enclosure:0,Slot:22", Some(1), slot(Some(0), 22));
        check("3815447MB, SATA, HDD, Enclosure:0, Slot:7", None, slot(Some(0), 7));
        check("11444224MB, SAS, HDD, Connector:CN0, Enclosure:1, Slot:0", None, slot(Some(1), 0));
        check("953869MB, SATA, HDD, Connector:0, Device:1", None, connector("0", 1));
        check("Connector 1, Device 3", None, connector("1", 3));
        check("0,2", None, Some(Place::Channel { channel: 0, device: 2 }));
        check("0,12(12:0)", None, Some(Place::Channel { channel: 0, device: 12 }));
        check("Connector 0:CN0, Enclosure 1", None, None);
        check("0,", None, None);
        check("", None, None);
    }
}
