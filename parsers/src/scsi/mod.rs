//! SCSI: inquiry, vital product data, log and mode pages, sense data, enclosure services.
//!
//! Every parser takes one whole reply as the device gave it, header included, and is `None` only where the reply is not
//! the one it names (another page code, an unknown response code, or too short for its header). Fields behind the end
//! of a reply are `None`. What is reserved or of a newer standard is kept as a number or counted in `unread`.
//!
//! Sources are named by the T10 standards' short names: SPC-5 (primary commands), SBC-4 (block), SPL-4 (SAS), SAT-4
//! (ATA translation), SES-3 (enclosures).

pub mod inquiry;
pub mod log;
pub mod mode;
pub mod sense;
pub mod ses;
pub mod vpd;

#[cfg(test)]
mod tests;
