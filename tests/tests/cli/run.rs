//! Runs the server of the tests without a terminal.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_cli_target");

/// The environment of a command: a home directory of its own, and no settings of the user.
#[derive(Debug)]
pub(crate) struct Home {
    pub(crate) directory: PathBuf,
    variables: Vec<(String, String)>,
}

/// The end of a command.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) code: Option<i32>,
}

impl Home {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("fastmcp-cli-{}-{number}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        fs::create_dir_all(&directory).expect("the directory can be created");
        Self {
            directory,
            variables: Vec::new(),
        }
    }

    /// Keeps the docket in a file.
    pub(crate) fn with_docket() -> Self {
        let home = Self::new();
        let url = format!("sqlite://{}", home.directory.join("docket.db").display());
        home.with("FASTMCP_DOCKET_URL", &url)
    }

    pub(crate) fn with(mut self, variable: &str, value: &str) -> Self {
        self.variables.push((variable.to_owned(), value.to_owned()));
        self
    }

    /// Returns all variables of the environment.
    pub(crate) fn variables(&self) -> Vec<(String, String)> {
        let directory = self.directory.display().to_string();
        let mut variables = vec![
            ("HOME".to_owned(), directory.clone()),
            ("XDG_CONFIG_HOME".to_owned(), format!("{directory}/.config")),
            ("PATH".to_owned(), std::env::var("PATH").unwrap_or_default()),
            ("TERM".to_owned(), "xterm".to_owned()),
        ];
        variables.extend(self.variables.iter().cloned());
        variables
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .args(words)
            .env_clear()
            .envs(self.variables())
            .current_dir(&self.directory);
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, words: &[&str]) -> Ended {
        self.run_with_input(words, "")
    }

    pub(crate) fn run_with_input(&self, words: &[&str], input: &str) -> Ended {
        let mut child = self
            .command(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut stdin = child.stdin.take().expect("the input is a pipe");
        // The program may end without reading it.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        let ended = child.wait_with_output().expect("the program ends");
        Ended {
            out: String::from_utf8(ended.stdout).expect("the output is UTF-8"),
            err: String::from_utf8(ended.stderr).expect("the output is UTF-8"),
            code: ended.status.code(),
        }
    }

    /// Starts a command that runs until it is stopped.
    pub(crate) fn start(&self, words: &[&str]) -> Child {
        self.command(words)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts")
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    pub(crate) fn read(&self, name: impl AsRef<Path>) -> String {
        fs::read_to_string(self.directory.join(name)).expect("the file is readable")
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("the file can be written");
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.directory);
    }
}

impl Ended {
    /// Returns the output of a command that succeeded.
    pub(crate) fn success(&self) -> &str {
        assert_eq!(self.code, Some(0), "{self:?}");
        &self.out
    }

    /// Returns the JSON output of a command that succeeded.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(self.success()).expect("the output is JSON")
    }

    /// Returns the error output of a command that failed with this code, and printed nothing else.
    pub(crate) fn failure(&self, code: i32) -> &str {
        assert_eq!((self.code, self.out.as_str()), (Some(code), ""), "{self:?}");
        &self.err
    }
}
