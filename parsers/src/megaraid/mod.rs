//! MegaRAID: what the firmware of the controller answers by its management interface.
