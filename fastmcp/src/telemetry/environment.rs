//! [`Plan`]: what the options and the standard environment variables of OpenTelemetry ask for.

use std::env;

use crate::telemetry::options::{Prometheus, Telemetry};

/// The variables of OpenTelemetry that this crate reads itself. The exporters read the others.
const DISABLED: &str = "OTEL_SDK_DISABLED";
const SERVICE_NAME: &str = "OTEL_SERVICE_NAME";
const RESOURCE: &str = "OTEL_RESOURCE_ATTRIBUTES";
const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const TRACES_ENDPOINT: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
const METRICS_ENDPOINT: &str = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";
const TRACES: &str = "OTEL_TRACES_EXPORTER";
const METRICS: &str = "OTEL_METRICS_EXPORTER";
const PROTOCOL: &str = "OTEL_EXPORTER_OTLP_PROTOCOL";
const PROMETHEUS_HOST: &str = "OTEL_EXPORTER_PROMETHEUS_HOST";
const PROMETHEUS_PORT: &str = "OTEL_EXPORTER_PROMETHEUS_PORT";
const CONTENTS: &str = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT";

/// What is exported, and where to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) traces: Option<Otlp>,
    pub(crate) metrics: Option<Otlp>,
    /// The inner value is the address of the listener.
    pub(crate) prometheus: Option<Prometheus>,
    pub(crate) metrics_of_program: bool,
    pub(crate) contents: bool,
    /// The name of the service, unless the environment sets it.
    pub(crate) names_service: bool,
    /// Values that cannot be used, with the reasons.
    pub(crate) problems: Vec<String>,
}

/// An exporter with OTLP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Otlp {
    /// The address for this kind of data, set in code; `None` if the exporter reads the environment.
    pub(crate) url: Option<String>,
    /// The address without credentials, for the log.
    pub(crate) shown: String,
}

impl Plan {
    pub(crate) fn read(options: &Telemetry) -> Self {
        Self::from_variables(options, |name| {
            let value = env::var_os(name)?.to_string_lossy().trim().to_owned();
            (!value.is_empty()).then_some(value)
        })
    }

    fn from_variables(options: &Telemetry, variable: impl Fn(&str) -> Option<String>) -> Self {
        let flag = |name| variable(name).is_some_and(|value| value.eq_ignore_ascii_case("true"));
        if flag(DISABLED) {
            return Self::default();
        }
        let mut plan = Self {
            metrics_of_program: options.metrics_of_program,
            contents: options.contents.unwrap_or_else(|| flag(CONTENTS)),
            names_service: variable(SERVICE_NAME).is_none()
                && !variable(RESOURCE).is_some_and(|it| it.contains("service.name=")),
            prometheus: options.prometheus.clone(),
            ..Self::default()
        };
        let otlp = |path: &str, own: &str| {
            let of_code = options.otlp.as_ref();
            let url = of_code.map(|base| format!("{}/{path}", base.trim_end_matches('/')));
            let known = url
                .clone()
                .or_else(|| variable(own))
                .or_else(|| variable(ENDPOINT));
            let is_set = known.is_some();
            let shown = without_credentials(known.as_deref().unwrap_or("http://localhost:4318"));
            (Otlp { url, shown }, is_set)
        };
        let (traces, has_traces) = otlp("v1/traces", TRACES_ENDPOINT);
        let (metrics, has_metrics) = otlp("v1/metrics", METRICS_ENDPOINT);
        match variable(TRACES)
            .filter(|_| options.otlp.is_none())
            .as_deref()
        {
            None => plan.traces = has_traces.then_some(traces),
            Some("otlp") => plan.traces = Some(traces),
            Some("none") => {}
            Some(other) => plan.unknown(TRACES, other, "`otlp` or `none`"),
        }
        match variable(METRICS).filter(|_| options.otlp.is_none()) {
            None => plan.metrics = has_metrics.then_some(metrics),
            Some(names) => {
                for name in names.split(',').map(str::trim) {
                    match name {
                        "otlp" => plan.metrics = Some(metrics.clone()),
                        "prometheus" if plan.prometheus.is_none() => {
                            let host = variable(PROMETHEUS_HOST);
                            let host = host.unwrap_or_else(|| "localhost".to_owned());
                            let port = variable(PROMETHEUS_PORT);
                            let port = port.unwrap_or_else(|| "9464".to_owned());
                            plan.prometheus = Some(Prometheus::Served(format!("{host}:{port}")));
                        }
                        "prometheus" | "none" => {}
                        other => plan.unknown(METRICS, other, "`otlp`, `prometheus` or `none`"),
                    }
                }
            }
        }
        if plan.metrics_of_program {
            (plan.metrics, plan.prometheus) = (None, None);
        }
        if let Some(protocol) = variable(PROTOCOL)
            && protocol != "http/protobuf"
            && (plan.traces.is_some() || plan.metrics.is_some())
        {
            let expected = "`http/protobuf` (port 4318 of a collector), which is used instead";
            plan.unknown(PROTOCOL, &protocol, expected);
        }
        plan
    }

    /// Returns whether nothing is exported and measured.
    pub(crate) fn is_empty(&self) -> bool {
        self.traces.is_none()
            && self.metrics.is_none()
            && self.prometheus.is_none()
            && !self.metrics_of_program
    }

    fn unknown(&mut self, variable: &str, value: &str, expected: &str) {
        let problem = format!("{variable} is `{value}`, which is not supported; set {expected}");
        self.problems.push(problem);
    }
}

/// Returns a URL without the part before `@`, which may be a password, and without a query.
fn without_credentials(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = url.split_once("://") else {
        return "an address without a scheme".to_owned();
    };
    let (authority, path) = rest
        .split_once('/')
        .map_or((rest, ""), |(it, path)| (it, path));
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}/{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(options: &Telemetry, variables: &[(&str, &str)]) -> Plan {
        Plan::from_variables(options, |name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    /// Returns the places of spans, metrics and Prometheus.
    fn places(options: &Telemetry, variables: &[(&str, &str)]) -> [String; 3] {
        let plan = plan(options, variables);
        let otlp = |it: Option<Otlp>| it.map_or_else(String::new, |it| it.shown);
        let prometheus = match plan.prometheus {
            Some(Prometheus::Served(address)) => address,
            Some(Prometheus::Text) | None => String::new(),
        };
        [otlp(plan.traces), otlp(plan.metrics), prometheus]
    }

    #[test]
    fn nothing_is_exported_unless_it_is_asked_for() {
        let none = Telemetry::new();
        assert_eq!(places(&none, &[]), ["", "", ""]);
        let base = "http://user:secret@c:4318";
        let shown = "http://c:4318/";
        assert_eq!(places(&none, &[(ENDPOINT, base)]), [shown, shown, ""]);
        let disabled = [(ENDPOINT, base), (DISABLED, "TRUE")];
        assert_eq!(places(&none, &disabled), ["", "", ""]);
        let off = [(ENDPOINT, base), (TRACES, "none"), (METRICS, "none")];
        assert_eq!(places(&none, &off), ["", "", ""]);
        let own = [
            (TRACES_ENDPOINT, "http://t/x?key=secret"),
            (METRICS, "prometheus"),
        ];
        assert_eq!(places(&none, &own), ["http://t/x", "", "localhost:9464"]);
        let both = [(METRICS, "otlp, prometheus"), (PROMETHEUS_PORT, "1")];
        assert_eq!(
            places(&none, &both),
            ["", "http://localhost:4318/", "localhost:1"]
        );
        let code = Telemetry::new().otlp("http://d:1/");
        let expected = ["http://d:1/v1/traces", "http://d:1/v1/metrics", ""];
        assert_eq!(
            places(&code, &[(ENDPOINT, base), (TRACES, "none")]),
            expected
        );
        assert_eq!(places(&code, &[(DISABLED, "true")]), ["", "", ""]);
        let of_program = Telemetry::new().metrics_of_program();
        assert_eq!(places(&of_program, &[(ENDPOINT, base)]), [shown, "", ""]);
    }

    #[test]
    fn contents_are_recorded_only_on_request() {
        let contents = |options: &Telemetry, variables: &[_]| plan(options, variables).contents;
        assert!(!contents(&Telemetry::new(), &[]));
        assert!(contents(&Telemetry::new(), &[(CONTENTS, "true")]));
        let refused = Telemetry::new().record_contents(false);
        assert!(!contents(&refused, &[(CONTENTS, "true")]));
    }

    #[test]
    fn values_that_are_not_supported_are_named() {
        let variables = [
            (ENDPOINT, "http://c"),
            (PROTOCOL, "grpc"),
            (TRACES, "jaeger"),
        ];
        assert_eq!(
            plan(&Telemetry::new(), &variables).problems,
            [
                "OTEL_TRACES_EXPORTER is `jaeger`, which is not supported; set `otlp` or `none`",
                "OTEL_EXPORTER_OTLP_PROTOCOL is `grpc`, which is not supported; set `http/protobuf` (port 4318 of a \
                 collector), which is used instead"
            ]
        );
    }
}
