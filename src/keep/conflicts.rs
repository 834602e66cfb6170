//! Serial numbers in two places at once, by what is kept: stays that overlap are looked up report by report.

use super::told::listed;
use crate::diagnosis::{Conflict, Inventory, overlapping};
use rusqlite::{Connection, Result};

/// The conflicts of an inventory: of all drives, or of one. Where the reports are not kept one by one any more, what overlaps stands.
///
/// # Errors
/// If the history cannot be read.
pub fn conflicts(history: &Connection, inventory: &Inventory, serial: Option<&str>) -> Result<Vec<Conflict>> {
    let mut found = Vec::new();
    for suspected in overlapping(inventory, serial) {
        let listed = listed(history, &suspected.serial)?;
        let kept = suspected.bays.iter().all(|bay| listed.iter().any(|(_, listed)| listed == bay));
        if !kept || suspected.holds(&listed) {
            found.push(suspected);
        }
    }
    Ok(found)
}
