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

/// Lets go of the program's own code that is in memory: what starting took (reading the command line, the configuration, the history) or a
/// look at everything is most of it, and is not run again for long. What is run again comes back from the system's cache of the file, where it
/// stays, at some microseconds for each 64 KiB.
///
/// Where memory is short it does nothing: the cache would not keep it, and the file may lie on the very array that hangs. For the same reason
/// it is not to be called while something is the matter.
pub(super) fn give_back_code() {
    #[cfg(target_os = "linux")]
    if is_ample(&std::fs::read_to_string("/proc/meminfo").unwrap_or_default()) {
        for code in code_of(&std::fs::read_to_string("/proc/self/maps").unwrap_or_default(), &own_path()) {
            #[expect(unsafe_code, reason = "madvise(2) has no safe wrapper")]
            // SAFETY: the range is a mapping of this program's file that can be executed and not written to, so that what is let go of is what
            // the file has: code is never changed here. The call may fail, and then nothing is changed.
            unsafe {
                libc::madvise(std::ptr::with_exposed_provenance_mut(code.start), code.len(), libc::MADV_DONTNEED);
            }
        }
    }
}

/// Whether an eighth of all memory is to be had without writing anything, by `/proc/meminfo` (proc_meminfo(5)).
#[cfg(target_os = "linux")]
fn is_ample(meminfo: &str) -> bool {
    let of = |name: &str| -> Option<u64> {
        let line = meminfo.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        line.trim().strip_suffix(" kB")?.parse().ok()
    };
    of("MemAvailable").zip(of("MemTotal")).is_some_and(|(available, total)| available > total / 8)
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
    fn where_memory_is_short_code_stays() {
        let check = |meminfo: &str, expect: bool| assert_eq!(is_ample(meminfo), expect, "{meminfo}");
        check("MemTotal:        2000000 kB\nMemFree:          100000 kB\nMemAvailable:    1000000 kB\n", true);
        check("MemTotal:        2000000 kB\nMemFree:          100000 kB\nMemAvailable:     250000 kB\n", false);
        check("MemTotal:        2000000 kB\nMemFree:          100000 kB\n", false);
        check("", false);
    }

    #[test]
    fn it_runs_on() {
        let before = code_of(&std::fs::read_to_string("/proc/self/maps").expect("maps"), &own_path());
        assert!(!before.is_empty(), "the program's own code is found");
        give_back_code();
        assert_eq!(code_of(&std::fs::read_to_string("/proc/self/maps").expect("maps"), &own_path()), before);
    }
}
