//! Every value that was read of a machine, by the names that it bears where it was read. A file a kind.

mod arrays;
mod kernel;

pub use arrays::array;
pub use kernel::log;
