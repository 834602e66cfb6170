//! What the benchmark's programs share: the inputs they are run on, and the measuring of a program.

pub mod damage;
pub mod dense;
pub mod events;
pub mod fleet;
pub mod input;
pub mod kernel;
pub mod log;
pub mod measure;
pub mod process;
pub mod random;
pub mod samples;
pub mod shapes;
pub mod table;
