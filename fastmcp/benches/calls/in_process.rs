//! Calls in the process: over a stream in memory, and the cost of injected parameters.

use std::time::{Duration, Instant};

use fastmcp::Server;
use fastmcp::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

use crate::request::{INITIALIZE, INITIALIZED, count_lines, push};
use crate::rows::Rows;

/// Returns the sum of two numbers.
#[tool]
async fn plain(a: i64, b: i64) -> i64 {
    a + b
}

/// Returns the sum of two numbers. It takes three dependencies.
#[tool]
async fn injected(a: i64, b: i64, _docket: Docket, _worker: Worker, _context: Context) -> i64 {
    a + b
}

/// Calls per batch.
const BATCH: usize = 64;
/// Batches of each tool in a round.
const BATCHES: usize = 300;
/// The rounds. The tools take turns, and the best round of each counts.
const ROUNDS: usize = 15;

pub(crate) fn measure(rows: &Rows) {
    let times = std::cell::OnceCell::new();
    let times = || {
        *times.get_or_init(|| {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("the runtime starts")
                .block_on(run())
        })
    };
    let micros = |time: Duration| time.as_secs_f64() * 1e6;
    rows.once("in_process", "us", || {
        [Some(micros(times()[0])), None, None]
    });
    rows.once("injection", "ns", || {
        let [plain, injected] = times().map(micros);
        [Some((injected - plain) * 1e3), None, None]
    });
}

/// Returns the time of a call of each tool.
async fn run() -> [Duration; 2] {
    let server = FastMcp::new("calls")
        .enable_docket()
        .start()
        .await
        .expect("the server starts");
    let mut stream = connect(&server).await;
    let mut best = [Duration::MAX; 2];
    for _ in 0..ROUNDS {
        for (best, tool) in best.iter_mut().zip(["plain", "injected"]) {
            *best = calls(&mut stream, tool).await.min(*best);
        }
    }
    best
}

async fn connect(server: &Server) -> DuplexStream {
    let mut stream = server.connect();
    let messages = format!("{INITIALIZE}\n{INITIALIZED}\n");
    stream.write_all(messages.as_bytes()).await.expect("sent");
    read_answers(&mut stream, 1).await;
    stream
}

async fn read_answers(stream: &mut DuplexStream, answers: usize) {
    let mut buffer = vec![0; 64 * 1024];
    let mut received = 0;
    while received < answers {
        let length = stream.read(&mut buffer).await.expect("an answer");
        assert!(length > 0, "the server has ended");
        let read = &buffer[..length];
        assert!(
            !read
                .windows(16)
                .any(|it| it == br#""isError":true,"# || it.starts_with(br#""error":"#))
        );
        received += count_lines(read);
    }
}

async fn calls(stream: &mut DuplexStream, tool: &str) -> Duration {
    let tail = format!(
        r#","method":"tools/call","params":{{"name":"{tool}","arguments":{{"a":17,"b":25}}}}}}"#
    ) + "\n";
    let mut messages = String::new();
    for id in 1..=BATCH as u64 {
        push(&mut messages, id, &tail);
    }
    let begin = Instant::now();
    for _ in 0..BATCHES {
        stream.write_all(messages.as_bytes()).await.expect("sent");
        read_answers(stream, BATCH).await;
    }
    begin.elapsed() / u32::try_from(BATCH * BATCHES).unwrap_or(u32::MAX)
}
