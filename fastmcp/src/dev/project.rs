//! [`Project`]: the package that the front builds, and the program that it runs.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::dev::dep_info::dep_info;
use crate::dev::error::DevError;
use crate::dev::metadata::{Target, array, cargo, metadata, target_directory, targets};

/// The options that say what to build.
#[derive(Debug, Clone, Default)]
pub(super) struct ProjectOptions {
    pub(super) manifest_path: Option<PathBuf>,
    pub(super) bin: Option<String>,
    pub(super) command: Option<Vec<OsString>>,
}

/// The package that the front builds, and the program that it runs.
#[derive(Debug, Clone)]
pub(super) struct Project {
    /// The command that builds, with its program first.
    pub(super) build: Vec<OsString>,
    /// The directory of the command.
    pub(super) directory: PathBuf,
    /// The name of the binary or example.
    pub(super) name: String,
    /// The program that the build replaces.
    pub(super) executable: PathBuf,
    /// The files of cargo that the build reads.
    pub(super) manifests: Vec<PathBuf>,
    /// The output of builds, which is no source.
    pub(super) target_directory: PathBuf,
}

impl Project {
    /// Finds the package of this program, or the one that the options name.
    pub(super) async fn find(options: &ProjectOptions) -> Result<Self, DevError> {
        let mut project = match &options.manifest_path {
            Some(path) => Self::of_manifest(path, options.bin.as_deref()).await,
            None => Self::of_this_program().await,
        };
        if let Some(command) = &options.command {
            // Without a package, the command says all.
            let project = match &mut project {
                Ok(project) => project,
                Err(_) if options.manifest_path.is_none() => {
                    project = Self::of_command();
                    project
                        .as_mut()
                        .map_err(|error| DevError::Project(error.to_string()))?
                }
                Err(_) => return project,
            };
            project.build = with_messages(command.clone());
        }
        project
    }

    async fn of_manifest(path: &Path, bin: Option<&str>) -> Result<Self, DevError> {
        let path = std::fs::canonicalize(path)
            .map_err(|error| DevError::Project(format!("{}: {error}", path.display())))?;
        let directory = path.parent().unwrap_or(Path::new("."));
        let metadata = metadata(directory).await?;
        let packages = array(&metadata["packages"]);
        let is_this =
            |package: &&Value| package["manifest_path"].as_str().map(Path::new) == Some(&*path);
        let package = packages.iter().find(is_this).ok_or_else(|| {
            DevError::Project(format!("{} is the manifest of no package", path.display()))
        })?;
        let bins: Vec<Target<'_>> = targets(package).filter(|it| it.kind == "bin").collect();
        let wanted = bin.or_else(|| package["default_run"].as_str());
        let target = match (wanted, &*bins) {
            (Some(wanted), _) => bins.iter().find(|it| it.name == wanted),
            (None, [only]) => Some(only),
            _ => None,
        };
        let target = target.ok_or_else(|| {
            let names: Vec<&str> = bins.iter().map(|it| it.name).collect();
            let problem = wanted.map_or("several binaries".to_owned(), |it| {
                format!("no binary `{it}`")
            });
            DevError::Project(format!(
                "{} has {problem}; choose one of {names:?} with `Dev::bin`",
                path.display()
            ))
        })?;
        let executable = target_directory(&metadata)
            .join("debug")
            .join(executable_name(target.name));
        Ok(Self::new(&metadata, target, executable))
    }

    async fn of_this_program() -> Result<Self, DevError> {
        let executable = this_program()?;
        let sources = dep_info(&executable);
        // `cargo run` sets the first. The others find the package of a program that was started by hand.
        let manifest_directory = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let directories = manifest_directory
            .into_iter()
            .chain(env::current_dir().ok());
        let directories = directories.chain(
            sources
                .iter()
                .filter_map(|it| Some(it.parent()?.to_owned())),
        );
        let stem = executable
            .file_stem()
            .and_then(OsStr::to_str)
            .unwrap_or_default();
        let mut tried: Vec<PathBuf> = Vec::new();
        for directory in directories {
            let has_manifest = |it: &&Path| it.join("Cargo.toml").is_file();
            let Some(directory) = directory.ancestors().find(has_manifest) else {
                continue;
            };
            if tried.iter().any(|it| it == directory) {
                continue;
            }
            if let Ok(metadata) = metadata(directory).await {
                let built_here = executable.starts_with(target_directory(&metadata));
                let mut all = array(&metadata["packages"]).iter().flat_map(targets);
                let target = all.find(|it| it.name == stem && built_here);
                if let Some(target) = target {
                    return Ok(Self::new(&metadata, &target, executable));
                }
            }
            tried.push(directory.to_owned());
        }
        Err(DevError::Project(format!(
            "{} is the binary of no package in {tried:?}; start it with `cargo run`, or state the command that \
             builds it with `Dev::command`",
            executable.display()
        )))
    }

    /// Returns a project that only a command describes.
    fn of_command() -> Result<Self, DevError> {
        let executable = this_program()?;
        let stem = executable.file_stem().unwrap_or_default();
        Ok(Self {
            build: Vec::new(),
            directory: env::current_dir().unwrap_or_default(),
            name: stem.to_string_lossy().into_owned(),
            target_directory: executable.parent().unwrap_or(Path::new(".")).to_owned(),
            executable,
            manifests: Vec::new(),
        })
    }

    fn new(metadata: &Value, target: &Target<'_>, executable: PathBuf) -> Self {
        let manifest = PathBuf::from(target.package["manifest_path"].as_str().unwrap_or_default());
        let root = PathBuf::from(metadata["workspace_root"].as_str().unwrap_or_default());
        let mut build: Vec<OsString> = vec![
            cargo(),
            "build".into(),
            "--manifest-path".into(),
            (&manifest).into(),
        ];
        build.extend([format!("--{}", target.kind).into(), target.name.into()]);
        let output = target_directory(metadata);
        build.extend(profile(&output, &executable));
        // Windows locks programs that run, and the front may be this one.
        let executable = if cfg!(windows) {
            let other = output.join("dev");
            let below = executable.strip_prefix(&output).unwrap_or(&executable);
            let executable = other.join(below);
            build.extend(["--target-dir".into(), other.into()]);
            executable
        } else {
            executable
        };
        Self {
            build: with_messages(build),
            directory: manifest.parent().unwrap_or(Path::new(".")).to_owned(),
            name: target.name.to_owned(),
            executable,
            manifests: vec![
                root.join("Cargo.toml"),
                root.join("Cargo.lock"),
                root.join(".cargo/config.toml"),
                manifest,
            ],
            target_directory: output,
        }
    }

    /// Returns the file in which a front writes the address of its server for coding agents.
    pub(super) fn address_file(&self) -> PathBuf {
        self.executable.with_extension("dev-address")
    }
}

/// Adds the option for errors as JSON to a `cargo build`.
fn with_messages(mut command: Vec<OsString>) -> Vec<OsString> {
    let program = command.first().map(Path::new).and_then(Path::file_stem);
    let has_format = command
        .iter()
        .any(|it| it.to_string_lossy().starts_with("--message-format"));
    let build = command.iter().position(|it| it == "build" || it == "b");
    if let (true, false, Some(build)) = (program == Some(OsStr::new("cargo")), has_format, build) {
        command.insert(
            build + 1,
            "--message-format=json-diagnostic-rendered-ansi".into(),
        );
    }
    command
}

/// Returns the options of the profile and the platform for which `executable` was built.
fn profile(target_directory: &Path, executable: &Path) -> Vec<OsString> {
    let below = executable
        .strip_prefix(target_directory)
        .unwrap_or(Path::new(""));
    let mut parts: Vec<&str> = below.iter().filter_map(OsStr::to_str).collect();
    parts.pop();
    parts.pop_if(|it| *it == "examples");
    let (platform, profile) = match *parts {
        [platform, profile] => (Some(platform), profile),
        [profile] => (None, profile),
        _ => (None, "debug"),
    };
    let mut options = Vec::new();
    if let Some(platform) = platform {
        options.extend(["--target".into(), platform.into()]);
    }
    if profile != "debug" {
        options.extend(["--profile".into(), profile.into()]);
    }
    options
}

/// Returns the path of this program. A build that ran in the meantime has replaced the file.
fn this_program() -> Result<PathBuf, DevError> {
    let path = env::current_exe().map_err(|error| DevError::Project(error.to_string()))?;
    let text = path
        .to_str()
        .and_then(|path| path.strip_suffix(" (deleted)"));
    Ok(text.map_or(path.clone(), PathBuf::from))
}

fn executable_name(name: &str) -> String {
    format!("{name}{}", env::consts::EXE_SUFFIX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(options: Vec<OsString>) -> Vec<String> {
        options
            .into_iter()
            .map(|it| it.into_string().unwrap())
            .collect()
    }

    #[test]
    fn the_path_of_a_program_tells_its_profile_and_platform() {
        let of = |path: &str| strings(profile(Path::new("/w/target"), Path::new(path)));
        assert!(of("/w/target/debug/calculator").is_empty());
        assert!(of("/w/target/debug/examples/calculator").is_empty());
        assert_eq!(of("/w/target/release/calculator"), ["--profile", "release"]);
        let musl = of("/w/target/x86_64-unknown-linux-musl/small/examples/calculator");
        assert_eq!(
            musl,
            [
                "--target",
                "x86_64-unknown-linux-musl",
                "--profile",
                "small"
            ]
        );
    }

    #[test]
    fn only_a_cargo_build_gets_the_format_of_messages() {
        let of =
            |command: &[&str]| strings(with_messages(command.iter().map(OsString::from).collect()));
        let build = of(&["cargo", "+nightly", "build", "--features", "x"]);
        assert_eq!(build[3], "--message-format=json-diagnostic-rendered-ansi");
        for command in [
            &["just", "build"][..],
            &["cargo", "build", "--message-format=short"],
        ] {
            assert_eq!(of(command), command);
        }
    }
}
