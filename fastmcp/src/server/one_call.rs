//! The background work of a server that is started for one call.

use crate::call::inject::need::Need;
use crate::call::inject::needs::Needs;
use crate::call::parameter_entry::{ParameterEntry, ParameterKind};
use crate::component::prompt::PromptEntry;
use crate::component::resource::ResourceEntry;
use crate::component::task_fallback::TaskFallback;
use crate::component::tool::ToolEntry;
use crate::docket::handle::Docket;
use crate::server::options::{PartSource, ServerOptions};
use crate::server::settings::{DocketSettings, SettingError};
use crate::server::worker::DocketChoice;

/// The part of the background work that a call uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Background {
    /// None.
    Unused,
    /// It may add tasks.
    Docket,
    /// It needs a worker that runs.
    Worker,
    /// It is a task of the protocol.
    Task,
}

/// What a command calls. The names have the prefixes of mounted servers.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Called<'a> {
    /// A tool.
    Tool(&'a str),
    /// A prompt.
    Prompt(&'a str),
    /// Any resource.
    Resource,
}

impl Background {
    /// Returns the part that a call uses; for a component that no attribute declares, the docket.
    fn of(options: &ServerOptions, called: Called<'_>) -> Self {
        let is_named = |name: &str, own: &str| {
            let rest = name.strip_suffix(own);
            rest.is_some_and(|prefix| prefix.is_empty() || prefix.ends_with('_'))
        };
        let used = match called {
            Called::Tool(name) => {
                let tools =
                    inventory::iter::<ToolEntry>().filter(|it| is_named(name, it.entry.name));
                tools
                    .map(|it| {
                        if it.entry.options.task.is_some_and(|task| task.required) {
                            return Self::Task;
                        }
                        Self::of_parameters(options, it.entry.parameters)
                    })
                    .max()
            }
            Called::Prompt(name) => {
                let prompts = inventory::iter::<PromptEntry>();
                prompts
                    .filter(|it| is_named(name, it.entry.name))
                    .map(|it| Self::of_parameters(options, it.entry.parameters))
                    .max()
            }
            Called::Resource => inventory::iter::<ResourceEntry>()
                .map(|it| Self::of_parameters(options, it.entry.parameters))
                .max(),
        };
        used.unwrap_or(Self::Docket)
    }

    fn of_parameters(options: &ServerOptions, parameters: &[ParameterEntry]) -> Self {
        let needs = parameters.iter().flat_map(|parameter| {
            let ParameterKind::Injected { needs, .. } = parameter.kind else {
                return Vec::new();
            };
            Needs::collect(needs, &options.overrides)
        });
        let used = needs.map(|requirement| match requirement.need {
            Need::Worker => Self::Worker,
            Need::Docket => Self::Docket,
            // An `Option<Docket>` has no need.
            _ => Self::Unused,
        });
        let has_optional = parameters.iter().any(|parameter| {
            let name = (parameter.type_name)();
            name.contains("Docket") || name.contains("Worker")
        });
        let least = if has_optional {
            Self::Docket
        } else {
            Self::Unused
        };
        used.max().unwrap_or(Self::Unused).max(least)
    }
}

/// Prepares a server for one call: a docket that the call does not use is not opened, and the tasks of a docket that
/// other processes share are left to their workers. Returns the part of the background work that the call uses.
pub(crate) fn prepare(
    options: &mut ServerOptions,
    called: Called<'_>,
) -> Result<Background, SettingError> {
    let used = Background::of(options, called);
    let settings = DocketSettings::read()?;
    let is_shared = match &options.docket {
        DocketChoice::On(docket) => docket.is_shared(),
        _ => settings
            .url
            .as_ref()
            .is_some_and(|url| !url.starts_with("memory:")),
    };
    // A task in memory would end with this process, so the call waits for its result.
    let fallback = options.task_fallback.as_ref();
    let is_of_fallback =
        |it: &TaskFallback| matches!(called, Called::Tool(tool) if it.tool_names().contains(&tool));
    if fallback.is_some_and(|it| !is_of_fallback(it)) {
        options.task_fallback = None;
    }
    match used {
        Background::Unused => leave_background(options, &settings),
        Background::Docket if is_shared => options.has_idle_worker = true,
        _ => {}
    }
    Ok(used)
}

/// Replaces dockets with empty ones whose workers run nothing.
fn leave_background(options: &mut ServerOptions, settings: &DocketSettings) {
    options.has_idle_worker = true;
    if options.docket.is_enabled(settings) {
        let name = options.identity.name.to_string();
        options.docket = DocketChoice::On(Docket::memory(name));
    }
    for part in &mut options.parts {
        if let PartSource::Mount(mounted) = &mut part.source
            && !matches!(mounted.docket, DocketChoice::Environment)
        {
            leave_background(mounted, settings);
        }
    }
}
