//! Linux md: what sysfs and /proc/mdstat say of arrays.
