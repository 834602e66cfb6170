//! The wrapper: a `sqlite3_vfs` whose files are a header of ours, then the file of the VFS below.
#![expect(unsafe_code, reason = "a VFS is a table of C functions; it can be had no other way")]

use super::{Operation, strike};
use rusqlite::ffi::{self, sqlite3_file, sqlite3_int64, sqlite3_io_methods, sqlite3_vfs};
use std::ffi::{CStr, c_char, c_int, c_void};
use std::sync::{Once, OnceLock};

const NAME: &CStr = c"arraywatch-faults";

/// An open file: SQLite gives the memory, of the size that the VFS asked for, and the file below begins behind this header.
#[repr(C)]
struct File {
    base: sqlite3_file,
    /// Keeps what follows aligned as SQLite aligns files.
    _aligned: u64,
}

/// The VFS below, which SQLite never frees.
#[derive(Clone, Copy)]
struct Below(*mut sqlite3_vfs);

// SAFETY: a registered VFS is used by all threads; that is what SQLite registers it for.
unsafe impl Send for Below {}
// SAFETY: as above; nothing changes it after registration.
unsafe impl Sync for Below {}

static BELOW: OnceLock<Below> = OnceLock::new();

/// Makes the wrapper the default VFS of this process. Connections that are opened later stand on it; a second call does nothing.
///
/// # Panics
/// If SQLite does not register it.
pub fn install() {
    static REGISTERED: Once = Once::new();
    // Another thread may open a file as soon as it is registered: what is below is known before.
    let Below(below) = *BELOW.get_or_init(|| {
        // SAFETY: plain calls of SQLite.
        unsafe {
            assert_eq!(ffi::sqlite3_initialize(), ffi::SQLITE_OK);
            Below(ffi::sqlite3_vfs_find(std::ptr::null()))
        }
    });
    assert!(!below.is_null(), "SQLite has a default VFS");
    REGISTERED.call_once(|| {
        let header = c_int::try_from(size_of::<File>()).expect("it is small");
        // SAFETY: the VFS that is registered is leaked, so it lives as long as the process, and so does its name; all fields but
        // those replaced are those of a valid VFS.
        unsafe {
            let wrapper = Box::leak(Box::new(sqlite3_vfs {
                szOsFile: (*below).szOsFile + header,
                pNext: std::ptr::null_mut(),
                zName: NAME.as_ptr(),
                xOpen: Some(open),
                xDelete: Some(delete),
                ..*below
            }));
            assert_eq!(ffi::sqlite3_vfs_register(wrapper, 1), ffi::SQLITE_OK);
        }
    });
}

fn below() -> *mut sqlite3_vfs {
    BELOW.get().expect("the wrapper is called only after it is registered").0
}

/// The file of the VFS below.
unsafe fn inner(file: *mut sqlite3_file) -> *mut sqlite3_file {
    // SAFETY: SQLite gave memory for our header and the file below (`szOsFile`).
    unsafe { file.cast::<File>().add(1).cast() }
}

unsafe extern "C" fn open(
    _: *mut sqlite3_vfs,
    name: *const c_char,
    file: *mut sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: the arguments are SQLite's own and are handed on. A file without methods is not closed.
    unsafe {
        (*file).pMethods = std::ptr::null();
        if let Some(error) = strike(Operation::Open) {
            return error;
        }
        let inner = inner(file);
        let Some(open) = (*below()).xOpen else { return ffi::SQLITE_CANTOPEN };
        let result = open(below(), name, inner, flags, out);
        if !(*inner).pMethods.is_null() {
            (*file).pMethods = &METHODS;
        }
        result
    }
}

unsafe extern "C" fn delete(_: *mut sqlite3_vfs, name: *const c_char, sync_directory: c_int) -> c_int {
    if let Some(error) = strike(Operation::Delete) {
        return error;
    }
    // SAFETY: handed on as it came.
    unsafe { (*below()).xDelete.map_or(ffi::SQLITE_IOERR_DELETE, |delete| delete(below(), name, sync_directory)) }
}

unsafe extern "C" fn write(file: *mut sqlite3_file, bytes: *const c_void, count: c_int, at: sqlite3_int64) -> c_int {
    // SAFETY: the file is open, so the file below has methods; the buffer is not read beyond what SQLite gave.
    unsafe {
        let inner = inner(file);
        let Some(write) = (*(*inner).pMethods).xWrite else { return ffi::SQLITE_IOERR_WRITE };
        match strike(Operation::Write) {
            None => write(inner, bytes, count, at),
            Some(error) => {
                write(inner, bytes, count / 2, at);
                error
            }
        }
    }
}

/// Methods that hand on to the file below, those with an operation after asking whether it is to fail.
macro_rules! handed_on {
    ($($name:ident = $method:ident ( $($argument:ident : $kind:ty),* ) $(fails as $operation:ident)?;)*) => {
        $(unsafe extern "C" fn $name(file: *mut sqlite3_file $(, $argument: $kind)*) -> c_int {
            $(if let Some(error) = strike(Operation::$operation) {
                return error;
            })?
            // SAFETY: the file is open, so the file below has methods; the arguments are handed on as they came.
            unsafe {
                let inner = inner(file);
                (*(*inner).pMethods).$method.map_or(ffi::SQLITE_MISUSE, |method| method(inner $(, $argument)*))
            }
        })*
    };
}

handed_on! {
    close = xClose();
    read = xRead(buffer: *mut c_void, count: c_int, at: sqlite3_int64) fails as Read;
    truncate = xTruncate(size: sqlite3_int64) fails as Truncate;
    sync = xSync(flags: c_int) fails as Sync;
    file_size = xFileSize(size: *mut sqlite3_int64);
    lock = xLock(level: c_int);
    unlock = xUnlock(level: c_int);
    check_reserved_lock = xCheckReservedLock(held: *mut c_int);
    file_control = xFileControl(operation: c_int, argument: *mut c_void);
    sector_size = xSectorSize();
    device_characteristics = xDeviceCharacteristics();
    share = xShmMap(page: c_int, size: c_int, extend: c_int, out: *mut *mut c_void) fails as Share;
    share_lock = xShmLock(offset: c_int, count: c_int, flags: c_int);
    unshare = xShmUnmap(delete: c_int);
}

unsafe extern "C" fn share_barrier(file: *mut sqlite3_file) {
    // SAFETY: the file is open, so the file below has methods.
    unsafe {
        let inner = inner(file);
        if let Some(barrier) = (*(*inner).pMethods).xShmBarrier {
            barrier(inner);
        }
    }
}

/// Version 2 has no mapping of the database into memory: every read and write passes here.
static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(share),
    xShmLock: Some(share_lock),
    xShmBarrier: Some(share_barrier),
    xShmUnmap: Some(unshare),
    xFetch: None,
    xUnfetch: None,
};
