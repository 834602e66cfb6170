//! Memory: little is kept that nobody uses, and what tells people is never missing.
//!
//! The allocator keeps what a thread let go of for that thread, and of what a start, a burst of lines or a long diagnosis took, most is
//! never used again: a daemon that is idle for a year would hold it for a year.

/// Has the allocator keep little. To be called before there is a second thread.
///
/// One arena is for all threads: they mostly wait, and what one has let go of another can use. What is larger than 128 KiB is a mapping of its
/// own, and the system's again as soon as it is let go of; left alone, that limit grows to 32 MiB with what was used (mallopt(3)). Of a daemon
/// beside 24 drives, with 2.3 MiB that are in use, 7.6 MiB of its own are resident without this, and 4.3 with it (the lab's `watch-large`).
pub fn be_sparing() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[expect(unsafe_code, reason = "mallopt(3) has no safe wrapper")]
    // SAFETY: it takes two numbers, and is called while there is one thread.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
        libc::mallopt(libc::M_MMAP_THRESHOLD, 128 * 1024);
    }
}

/// Gives the system what the allocator keeps and nobody uses. It takes about a millisecond for some ten MiB.
pub(super) fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[expect(unsafe_code, reason = "malloc_trim(3) has no safe wrapper")]
    // SAFETY: it takes a number, touches free memory only, and may be called by any thread at any time.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// Keeps all of the program's code in memory. Its file may lie on the very array that hangs, and then what has never run yet, or was dropped
/// for the page cache of a database, could not be read: the alert would wait for what it tells of.
///
/// It needs `CAP_IPC_LOCK` or a limit of that size (mlock(2)); without, code stays as that of any program does, as long as memory is not short.
pub fn keep_code() {
    #[cfg(target_os = "linux")]
    for code in code_of(&std::fs::read_to_string("/proc/self/maps").unwrap_or_default(), &own_path()) {
        #[expect(unsafe_code, reason = "mlock(2) has no safe wrapper")]
        // SAFETY: the range is a mapping of this program's file; whether its pages are in memory changes nothing of what they hold.
        unsafe {
            libc::mlock(std::ptr::with_exposed_provenance(code.start), code.len());
        }
    }
}

#[cfg(target_os = "linux")]
fn own_path() -> String {
    std::env::current_exe().map(|path| path.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Where a file's code lies, by `/proc/PID/maps` (proc_pid_maps(5)).
#[cfg(target_os = "linux")]
fn code_of(maps: &str, file: &str) -> Vec<std::ops::Range<usize>> {
    let of = |line: &str| {
        let (range, rest) = line.split_once(' ')?;
        let (permissions, rest) = rest.split_once(' ')?;
        // Offset, device, inode, and then the path, which may have spaces.
        let path = rest.splitn(4, ' ').nth(3)?.trim_start();
        if permissions != "r-xp" || path != file || file.is_empty() {
            return None;
        }
        let (from, to) = range.split_once('-')?;
        let address = |text: &str| usize::from_str_radix(text, 16).ok();
        Some(address(from)?..address(to)?)
    };
    maps.lines().filter_map(of).collect()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn only_code_of_the_program_itself_is_kept() {
        let maps = "\
55d0c0000000-55d0c0391000 r--p 00000000 fe:00 131 /usr/bin/array watch
55d0c0391000-55d0c1123000 r-xp 00391000 fe:00 131 /usr/bin/array watch
55d0c1123000-55d0c1256000 r--p 01123000 fe:00 131 /usr/bin/array watch
55d0c1256000-55d0c1260000 rwxp 01256000 fe:00 131 /usr/bin/array watch
7f2d3c000000-7f2d3c021000 r-xp 00000000 fe:00 77                         /usr/lib/libc.so.6
7f2d3c021000-7f2d40000000 rw-p 00000000 00:00 0
no line of maps
";
        let check = |file: &str, expect: Option<&std::ops::Range<usize>>| {
            assert_eq!(code_of(maps, file).first(), expect, "{file}");
        };
        check("/usr/bin/array watch", Some(&(0x55d0_c039_1000..0x55d0_c112_3000)));
        check("/usr/bin/other", None);
        check("", None);
    }

    #[test]
    fn all_code_is_found_and_kept() {
        let maps = || std::fs::read_to_string("/proc/self/maps").expect("maps");
        let bytes: usize = code_of(&maps(), &own_path()).iter().map(ExactSizeIterator::len).sum();
        assert!(bytes > 0, "the program's own code is found");
        keep_code();
        let status = std::fs::read_to_string("/proc/self/status").expect("a status");
        let locked =
            status.lines().find_map(|line| line.strip_prefix("VmLck:")?.trim().strip_suffix(" kB")?.parse().ok());
        let locked: usize = locked.expect("what is locked");
        if caps::has_cap(None, caps::CapSet::Effective, caps::Capability::CAP_IPC_LOCK).is_ok_and(|may| may) {
            assert!(locked * 1024 >= bytes, "{locked} kB are kept of {bytes} bytes");
        } else {
            eprintln!("not tried that code is kept: it needs CAP_IPC_LOCK");
        }
    }
}
