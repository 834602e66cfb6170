//! What a channel needs of the disk: certificates, passwords, keys.

use super::{Blocking, Failed};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::timeout;

/// What was read before does when the disk does not answer within this.
const PATIENCE: Duration = Duration::from_secs(2);

/// What was read when it was needed first, and is kept: the next time the disk may hang. It is read anew once it is doubted, for it may
/// have been renewed.
#[derive(Debug)]
pub(super) struct Kept<T>(Mutex<Option<(T, bool)>>);

impl<T: Clone + Send + 'static> Kept<T> {
    pub(super) const fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// It, read if it must be.
    pub(super) async fn get(
        &self,
        blocking: &Blocking,
        what: &str,
        read: impl FnOnce() -> Result<T, String> + Send + 'static,
    ) -> Result<T, Failed> {
        let before = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((kept, false)) = before {
            return Ok(kept);
        }
        let read = match timeout(PATIENCE, blocking.run(what, read)).await {
            Ok(Ok(Ok(read))) => read,
            // What was doubted is better than nothing.
            failed => return before.map(|(kept, _)| kept).ok_or_else(|| told(what, failed)),
        };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((read.clone(), false));
        Ok(read)
    }

    /// The receiver did not like it.
    pub(super) fn doubt(&self) {
        if let Some((_, doubted)) = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            *doubted = true;
        }
    }
}

fn told<T>(what: &str, failed: Result<Result<Result<T, String>, Failed>, tokio::time::error::Elapsed>) -> Failed {
    match failed {
        Ok(Ok(Ok(_))) => Failed::for_now(format!("{what}: read too late")),
        Ok(Ok(Err(why))) => Failed::for_now(why),
        Ok(Err(failed)) => failed,
        Err(_) => Failed::for_now(format!("{what}: the disk did not answer within {} s", PATIENCE.as_secs())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn read_once_and_again_when_doubted() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        runtime.block_on(async {
            let (kept, blocking) = (Kept::new(), Blocking::new());
            let get = |read: Result<u32, &str>| {
                let read = read.map_err(str::to_owned);
                kept.get(&blocking, "reading", move || read)
            };
            assert_eq!(get(Err("no such file")).await, Err(Failed::for_now("no such file".to_owned())));
            assert_eq!(get(Ok(1)).await, Ok(1));
            assert_eq!(get(Ok(2)).await, Ok(1), "kept");
            kept.doubt();
            assert_eq!(get(Err("hangs")).await, Ok(1), "better than nothing");
            assert_eq!(get(Ok(3)).await, Ok(3), "doubted still");
            assert_eq!(get(Ok(4)).await, Ok(3));
        });
    }
}
