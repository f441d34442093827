//! The limits: loops that decode the arguments of a call straight into a type, and nothing else.
//!
//! `std` answers each line with blocking reads and writes; `tokio` answers all lines that one read returns with
//! one write; `http` is a router of axum with one route.

#[path = "../serve.rs"]
mod serve;

use std::io::{BufRead, Write};

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::routing::post;
use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

type Error = Box<dyn std::error::Error + Send + Sync>;

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(default)]
    id: Option<u64>,
    #[serde(borrow)]
    method: &'a str,
}

#[derive(Deserialize)]
struct Request<'a, T> {
    #[serde(borrow)]
    params: Params<'a, T>,
}

#[derive(Deserialize)]
struct Params<'a, T> {
    #[serde(borrow)]
    #[serde(rename = "name")]
    _name: &'a str,
    arguments: T,
}

#[derive(Deserialize)]
struct Add {
    a: i64,
    b: i64,
}

#[derive(Deserialize)]
struct Measure {
    text: String,
    values: Vec<i64>,
}

const INITIALIZED: &str = r#"{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"limit","version":"0"}}"#;

/// Appends the answer to a message, without a newline.
fn answer(line: &[u8], answers: &mut Vec<u8>) -> Result<(), Error> {
    let message: Message<'_> = serde_json::from_slice(line)?;
    let Some(id) = message.id else {
        return Ok(());
    };
    write!(answers, r#"{{"jsonrpc":"2.0","id":{id},"result":"#)?;
    if message.method == "initialize" {
        answers.extend_from_slice(INITIALIZED.as_bytes());
    } else {
        let result = result(line)?;
        write!(
            answers,
            r#"{{"content":[{{"type":"text","text":"{{\"result\":{result}}}"}}],"structuredContent":{{"result":{result}}},"isError":false}}"#
        )?;
    }
    answers.push(b'}');
    Ok(())
}

/// Returns the result of a call. The names of the tools differ in length, so a call is decoded once.
fn result(line: &[u8]) -> Result<i64, Error> {
    if line
        .windows(9)
        .take(120)
        .any(|part| part == br#""measure""#)
    {
        let request: Request<'_, Measure> = serde_json::from_slice(line)?;
        let it = request.params.arguments;
        Ok(i64::try_from(it.text.len())? + it.values.iter().sum::<i64>())
    } else {
        let request: Request<'_, Add> = serde_json::from_slice(line)?;
        Ok(request.params.arguments.a + request.params.arguments.b)
    }
}

fn answer_lines() -> Result<(), Error> {
    let (mut input, mut output) = (std::io::stdin().lock(), std::io::stdout().lock());
    let (mut line, mut answers) = (Vec::new(), Vec::new());
    while input.read_until(b'\n', &mut line)? > 0 {
        answer(&line, &mut answers)?;
        if !answers.is_empty() {
            answers.push(b'\n');
            output.write_all(&answers)?;
            output.flush()?;
        }
        line.clear();
        answers.clear();
    }
    Ok(())
}

async fn answer_batches() -> Result<(), Error> {
    let (mut input, mut output) = (tokio::io::stdin(), tokio::io::stdout());
    let (mut received, mut answers) = (Vec::with_capacity(64 * 1024), Vec::new());
    while input.read_buf(&mut received).await? > 0 {
        let Some(end) = received.iter().rposition(|byte| *byte == b'\n') else {
            continue;
        };
        for line in received[..end].split(|byte| *byte == b'\n') {
            let before = answers.len();
            answer(line, &mut answers)?;
            if answers.len() > before {
                answers.push(b'\n');
            }
        }
        received.drain(..=end);
        output.write_all(&answers).await?;
        output.flush().await?;
        answers.clear();
    }
    Ok(())
}

async fn answer_http(address: &str) -> Result<(), Error> {
    let app = Router::new().route(
        "/mcp",
        post(async |body: Bytes| {
            let mut answers = Vec::with_capacity(256);
            // The benchmark sends valid calls only.
            let _ = answer(&body, &mut answers);
            ([(CONTENT_TYPE, "application/json")], answers)
        }),
    );
    serve::serve(app, address).await
}

fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().collect();
    let mode = arguments.get(1).map_or("std", String::as_str);
    if mode == "std" {
        return answer_lines();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    match arguments.get(2) {
        Some(address) if mode == "http" => runtime.block_on(answer_http(address)),
        _ => runtime.block_on(answer_batches()),
    }
}
