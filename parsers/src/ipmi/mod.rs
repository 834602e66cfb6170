//! IPMI: the event log and the sensors of a BMC.
