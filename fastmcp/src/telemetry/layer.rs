//! [`TelemetryLayer`]: passes spans to the exporters.
//!
//! Subscribers are installed at the start of a program, before the server and its options exist. The layer therefore
//! records nothing until [`install`] sets its tracer.

use std::borrow::Cow;
use std::fmt;
use std::sync::OnceLock;

use opentelemetry::Context;
use opentelemetry::trace::{SpanBuilder, Tracer, TracerProvider};
use opentelemetry_sdk::trace::{Sampler, SdkTracer, SdkTracerProvider};
use tracing::level_filters::LevelFilter;
use tracing::subscriber::Interest;
use tracing::{Level, Metadata, Subscriber};
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Filtered;
use tracing_subscriber::layer::{Context as LayerContext, Filter};
use tracing_subscriber::registry::LookupSpan;

/// The target of the spans of servers and dockets. It is the prefix of no module, so that a filter of this target does
/// not affect the log.
pub(crate) const TARGET: &str = "fastmcp::spans";

/// The name of the instrumentation.
pub(crate) const SCOPE: &str = "fastmcp";

/// The targets whose spans and events are not exported: the exporters themselves, and the libraries below, which repeat
/// what the spans of this crate say.
const EXCLUDED: [&str; 6] = ["opentelemetry", "reqwest", "hyper", "h2", "rustls", "rmcp"];

static TRACER: OnceLock<SdkTracer> = OnceLock::new();

/// The layer that [`layer`] returns.
pub type TelemetryLayer<S> = Filtered<OpenTelemetryLayer<S, LateTracer>, WhileOn, S>;

/// Returns the layer that passes spans to the exporters, for programs with a subscriber of their own.
/// [`log_to_stderr`](crate::log_to_stderr) already contains it.
///
/// It exports spans of the level `INFO` and above: those of this crate, and those of the program. Events of the program
/// inside of them become events of the span. It records nothing before a server with
/// [telemetry](crate::FastMcp::telemetry) starts.
///
/// ```
/// use tracing_subscriber::layer::SubscriberExt;
///
/// let subscriber = tracing_subscriber::registry().with(fastmcp::telemetry::layer());
/// # drop(subscriber);
/// ```
#[must_use]
pub fn layer<S>() -> TelemetryLayer<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    tracing_opentelemetry::layer()
        .with_tracer(LateTracer(()))
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_level(false)
        .with_target(false)
        // Whether a request has failed is decided by its response.
        .with_error_events_to_status(false)
        .with_filter(WhileOn(()))
}

/// Starts to export spans.
pub(crate) fn install(provider: &SdkTracerProvider) {
    TRACER.get_or_init(|| provider.tracer(SCOPE));
    // Subscribers have cached that nothing records the spans.
    tracing::callsite::rebuild_interest_cache();
}

/// The tracer of the process. It records nothing until [`install`] sets it.
pub struct LateTracer(());

impl fmt::Debug for LateTracer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("LateTracer")
    }
}

impl Tracer for LateTracer {
    type Span = opentelemetry_sdk::trace::Span;

    fn build_with_context(&self, builder: SpanBuilder, parent: &Context) -> Self::Span {
        static OFF: OnceLock<SdkTracer> = OnceLock::new();
        let off = || {
            let provider = SdkTracerProvider::builder().with_sampler(Sampler::AlwaysOff);
            provider.build().tracer(Cow::Borrowed(SCOPE))
        };
        let tracer = TRACER.get().unwrap_or_else(|| OFF.get_or_init(off));
        tracer.build_with_context(builder, parent)
    }
}

/// Accepts spans while there is a tracer.
#[derive(Debug)]
pub struct WhileOn(());

impl WhileOn {
    fn accepts(metadata: &Metadata<'_>) -> bool {
        let target = metadata.target();
        // The events of this crate may contain errors of handlers, which belong to the log only.
        let is_own_event = metadata.is_event() && target.starts_with("fastmcp");
        let is_excluded = EXCLUDED.iter().any(|excluded| target.starts_with(excluded));
        TRACER.get().is_some() && *metadata.level() <= Level::INFO && !is_own_event && !is_excluded
    }
}

impl<S> Filter<S> for WhileOn {
    fn enabled(&self, metadata: &Metadata<'_>, _: &LayerContext<'_, S>) -> bool {
        Self::accepts(metadata)
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        if Self::accepts(metadata) {
            Interest::always()
        } else {
            Interest::never()
        }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(if TRACER.get().is_some() {
            LevelFilter::INFO
        } else {
            LevelFilter::OFF
        })
    }
}
