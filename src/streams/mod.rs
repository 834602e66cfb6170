//! Opening and reading what is given: files, directories, pipes, standard input. The only code of this layer that touches the
//! machine; what it hands on is bytes, and where they were read.
//!
//! Nothing that is read here can hang for ever or be without end: devices are refused, a FIFO that nobody writes to is given up,
//! and a file is read to where it ends when its end is reached, however it grows. A compressed
//! file is read as what it holds, in bounded memory, and what of it cannot be unpacked is said.

mod failure;
mod open;
mod packed;
mod raw;
mod tree;
mod walk;

pub use failure::Failure;
pub use open::{Name, Opened, Status, open, open_file};
pub use packed::{Packing, Trouble};
pub use tree::{PassedOver, Tree};
pub use walk::{Found, find};
