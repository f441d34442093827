//! Checks and starts the events of a server.

use std::any::TypeId;
use std::sync::Arc;

use crate::call::inject::provided::Provided;
use crate::call::portable::schemas::SchemaForm;
use crate::events::options::EventOptions;
use crate::events::registry::EventRegistry;
use crate::events::server::EventServer;
use crate::server::error::{StartError, StartErrors};
use crate::server::options::{PartSource, ServerOptions};
use crate::server::settings;
use crate::server::worker::DocketChoice;

/// Collects the events of a server that offers them, and adds the problems to `errors`.
pub(crate) fn gather(
    options: &mut ServerOptions,
    has_docket: bool,
    errors: &mut StartErrors,
) -> Option<EventRegistry> {
    share(options);
    let form = SchemaForm {
        schemas: options.schemas,
        wide_integers: options.calls.wide_integers,
    };
    let events = options.events.as_mut()?;
    if let Some(problem) = events.problem() {
        errors.extend(std::iter::once(StartError::Events(problem)));
    }
    let allows = errors.check(settings::flag(settings::EVENTS_ALLOW_LOOPBACK));
    events.allow_loopback = events.allow_loopback.or(allows.flatten());
    if !has_docket {
        let problem = "they are stored in a docket, and background work is disabled: call \
                       `FastMcp::enable_docket()` or `FastMcp::docket(…)`, or set FASTMCP_DOCKET_URL";
        errors.extend(std::iter::once(StartError::Events(problem.to_owned())));
    }
    let registry = errors.check(EventRegistry::gather(form, events))?;
    errors.extend(registry.invalid().into_iter().map(Box::new));
    // The check of dependencies looks for it there, before the server starts.
    let kept = Arc::new(events.clone());
    options.states.insert(TypeId::of::<EventOptions>(), kept);
    share(options);
    Some(registry)
}

/// Lets the handlers of mounted servers that share the docket emit events.
fn share(options: &mut ServerOptions) {
    let Some(kept) = options.states.get(&TypeId::of::<EventOptions>()).cloned() else {
        return;
    };
    for part in &mut options.parts {
        if let PartSource::Mount(mounted) = &mut part.source
            && matches!(mounted.docket, DocketChoice::Environment)
        {
            let states = &mut mounted.states;
            states.insert(TypeId::of::<EventOptions>(), kept.clone());
        }
    }
}

/// Lets handlers emit events.
pub(crate) fn provide(provided: &mut Provided, options: Option<&EventOptions>) {
    if let Some(options) = options {
        let kept = Arc::new(options.clone());
        provided.states.insert(TypeId::of::<EventOptions>(), kept);
    }
}

/// Starts the events of a server.
pub(crate) fn start(
    provided: &Arc<Provided>,
    registry: Option<EventRegistry>,
    options: Option<EventOptions>,
) -> Result<Option<Arc<EventServer>>, StartError> {
    let (Some(registry), Some(options), Some(docket)) = (registry, options, &provided.docket)
    else {
        return Ok(None);
    };
    let allows_loopback = options.allow_loopback == Some(true);
    if allows_loopback {
        tracing::warn!(
            "webhooks of events may be on this machine: FASTMCP_EVENTS_ALLOW_LOOPBACK is for development"
        );
    }
    let provided = Arc::clone(provided);
    let server = EventServer::new(registry, options, allows_loopback, provided, docket.clone());
    Ok(Some(Arc::new(server.map_err(StartError::Events)?)))
}
