//! The thread that delivers. What is due and when is the outbox's; this hands over what it is given, all at once, and says how it went.
//!
//! **Invariant: nobody waits for the courier.** [`Courier::send`] puts into a queue that the outbox bounds (so many in flight a channel).
//! **Invariant: a delivery has an outcome, and one,** whatever becomes of its channel: also if it is configured no more, or panics.
//! **Invariant: a dead channel delays no other.** Each attempt is a task of its own, with its channel's limit.

use super::channels::{Channel, Delivered, Failed};
use super::outbox::{Became, Delivery};
use crate::config;
use crate::words::clean;
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

/// Threads that may wait for disks and receivers at once; each channel has a share of its own that is smaller.
const WAITING: usize = 64;

/// Enough for TLS; only what is touched of it takes memory.
const STACK: usize = 512 * 1_024;

/// How a delivery went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The alert's number in the outbox.
    pub alert: i64,
    /// The channel's name.
    pub channel: String,
    /// Whether it arrived.
    pub result: Result<(), Failed>,
    /// Whom it was handed to, for people: `relay mail.example:587`; empty if it failed.
    pub to: String,
    /// How long the attempt took.
    pub took: Duration,
}

impl Outcome {
    /// The same as the outbox takes it.
    pub fn became(&self) -> Became<'_> {
        match &self.result {
            Ok(()) => Became::Delivered,
            Err(Failed { why, refused, again_after }) => {
                Became::Failed { why, refused: *refused, again_after: *again_after }
            }
        }
    }
}

/// The channels, by name.
pub type Channels = BTreeMap<String, Arc<Channel>>;

/// The channels that are configured, made. `host` is what this machine is called. Nothing outside of this process is asked.
///
/// # Errors
/// What is wrong with each that cannot be made, for people.
pub fn channels(config: &BTreeMap<String, config::Channel>, host: &str) -> Result<Channels, Vec<String>> {
    let (mut channels, mut wrong) = (Channels::new(), Vec::new());
    for (name, channel) in config {
        match Channel::new(name, channel, host) {
            Ok(made) => drop(channels.insert(name.clone(), Arc::new(made))),
            Err(why) => wrong.push(why),
        }
    }
    if wrong.is_empty() { Ok(channels) } else { Err(wrong) }
}

#[derive(Debug)]
enum Order {
    Deliver(Delivery),
    Reload(Channels),
    Stop(Duration),
}

/// The thread, while it runs.
#[derive(Debug)]
pub struct Courier {
    orders: UnboundedSender<Order>,
    results: Sender<Outcome>,
    thread: JoinHandle<()>,
}

impl Courier {
    /// Starts the thread. What becomes of each delivery is told to `results`.
    ///
    /// # Errors
    /// If the thread, or what it waits by, could not be made.
    pub fn start(channels: Channels, results: Sender<Outcome>) -> io::Result<Self> {
        let (orders, due) = unbounded_channel();
        let runtime = Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(WAITING)
            .thread_stack_size(STACK)
            .thread_keep_alive(Duration::from_secs(1))
            .thread_name("courier-wait")
            .build()?;
        let to = results.clone();
        let thread =
            thread::Builder::new().name("courier".to_owned()).spawn(move || run(runtime, due, channels, &to))?;
        Ok(Self { orders, results, thread })
    }

    /// Hands it over in time to come; never waits.
    pub fn send(&self, delivery: Delivery) {
        if let Err(unsent) = self.orders.send(Order::Deliver(delivery))
            && let Order::Deliver(delivery) = unsent.0
        {
            let failed = Failed::for_now("the thread that delivers has ended: this is a bug of arraywatch".to_owned());
            // Nobody who listens has nothing to learn.
            let _ = self.results.send(outcome(&delivery, Instant::now(), Err(failed)));
        }
    }

    /// From now on these are the channels. What is under way goes on by the old ones.
    pub fn reload(&self, channels: Channels) {
        let _ = self.orders.send(Order::Reload(channels));
    }

    /// Ends the thread, after what was given to it before or after so long. What is not done by then has no outcome: it is due again.
    pub fn stop(self, patience: Duration) {
        let _ = self.orders.send(Order::Stop(patience));
        let _ = self.thread.join();
    }
}

fn run(runtime: Runtime, due: UnboundedReceiver<Order>, channels: Channels, results: &Sender<Outcome>) {
    runtime.block_on(deliver(due, channels, results));
    // A thread that waits for a dead disk never ends.
    runtime.shutdown_background();
}

async fn deliver(mut due: UnboundedReceiver<Order>, mut channels: Channels, results: &Sender<Outcome>) {
    let mut under_way = JoinSet::new();
    while let Some(order) = due.recv().await {
        // Those that are done are let go of; only the rest is kept.
        while under_way.try_join_next().is_some() {}
        match order {
            Order::Deliver(delivery) => {
                let channel = channels.get(&delivery.channel).cloned();
                under_way.spawn(attempt(delivery, channel, results.clone()));
            }
            Order::Reload(others) => channels = others,
            Order::Stop(patience) => {
                let _ = tokio::time::timeout(patience, under_way.join_all()).await;
                return;
            }
        }
    }
}

async fn attempt(delivery: Delivery, channel: Option<Arc<Channel>>, results: Sender<Outcome>) {
    let began = Instant::now();
    let result = match channel {
        Some(channel) => {
            let message = Arc::clone(&delivery.message);
            // A task of its own, so that its panic is an outcome.
            let sent = tokio::spawn(async move { channel.send(&message).await });
            let bug = || Failed::for_now("this is a bug of arraywatch, its log says more".to_owned());
            sent.await.unwrap_or_else(|_| Err(bug()))
        }
        None => {
            let name = clean(&delivery.channel);
            Err(Failed::refused(format!(
                "no channel {name} is configured: configure it, or take back what waits for it (arraywatch alerts withdraw --channel {name} --by NAME)"
            )))
        }
    };
    let _ = results.send(outcome(&delivery, began, result));
}

fn outcome(delivery: &Delivery, began: Instant, result: Result<Delivered, Failed>) -> Outcome {
    let to = result.as_ref().map(|delivered| delivered.to.clone()).unwrap_or_default();
    let (alert, channel) = (delivery.alert, delivery.channel.clone());
    Outcome { alert, channel, result: result.map(drop), to, took: began.elapsed() }
}

#[cfg(test)]
mod tests {
    use super::super::channels::tests::message;
    use super::*;
    use crate::config::By;
    use crate::model::Severity;
    use std::path::Path;
    use std::sync::mpsc::{Receiver, channel};

    const LONG: Duration = Duration::from_secs(20);

    fn by(by: By, limit: Duration) -> Arc<Channel> {
        let config = config::Channel { from: Severity::Info, limit, by };
        Arc::new(Channel::new("test", &config, "db7").expect("a channel"))
    }

    fn file(path: &Path) -> Arc<Channel> {
        by(By::File { path: path.to_owned() }, LONG)
    }

    fn script(script: &str, limit: Duration) -> Arc<Channel> {
        by(By::Command { run: ["/bin/sh", "-c", script].map(str::to_owned).to_vec() }, limit)
    }

    fn delivery(alert: i64, channel: &str) -> Delivery {
        Delivery { alert, channel: channel.to_owned(), message: Arc::new(message()) }
    }

    fn next(outcomes: &Receiver<Outcome>) -> Outcome {
        outcomes.recv_timeout(LONG).expect("an outcome")
    }

    #[test]
    fn a_dead_channel_delays_no_other() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("alerts");
        let channels = [("dead", script("sleep 60", Duration::from_secs(2))), ("alive", file(&path))];
        let channels = channels.map(|(name, channel)| (name.to_owned(), channel)).into();
        let (results, outcomes) = channel();
        let courier = Courier::start(channels, results).expect("a thread");
        let began = Instant::now();
        (0..4).for_each(|alert| courier.send(delivery(alert, "dead")));
        (4..10).for_each(|alert| courier.send(delivery(alert, "alive")));
        assert!(began.elapsed() < Duration::from_millis(500), "nobody waits for it");
        let first: Vec<Outcome> = (0..6).map(|_| next(&outcomes)).collect();
        assert!(first.iter().all(|outcome| outcome.channel == "alive" && outcome.result.is_ok()), "{first:?}");
        let rest: Vec<Outcome> = (0..4).map(|_| next(&outcomes)).collect();
        assert!(rest.iter().all(|outcome| outcome.channel == "dead" && outcome.result.is_err()), "{rest:?}");
        let told: std::collections::BTreeSet<i64> = first.iter().chain(&rest).map(|outcome| outcome.alert).collect();
        assert_eq!(told, (0..10).collect(), "each has one outcome");
        courier.stop(LONG);
        assert!(outcomes.recv().is_err(), "and no more");
    }

    #[test]
    fn a_reload_swaps_the_channels() {
        let directory = tempfile::tempdir().expect("a directory");
        let (results, outcomes) = channel();
        let courier = Courier::start(Channels::new(), results).expect("a thread");
        courier.send(delivery(1, "new"));
        let why = "no channel new is configured: configure it, or take back what waits for it (arraywatch alerts withdraw --channel new --by NAME)";
        assert_eq!(next(&outcomes).became(), Became::Failed { why, refused: true, again_after: None });
        courier.reload([("new".to_owned(), file(&directory.path().join("alerts")))].into());
        courier.send(delivery(1, "new"));
        let outcome = next(&outcomes);
        assert_eq!((outcome.alert, &outcome.result, outcome.became()), (1, &Ok(()), Became::Delivered));
        assert!(outcome.to.ends_with("/alerts"), "{}", outcome.to);
        courier.stop(Duration::ZERO);
    }

    #[test]
    fn what_is_under_way_may_end_before_it_stops() {
        let channels = || Channels::from([("slow".to_owned(), script("sleep 0.3", LONG))]);
        let (results, outcomes) = channel();
        let courier = Courier::start(channels(), results).expect("a thread");
        courier.send(delivery(1, "slow"));
        courier.stop(LONG);
        assert_eq!(next(&outcomes).result, Ok(()));
        let (results, outcomes) = channel();
        let courier =
            Courier::start([("slow".to_owned(), script("sleep 60", LONG))].into(), results).expect("a thread");
        courier.send(delivery(1, "slow"));
        let began = Instant::now();
        courier.stop(Duration::from_millis(100));
        assert!(began.elapsed() < Duration::from_secs(10));
        assert!(outcomes.recv().is_err(), "it is due again");
    }
}
