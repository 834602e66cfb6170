//! SCSI: inquiry, vital product data, log and mode pages, sense data, enclosure services.
