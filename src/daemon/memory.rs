//! Memory that was used for a moment, and is to be the system's again.
//!
//! The allocator keeps what a thread let go of for that thread, and of what a start, a burst of lines or a long diagnosis took, most is
//! never used again: a daemon that is idle for a year would hold it for a year.

/// Gives the system what the allocator keeps and nobody uses. It takes about a millisecond for some ten MiB.
pub(super) fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[expect(unsafe_code, reason = "malloc_trim(3) has no safe wrapper")]
    // SAFETY: it takes a number, touches free memory only, and may be called by any thread at any time.
    unsafe {
        libc::malloc_trim(0);
    }
}
