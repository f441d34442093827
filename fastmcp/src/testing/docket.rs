//! [`TestDocket`]: a docket whose clock the test moves, and a worker that runs until it is idle.

use std::fmt;
use std::ops::Deref;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::background::worker::TaskWorkerBuilder;
use crate::docket::backend::contract::Backend;
use crate::docket::backend::memory::MemoryBackend;
use crate::docket::handle::Docket;
use crate::docket::model::options::DocketOptions;
use crate::docket::model::time::Timestamp;
use crate::docket::worker::handle::Worker;
use crate::testing::clock::is_paused;
use crate::testing::faults::Faults;
use crate::testing::process::Process;
use crate::testing::span::Span;
use crate::testing::store::{Store, ready};

/// A time that passes on a paused clock only when nothing else happens.
const STILL: Duration = Duration::from_millis(1);

/// The time on a paused clock after which a server that has a worker has started it, and a delayed claim has arrived.
const WORKER_START: Duration = Duration::from_mins(10);

/// Sets the values that tasks need.
type Setup = Box<dyn Fn(TaskWorkerBuilder) -> TaskWorkerBuilder + Send + Sync>;

/// A docket for tests, in memory. Its clock is tokio's, so that a test with a paused clock moves it.
///
/// It has a worker of its own, which runs while [`run_until_idle`](Self::run_until_idle) or [`advance`](Self::advance)
/// waits, and at no other time: between these calls, a test sees what is scheduled. It dereferences to [`Docket`].
///
/// ```standalone_crate
/// use fastmcp::prelude::*;
/// use fastmcp::testing::{TestDocket, assert_scheduled};
///
/// #[task]
/// async fn total(prices: Vec<u32>) -> u32 {
///     prices.iter().sum()
/// }
///
/// # fn main() -> Result<()> {
/// #     let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()?;
/// #     runtime.block_on(test())
/// # }
/// # async fn test() -> Result<()> {
/// // In a `#[tokio::test(start_paused = true)]`.
/// let docket = TestDocket::new();
/// let execution = docket.add(total)(vec![1, 2]).after(std::time::Duration::from_hours(1)).await?;
/// assert_scheduled!(docket, total(vec![1, 2]), after = "1h");
/// docket.advance("1h").await;
/// assert_eq!(execution.result().await?, 3);
/// # Ok(())
/// # }
/// ```
pub struct TestDocket {
    docket: Docket,
    pub(super) store: Arc<Store>,
    setup: Vec<Setup>,
    own: Mutex<Option<Own>>,
    /// `true` if servers run the executions.
    is_served: AtomicBool,
}

/// The worker of a test's docket, until it is killed.
#[derive(Clone)]
struct Own {
    worker: Worker,
    dead: CancellationToken,
}

impl TestDocket {
    /// Creates an empty docket. Its wall clock starts with the time of the system.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "it starts a clock")]
    pub fn new() -> Self {
        Self::starting_at_timestamp(SystemTime::now().into())
    }

    /// Creates an empty docket whose wall clock starts at this moment, for schedules: `"2026-03-01T09:00:00Z"`.
    ///
    /// # Panics
    ///
    /// If the text is not a moment in the format of RFC 3339, after 1970.
    #[must_use]
    #[track_caller]
    pub fn starting_at(moment: &str) -> Self {
        let parsed: Result<jiff::Timestamp, _> = moment.parse();
        let micros = parsed.ok().map(jiff::Timestamp::as_microsecond);
        match micros.and_then(|micros| u64::try_from(micros).ok()) {
            Some(micros) => Self::starting_at_timestamp(Timestamp::from_micros(micros)),
            None => panic!("`{moment}` is not a moment after 1970, such as `2026-03-01T09:00:00Z`"),
        }
    }

    fn starting_at_timestamp(wall: Timestamp) -> Self {
        let memory = MemoryBackend::with_wall_clock(DocketOptions::default(), wall);
        let store = Arc::new(Store::new(memory));
        Self {
            docket: connection(&store).0,
            store,
            setup: Vec::new(),
            own: Mutex::default(),
            is_served: AtomicBool::new(false),
        }
    }

    /// Sets what the tasks of the worker need: states, replaced providers, options of the worker. The function runs
    /// again for the successor of a killed worker.
    ///
    /// ```
    /// use fastmcp::testing::TestDocket;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// struct Greeting(&'static str);
    /// let docket = TestDocket::new().worker(|worker| worker.state(Greeting("Hello")));
    /// # let _ = docket;
    /// # }
    /// ```
    #[must_use]
    pub fn worker(
        mut self,
        setup: impl Fn(TaskWorkerBuilder) -> TaskWorkerBuilder + Send + Sync + 'static,
    ) -> Self {
        self.setup.push(Box::new(setup));
        self
    }

    /// Returns the docket for a server, whose worker then runs the executions instead of the one of this type. Each call
    /// is the connection of one more process: a [fault](Faults::kill_before_settle) that kills a worker cuts all of this
    /// connection.
    ///
    /// The server must have a worker: without one, [`advance`](Self::advance) and [`run_until_idle`](Self::run_until_idle)
    /// panic, if the clock is paused, or wait forever. For a server [without a worker](crate::FastMcp::without_worker), clone the docket: `docket.clone()`.
    ///
    /// ```standalone_crate
    /// use fastmcp::FastMcp;
    /// use fastmcp::testing::{TestClient, TestDocket};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> fastmcp::Result<()> {
    /// let docket = TestDocket::new();
    /// let client = TestClient::connect(FastMcp::new("shop").docket(docket.for_server())).await?;
    /// # let _ = client;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn for_server(&self) -> Docket {
        self.is_served.store(true, Ordering::SeqCst);
        connection(&self.store).0
    }

    /// Returns the time of the docket, for [`Add::at`](crate::task::Add::at): the clock of the system stands still while
    /// a test moves this one.
    pub fn now(&self) -> SystemTime {
        ready(self.store.memory.now()).into()
    }

    /// Adds faults. Those of several calls add up.
    pub fn inject(&self, faults: Faults) {
        self.store.faults.add(faults);
    }

    /// Removes all faults, delays included.
    pub fn heal(&self) {
        self.store.faults.clear();
    }

    /// Returns the number of errors and kills that have not happened yet: a test of a fault asserts that it is 0.
    pub fn faults_left(&self) -> usize {
        self.store.faults.count()
    }

    /// Runs executions until none can run now: none is queued, and none runs. Those that are due later, that wait for a
    /// retry, a signal or an answer stay. So do those that are held back by a pause or a limit, if the clock is paused.
    ///
    /// When a [fault](Faults) kills the worker, its successor starts at once, and gets the run of the killed worker when
    /// its lease ends: after five minutes, which take no time on a paused clock.
    ///
    /// # Panics
    ///
    /// If the worker cannot be created, for example because a task needs a state that [`worker`](Self::worker) does not
    /// set.
    pub fn run_until_idle(&self) -> BoxFuture<'_, ()> {
        self.drive(self.until_idle()).boxed()
    }

    /// Moves the clock: all that becomes due runs at its moment, in order, and then everything that is left until the
    /// docket is [idle](Self::run_until_idle). Accepts text such as `"1h"`, or a [`Duration`].
    ///
    /// # Panics
    ///
    /// If the clock is not paused. The errors of [`run_until_idle`](Self::run_until_idle).
    pub fn advance(&self, span: impl Into<Span>) -> BoxFuture<'_, ()> {
        let Span(span) = span.into();
        assert!(
            is_paused(),
            "`advance` needs a paused clock: write `#[tokio::test(start_paused = true)]`"
        );
        let until = Instant::now() + span;
        self.drive(async move {
            tokio::time::sleep_until(until).await;
            self.until_idle().await;
        })
        .boxed()
    }

    /// Runs the worker until the future ends.
    async fn drive(&self, until: impl Future<Output = ()>) {
        let mut until = pin!(until);
        loop {
            if self.is_served.load(Ordering::SeqCst) {
                return until.await;
            }
            let Own { worker, dead } = self.own();
            tokio::select! {
                biased;
                () = dead.cancelled() => {}
                // A body can shut its worker down.
                _ = worker.run_forever() => {}
                () = async {
                    let mut submitted = worker.shared.automatic_submitted.subscribe();
                    // The sender is a field of the worker.
                    let _ = submitted.wait_for(|submitted| *submitted).await;
                    until.as_mut().await;
                } => return,
            }
            *self.own.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }

    /// Returns the worker. Creates one if there is none.
    fn own(&self) -> Own {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        own.get_or_insert_with(|| {
            let (docket, dead) = connection(&self.store);
            let builder = Worker::for_tasks(&docket);
            let builder = self.setup.iter().fold(builder, |it, setup| setup(it));
            match builder.build() {
                Ok(worker) => Own { worker, dead },
                Err(error) => panic!("the worker of the `TestDocket` cannot be created: {error}"),
            }
        })
        .clone()
    }

    async fn until_idle(&self) {
        let mut is_still = false;
        loop {
            let mut changed = pin!(self.store.changed.notified());
            // Registered before the look, so that no change between the two is missed.
            changed.as_mut().enable();
            let stats = ready(self.store.memory.stats());
            let counts = stats.counts;
            if counts.queued + counts.running == 0 {
                return;
            }
            if counts.running > 0 || is_still || !is_paused() {
                let is_served = self.is_served.load(Ordering::SeqCst);
                if is_served && is_paused() && counts.running == 0 && stats.workers == 0 {
                    let waited = tokio::time::timeout(WORKER_START, changed).await;
                    assert!(
                        waited.is_ok(),
                        "an execution is queued, and no server has a worker for it: start the server of \
                         `TestDocket::for_server` with a worker, or give a server without one `docket.clone()`"
                    );
                } else {
                    changed.await;
                }
                is_still = false;
                continue;
            }
            // A paused clock moves only when no tokio task can run. A worker that sleeps then, although something is
            // queued, is not allowed to run it. Otherwise its claim is delayed, or will be repeated.
            is_still = tokio::time::timeout(STILL, changed).await.is_err();
            if is_still && self.store.memory.has_sleeping_claims() {
                return;
            }
        }
    }
}

/// Returns a connection of a new process, and the token that is cancelled when the process is killed.
fn connection(store: &Arc<Store>) -> (Docket, CancellationToken) {
    let process = Process::new(Arc::clone(store));
    let dead = process.dead.clone();
    let docket = Docket::builder("test").backend(Arc::new(process) as Arc<dyn Backend>);
    (docket, dead)
}

impl Deref for TestDocket {
    type Target = Docket;

    fn deref(&self) -> &Docket {
        &self.docket
    }
}

impl fmt::Debug for TestDocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestDocket")
            .field("now", &self.now())
            .finish_non_exhaustive()
    }
}
