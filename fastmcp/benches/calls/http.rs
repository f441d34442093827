//! A client over HTTP: one call in flight on each connection, on one thread.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::request::{Call, Era, INITIALIZE, INITIALIZED, push};
use crate::servers::{Process, Server};

/// The time of one measurement.
const RUN: Duration = Duration::from_millis(800);

/// The form of the server's answers.
#[derive(Clone, Copy)]
pub(crate) enum Mode {
    /// JSON, without sessions.
    Json,
    /// Event streams, without sessions.
    Events,
    /// Event streams in sessions.
    Sessions,
}

impl Mode {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Events => "events",
            Self::Sessions => "sessions",
        }
    }
}

/// The figures of one run.
pub(crate) struct Figures {
    /// Calls per second.
    pub(crate) rate: Option<f64>,
    /// The median time of a call in microseconds.
    pub(crate) median: Option<f64>,
}

struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
    headers: String,
}

impl Connection {
    async fn open(address: &str, era: Era) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let headers = match era {
            Era::E2025 => "mcp-protocol-version: 2025-11-25\r\n",
            Era::E2026 => {
                "mcp-protocol-version: 2026-07-28\r\nmcp-method: tools/call\r\nmcp-name: add\r\n"
            }
        };
        Ok(Self {
            stream,
            received: Vec::with_capacity(4096),
            headers: headers.to_owned(),
        })
    }

    /// Sends a message and reads the whole response.
    async fn post(&mut self, body: &str) -> std::io::Result<()> {
        let request = format!(
            "POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\naccept: application/json, text/event-stream\r\n{}content-length: {}\r\n\r\n{body}",
            self.headers,
            body.len()
        );
        self.stream.write_all(request.as_bytes()).await?;
        self.received.clear();
        loop {
            if self.stream.read_buf(&mut self.received).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            if is_complete(&self.received) {
                return Ok(());
            }
        }
    }

    /// Starts a session, if the server has sessions.
    async fn initialize(&mut self) -> std::io::Result<()> {
        self.post(INITIALIZE).await?;
        if let Some(session) = header(&self.received, "mcp-session-id") {
            for part in ["mcp-session-id: ", &session, "\r\n"] {
                self.headers.push_str(part);
            }
            self.post(INITIALIZED).await?;
        }
        Ok(())
    }
}

fn head(response: &[u8]) -> Option<(&str, &[u8])> {
    let end = response.windows(4).position(|part| part == b"\r\n\r\n")?;
    Some((
        std::str::from_utf8(&response[..end]).ok()?,
        &response[end + 4..],
    ))
}

fn header(response: &[u8], name: &str) -> Option<String> {
    let (head, _) = head(response)?;
    head.lines().find_map(|line| {
        let (other, value) = line.split_once(':')?;
        other
            .eq_ignore_ascii_case(name)
            .then(|| value.trim().to_owned())
    })
}

fn is_complete(response: &[u8]) -> bool {
    let Some((head, body)) = head(response) else {
        return false;
    };
    assert!(
        head.starts_with("HTTP/1.1 20"),
        "{}",
        String::from_utf8_lossy(response)
    );
    match header(response, "content-length").and_then(|length| length.parse::<usize>().ok()) {
        Some(length) => body.len() >= length,
        None if header(response, "transfer-encoding").is_some() => body.ends_with(b"0\r\n\r\n"),
        None => true,
    }
}

/// Starts the server on a free port and waits until it accepts connections.
fn start(server: &Server) -> (Process, String) {
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = free.local_addr().expect("an address").to_string();
    drop(free);
    let process = server.start(Some(&address));
    for _ in 0..500 {
        if std::net::TcpStream::connect(&address).is_ok() {
            return (process, address);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("the server does not accept connections at {address}");
}

fn block_on<T>(work: impl Future<Output = std::io::Result<T>>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("the runtime starts")
        .block_on(work)
        .expect("the server answers")
}

/// Calls the tool on this many connections at once.
pub(crate) fn run(server: &Server, era: Era, connections: usize) -> Figures {
    let (_process, address) = start(server);
    let mut times = block_on(async {
        let warm = Instant::now() + RUN / 4;
        let end = warm + RUN;
        let calls = (0..connections).map(|_| call(&address, era, warm, end));
        let times = futures_util::future::try_join_all(calls).await?;
        Ok(times.concat())
    });
    if times.is_empty() {
        return Figures {
            rate: None,
            median: None,
        };
    }
    times.sort_unstable();
    #[expect(clippy::cast_precision_loss, reason = "a rate for display")]
    let rate = times.len() as f64 / RUN.as_secs_f64();
    Figures {
        rate: Some(rate),
        median: Some(times[times.len() / 2].as_secs_f64() * 1e6),
    }
}

/// Calls until `end`, and returns the times of the calls after `warm`.
async fn call(
    address: &str,
    era: Era,
    warm: Instant,
    end: Instant,
) -> std::io::Result<Vec<Duration>> {
    let mut connection = Connection::open(address, era).await?;
    if era == Era::E2025 {
        connection.initialize().await?;
    }
    let tail = Call::Add.tail(era);
    let (mut id, mut times, mut body) = (0, Vec::new(), String::new());
    loop {
        id += 1;
        body.clear();
        push(&mut body, id, &tail);
        let begin = Instant::now();
        connection.post(&body).await?;
        let now = Instant::now();
        if now >= end {
            return Ok(times);
        }
        if begin >= warm {
            times.push(now - begin);
        }
    }
}

/// Returns the resident memory that each idle session adds.
pub(crate) fn bytes_per_session(server: &Server, sessions: usize) -> f64 {
    let (process, address) = start(server);
    let open = |sessions: usize| {
        block_on(async {
            // One connection after the other, so that only sessions remain.
            let mut connection = Connection::open(&address, Era::E2025).await?;
            let headers = connection.headers.clone();
            for _ in 0..sessions {
                connection.headers.clone_from(&headers);
                connection.initialize().await?;
            }
            Ok(())
        });
    };
    open(100);
    let before = process.resident();
    open(sessions);
    #[expect(clippy::cast_precision_loss, reason = "a small number")]
    let each = (process.resident() - before) / sessions as f64;
    each
}
