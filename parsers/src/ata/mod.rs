//! ATA: what a drive answers to IDENTIFY and SMART, and its logs.
