//! How does work go on after the answer, and how does a later call get its result?
//!
//! ```text
//! word_count          serves standard input and output, and runs tasks
//! word_count worker   only runs tasks
//! ```
//!
//! With `FASTMCP_DOCKET_URL=sqlite://tasks.db` or `redis://localhost`, tasks outlive the process, and several processes
//! share them.

use fastmcp::prelude::*;

/// Counts the words of a text.
#[task(retry(attempts = 3, delay = "1s"), timeout = "1m")]
async fn word_count(text: String, progress: Progress) -> Result<usize> {
    let lines: Vec<&str> = text.lines().collect();
    progress.set_total(lines.len() as u64).await?;
    let mut words = 0;
    for line in lines {
        words += line.split_whitespace().count();
        progress.increment(1).await?;
    }
    Ok(words)
}

/// Starts counting the words of a text, and returns the key of the result.
#[tool]
async fn count_words(text: String, docket: Docket) -> Result<String> {
    let execution = docket.add(word_count)(text).await?;
    Ok(execution.key().to_string())
}

/// Returns the number of words.
#[tool]
async fn counted(
    /** The key from `count_words` */
    key: String,
    docket: Docket,
) -> Result<usize> {
    let execution = docket
        .get(key)
        .await?
        .ok_or(ToolError::new("unknown key"))?;
    Ok(execution.typed::<usize>().result().await?)
}

#[tokio::main]
async fn main() -> Result<()> {
    let server = FastMcp::new("word_count").enable_docket();
    match std::env::args().nth(1).as_deref() {
        Some("worker") => server.run_worker().await?,
        _ => server.run().await?,
    }
    Ok(())
}
