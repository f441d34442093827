//! The server's handlers: three tools, and the task that they follow.

use std::path::PathBuf;

use fastmcp::docket::Execution;
use fastmcp::prelude::*;

use crate::search;

/// Searches every text file below `path`.
#[task]
async fn long_running_analysis(path: PathBuf, query: String, progress: Progress) -> Result<Report> {
    let files = search::text_files(&path)?;
    progress.set_total(files.len() as u64).await?;
    let mut report = Report::default();
    for file in files {
        progress.set_message(file.display().to_string()).await?;
        if let Ok(text) = tokio::fs::read_to_string(&file).await {
            let file = file.strip_prefix(&path).unwrap_or(&file);
            report.add(file.display().to_string(), search::count(&text, &query));
        }
        progress.increment(1).await?;
    }
    report.rank();
    Ok(report)
}

/// Starts an analysis in the background and returns its key.
#[tool]
async fn analyze_data(
    /// The directory to search
    path: PathBuf,
    /// The text to search for, ignoring case
    query: String,
    docket: Docket,
) -> Result<Started> {
    if query.is_empty() {
        return Err(ToolError::new("there is nothing to look for: `query` is empty").into());
    }
    if !path.is_dir() {
        return Err(ToolError::new(format!("`{}` is not a directory", path.display())).into());
    }
    let execution = docket.add(long_running_analysis)(path, query).await?;
    Ok(Started {
        message: "Analysis started".into(),
        key: execution.key().to_string(),
    })
}

/// Returns the progress of an analysis.
#[tool(allow("wide-integer"))]
async fn analysis_status(
    /// The key that `analyze_data` returned
    key: String,
    docket: Docket,
) -> Result<Status> {
    let record = find(&docket, key).await?.record().await?;
    let progress = record.progress;
    Ok(Status {
        state: record.state.to_string(),
        done: progress.done,
        total: progress.total,
        file: progress.message,
    })
}

/// Returns the findings of an analysis.
#[tool(allow("wide-integer"))]
async fn analysis_report(
    /// The key that `analyze_data` returned
    key: String,
    docket: Docket,
) -> Result<Report> {
    let execution = find(&docket, key).await?;
    let state = execution.state().await?;
    if !state.is_terminal() {
        return Err(ToolError::new(format!("the analysis is {state}; ask again later")).into());
    }
    Ok(execution.result().await?)
}

async fn find(docket: &Docket, key: String) -> Result<Execution<Report>> {
    let unknown =
        || ToolError::new("unknown analysis key; use the key that `analyze_data` returned");
    Ok(docket.get(key).await?.ok_or_else(unknown)?.typed())
}

/// The result of `analyze_data`.
#[fastmcp::data]
pub struct Started {
    pub message: String,
    /// The key of the analysis, for `analysis_status` and `analysis_report`
    pub key: String,
}

/// The result of `analysis_status`.
#[fastmcp::data]
pub struct Status {
    /// `queued`, `running`, `completed`, `failed`
    pub state: String,
    /// Number of searched files
    pub done: u64,
    /// Number of all files, once counted
    pub total: Option<u64>,
    /// The last searched file
    pub file: Option<String>,
}

/// The findings of an analysis.
#[fastmcp::data]
#[derive(Default)]
pub struct Report {
    /// Number of searched files
    pub files: usize,
    /// Number of matches in them
    pub matches: usize,
    /// The files with matches, most matches first
    pub ranking: Vec<Ranked>,
}

/// One file of a report.
#[fastmcp::data]
pub struct Ranked {
    pub file: String,
    pub matches: usize,
}

impl Report {
    fn add(&mut self, file: String, matches: usize) {
        self.files += 1;
        self.matches += matches;
        if matches > 0 {
            self.ranking.push(Ranked { file, matches });
        }
    }

    fn rank(&mut self) {
        self.ranking
            .sort_by(|a, b| b.matches.cmp(&a.matches).then(a.file.cmp(&b.file)));
    }
}
