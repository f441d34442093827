//! Reads the output of `cargo metadata`.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tokio::process::Command;

use crate::dev::error::DevError;

/// One binary or example in the output of `cargo metadata`.
pub(super) struct Target<'a> {
    pub(super) package: &'a Value,
    pub(super) name: &'a str,
    pub(super) kind: &'a str,
}

/// Returns the program of cargo.
pub(super) fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Describes the workspace of a directory.
pub(super) async fn metadata(directory: &Path) -> Result<Value, DevError> {
    let mut command = Command::new(cargo());
    command.args(["metadata", "--no-deps", "--format-version", "1"]);
    let output = command
        .current_dir(directory)
        .kill_on_drop(true)
        .output()
        .await;
    let output = output.map_err(|error| DevError::Project(format!("cannot run cargo: {error}")))?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(DevError::Project(errors));
    }
    serde_json::from_slice(&output.stdout)
        .map_err(|error| DevError::Project(format!("cargo metadata: {error}")))
}

/// Returns the elements of an array, and none of any other value.
pub(super) fn array(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Returns the directory of the output.
pub(super) fn target_directory(metadata: &Value) -> PathBuf {
    metadata["target_directory"]
        .as_str()
        .unwrap_or_default()
        .into()
}

/// Returns the binaries and the examples of a package.
pub(super) fn targets(package: &Value) -> impl Iterator<Item = Target<'_>> {
    array(&package["targets"]).iter().filter_map(move |target| {
        let name = target["name"].as_str()?;
        let kind = array(&target["kind"]).iter().filter_map(Value::as_str);
        let kind = kind
            .into_iter()
            .find(|it| matches!(*it, "bin" | "example"))?;
        Some(Target {
            package,
            name,
            kind,
        })
    })
}
