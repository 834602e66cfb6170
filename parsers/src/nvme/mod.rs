//! NVMe: what a controller answers to Identify and Get Log Page.
