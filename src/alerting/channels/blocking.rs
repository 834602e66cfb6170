//! Work that waits for a disk, in threads of its own.

use super::Failed;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// So much of a channel's work may hang at once. More would pile up: a thread that waits for a dead disk cannot be ended.
const AT_ONCE: usize = 8;

/// A channel's own share of the threads that may wait: one whose disk hangs takes no other's.
#[derive(Debug)]
pub(super) struct Blocking {
    free: Arc<Semaphore>,
}

impl Blocking {
    pub(super) fn new() -> Self {
        Self { free: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// Does it. Whoever stops waiting leaves it behind, and it counts until it ends.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        what: &str,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failed> {
        let Ok(place) = Arc::clone(&self.free).try_acquire_owned() else {
            let why = format!("{what}: not tried, as {AT_ONCE} attempts before this one still hang");
            return Err(Failed::for_now(why));
        };
        let work = spawn_blocking(move || {
            let done = work();
            drop(place);
            done
        });
        work.await.map_err(|_| Failed::for_now(format!("{what}: this is a bug of arraywatch, its log says more")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use std::time::Duration;

    #[test]
    fn what_hangs_is_left_behind_and_does_not_pile_up() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        let (release, hung) = mpsc::channel::<()>();
        let hung = Arc::new(std::sync::Mutex::new(hung));
        runtime.block_on(async {
            let blocking = Blocking::new();
            for _ in 0..AT_ONCE {
                let hung = Arc::clone(&hung);
                let work = blocking.run("reading", move || hung.lock().map(|hung| hung.recv().is_ok()).is_ok());
                assert!(tokio::time::timeout(Duration::from_millis(5), work).await.is_err(), "it hangs");
            }
            let failed = blocking.run("reading", || ()).await.expect_err("all places are taken");
            assert_eq!(failed.why, "reading: not tried, as 8 attempts before this one still hang");
            (0..AT_ONCE).for_each(|_| release.send(()).expect("they wait"));
            while blocking.free.available_permits() < AT_ONCE {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            assert_eq!(blocking.run("reading", || 7).await, Ok(7));
        });
        runtime.shutdown_background();
    }
}
