//! [`delegate`]: methods of a backend that wraps another one and only passes the calls on.

/// Expands to methods of `Backend` that call the same method of the field. A wrapper writes only the others itself.
macro_rules! delegate {
    ($store:ident: $($method:ident),* $(,)?) => {
        $( delegate!(@$method $store); )*
    };
    (@now $store:ident) => {
        fn now(&self) -> BackendFuture<'_, fastmcp::docket::Timestamp> {
            self.$store.now()
        }
    };
    (@check $store:ident) => {
        fn check(&self) -> BackendFuture<'_, ()> {
            self.$store.check()
        }
    };
    (@submit $store:ident) => {
        fn submit(&self, batch: Vec<Submission>) -> BackendFuture<'_, Vec<Admission>> {
            self.$store.submit(batch)
        }
    };
    (@settle $store:ident) => {
        fn settle<'a>(&'a self, batch: &'a [Settlement]) -> BackendFuture<'a, Vec<Settled>> {
            self.$store.settle(batch)
        }
    };
    (@renew $store:ident) => {
        fn renew<'a>(
            &'a self,
            worker: &'a Arc<str>,
            leases: &'a [Lease],
            duration: Duration,
        ) -> BackendFuture<'a, Vec<Lease>> {
            self.$store.renew(worker, leases, duration)
        }
    };
    (@signals $store:ident) => {
        fn signals<'a>(&'a self, worker: &'a Arc<str>) -> BackendFuture<'a, Vec<Lease>> {
            self.$store.signals(worker)
        }
    };
    (@report $store:ident) => {
        fn report(&self, lease: Lease, progress: ProgressReport) -> BackendFuture<'_, Settled> {
            self.$store.report(lease, progress)
        }
    };
    (@find $store:ident) => {
        fn find<'a>(&'a self, target: &'a Target) -> BackendFuture<'a, Option<Record>> {
            self.$store.find(target)
        }
    };
    (@watch $store:ident) => {
        fn watch<'a>(&'a self, target: &'a Target) -> BackendFuture<'a, Option<(Record, Events)>> {
            self.$store.watch(target)
        }
    };
    (@snapshot $store:ident) => {
        fn snapshot(&self, limit: usize) -> BackendFuture<'_, Snapshot> {
            self.$store.snapshot(limit)
        }
    };
    (@record $store:ident) => {
        fn record<'a>(
            &'a self,
            lease: Lease,
            name: &'a str,
            value: Bytes,
        ) -> BackendFuture<'a, fastmcp::docket::backend::Recorded> {
            self.$store.record(lease, name, value)
        }
    };
    (@signal $store:ident) => {
        fn signal<'a>(
            &'a self,
            key: &'a Key,
            name: &'a str,
            value: Bytes,
        ) -> BackendFuture<'a, fastmcp::docket::backend::Sent> {
            self.$store.signal(key, name, value)
        }
    };
    (@deregister $store:ident) => {
        fn deregister<'a>(&'a self, worker: &'a Arc<str>) -> BackendFuture<'a, ()> {
            self.$store.deregister(worker)
        }
    };
    (@cancel $store:ident) => {
        fn cancel<'a>(&'a self, key: &'a Key, reason: &'a str) -> BackendFuture<'a, Cancelled> {
            self.$store.cancel(key, reason)
        }
    };
    (@amend $store:ident) => {
        fn amend<'a>(
            &'a self,
            id: ExecutionId,
            expected: &'a Bytes,
            note: Bytes,
            wake: bool,
        ) -> BackendFuture<'a, Amended> {
            self.$store.amend(id, expected, note, wake)
        }
    };
    (@reschedule $store:ident) => {
        fn reschedule<'a>(
            &'a self,
            id: ExecutionId,
            expected: &'a str,
            when: fastmcp::docket::When,
            timetable: &'a str,
        ) -> BackendFuture<'a, bool> {
            self.$store.reschedule(id, expected, when, timetable)
        }
    };
    (@strike $store:ident) => {
        fn strike<'a>(&'a self, task: &'a Name) -> BackendFuture<'a, ()> {
            self.$store.strike(task)
        }
    };
    (@restore $store:ident) => {
        fn restore<'a>(&'a self, task: &'a Name) -> BackendFuture<'a, ()> {
            self.$store.restore(task)
        }
    };
    (@pause $store:ident) => {
        fn pause(&self) -> BackendFuture<'_, ()> {
            self.$store.pause()
        }
    };
    (@resume $store:ident) => {
        fn resume(&self) -> BackendFuture<'_, ()> {
            self.$store.resume()
        }
    };
    (@clear $store:ident) => {
        fn clear(&self) -> BackendFuture<'_, usize> {
            self.$store.clear()
        }
    };
    (@dead_letters $store:ident) => {
        fn dead_letters(&self, limit: usize) -> BackendFuture<'_, Vec<Record>> {
            self.$store.dead_letters(limit)
        }
    };
    (@replay $store:ident) => {
        fn replay<'a>(&'a self, key: &'a Key) -> BackendFuture<'a, Option<Admission>> {
            self.$store.replay(key)
        }
    };
    (@list $store:ident) => {
        fn list<'a>(
            &'a self,
            filter: &'a fastmcp::docket::Filter,
            range: fastmcp::docket::backend::Range,
            limit: usize,
        ) -> BackendFuture<'a, fastmcp::docket::Page> {
            self.$store.list(filter, range, limit)
        }
    };
    (@change $store:ident) => {
        fn change<'a>(
            &'a self,
            change: fastmcp::docket::backend::Change,
            filter: &'a fastmcp::docket::Filter,
            range: fastmcp::docket::backend::Range,
        ) -> BackendFuture<'a, fastmcp::docket::backend::ChangedPart> {
            self.$store.change(change, filter, range)
        }
    };
    (@stats $store:ident) => {
        fn stats(&self) -> BackendFuture<'_, fastmcp::docket::Stats> {
            self.$store.stats()
        }
    };
    (@wait $store:ident) => {
        fn wait(&self, condition: Condition) -> BackendFuture<'_, ()> {
            self.$store.wait(condition)
        }
    };
}

pub(crate) use delegate;
