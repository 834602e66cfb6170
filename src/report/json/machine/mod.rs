//! What was read of a machine, for programs: all values of each device, with their units in the names of their keys. What is not known
//! is `null`, or says why under `not_read`.
