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

/// Keeps the code that runs from now on in memory, once all that only starting took was done (reading the command line, the configuration,
/// the history, all devices): that code, which is most, is let go of.
///
/// When the array below the program's own file hangs, memory soon is short, since nothing can be written, and the system takes code first.
/// What tells people must not stand and wait for that array, so what was run is locked. What was never run yet is read from the file or the
/// system's cache of it, as of any program: that includes most of what the first message to each channel takes. That it may not be locked
/// (`CAP_IPC_LOCK`, or `RLIMIT_MEMLOCK` of more than the code) changes nothing else.
pub(super) fn settle() {
    #[cfg(target_os = "linux")]
    for code in code_of(&std::fs::read_to_string("/proc/self/maps").unwrap_or_default(), &own_path()) {
        let start = std::ptr::with_exposed_provenance_mut(code.start);
        #[expect(unsafe_code, reason = "madvise(2) and mlock2(2) have no safe wrappers")]
        // SAFETY: the range is a mapping of this program's file that can be executed and not written to, so that what is let go of is what
        // the file has: code is never changed here. The calls may fail, and then nothing is changed.
        unsafe {
            libc::madvise(start, code.len(), libc::MADV_DONTNEED);
            libc::syscall(libc::SYS_mlock2, start, code.len(), libc::MLOCK_ONFAULT);
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
    fn only_code_of_the_program_itself_is_let_go_of() {
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
    fn it_runs_on() {
        let before = code_of(&std::fs::read_to_string("/proc/self/maps").expect("maps"), &own_path());
        assert!(!before.is_empty(), "the program's own code is found");
        settle();
        assert_eq!(code_of(&std::fs::read_to_string("/proc/self/maps").expect("maps"), &own_path()), before);
    }
}
