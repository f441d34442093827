//! A client over stdio: blocking reads and writes on one thread.

use std::io::{Read, Write};
use std::process::{ChildStdin, ChildStdout};
use std::time::{Duration, Instant};

use crate::request::{Call, Era, INITIALIZE, INITIALIZED, count_lines, push};
use crate::servers::{Process, Server};

/// The time of one measurement of throughput.
const RUN: Duration = Duration::from_millis(600);

struct Client {
    process: Process,
    input: ChildStdin,
    output: ChildStdout,
    buffer: Vec<u8>,
}

impl Client {
    fn start(server: &Server) -> Self {
        let mut process = server.start(None);
        let input = process.0.stdin.take().expect("a pipe");
        let output = process.0.stdout.take().expect("a pipe");
        let mut client = Self {
            process,
            input,
            output,
            buffer: vec![0; 256 * 1024],
        };
        client.send(&format!("{INITIALIZE}\n{INITIALIZED}\n"));
        client.wait_for(1);
        client
    }

    fn send(&mut self, messages: &str) {
        self.input
            .write_all(messages.as_bytes())
            .expect("the server reads");
    }

    /// Waits for at least this many answers, and returns how many came.
    fn wait_for(&mut self, answers: usize) -> usize {
        let mut received = 0;
        while received < answers {
            let length = self
                .output
                .read(&mut self.buffer)
                .expect("the server writes");
            assert!(length > 0, "the server has ended");
            received += count_lines(&self.buffer[..length]);
        }
        received
    }
}

/// Returns the calls per second with this many calls in flight.
pub(crate) fn calls_per_second(server: &Server, in_flight: usize) -> f64 {
    let mut client = Client::start(server);
    let tail = Call::Add.tail(Era::E2025) + "\n";
    let (mut id, mut answered, mut missing) = (0, 0, in_flight);
    let mut messages = String::new();
    let mut begin = Instant::now();
    let mut is_warm = false;
    loop {
        messages.clear();
        for _ in 0..missing {
            id += 1;
            push(&mut messages, id, &tail);
        }
        client.send(&messages);
        missing = client.wait_for(1);
        answered += missing;
        let elapsed = begin.elapsed();
        if is_warm && elapsed >= RUN {
            #[expect(clippy::cast_precision_loss, reason = "a rate for display")]
            return answered as f64 / elapsed.as_secs_f64();
        }
        if !is_warm && elapsed >= RUN / 4 {
            (is_warm, answered, begin) = (true, 0, Instant::now());
        }
    }
}

/// Returns the median time of a call in microseconds, one after another.
pub(crate) fn median(server: &Server, call: Call, calls: usize) -> f64 {
    let mut client = Client::start(server);
    let tail = call.tail(Era::E2025) + "\n";
    let mut message = String::new();
    let mut times = Vec::with_capacity(calls);
    for id in 1..=calls as u64 {
        message.clear();
        push(&mut message, id, &tail);
        let begin = Instant::now();
        client.send(&message);
        client.wait_for(1);
        times.push(begin.elapsed());
    }
    times.sort_unstable();
    times[calls / 2].as_secs_f64() * 1e6
}

/// Returns the milliseconds from the start of the process to its first answer.
pub(crate) fn first_answer(server: &Server) -> f64 {
    let starts = (0..20).map(|_| {
        let begin = Instant::now();
        let _client = Client::start(server);
        begin.elapsed()
    });
    starts.min().unwrap_or_default().as_secs_f64() * 1e3
}

/// Returns the resident memory in megabytes after some calls.
pub(crate) fn resident(server: &Server) -> f64 {
    let mut client = Client::start(server);
    let tail = Call::Add.tail(Era::E2025) + "\n";
    for id in 1..=1_000 {
        let mut message = String::new();
        push(&mut message, id, &tail);
        client.send(&message);
        client.wait_for(1);
    }
    client.process.resident() / 1e6
}
