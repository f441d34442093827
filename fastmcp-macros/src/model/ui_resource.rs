//! A UI resource, whose URI begins with `ui://`: its MIME type, content security policy and permissions.

use proc_macro2::Span;
use syn::{Expr, ExprLit, Lit, LitStr};

use crate::errors::Errors;
use crate::parse::options::Options;
use crate::parse::options::owner::Owner;
use crate::parse::origin;

/// The MIME type of all UI resources (SEP-1865, "UI Resource Format").
pub(crate) const MIME_TYPE: &str = "text/html;profile=mcp-app";

/// The options that only UI resources have.
const OPTIONS: [&str; 4] = ["csp", "permissions", "domain", "prefers_border"];

/// The options of a UI resource.
#[derive(Default)]
pub(crate) struct UiResource {
    pub(crate) csp: Option<Csp>,
    /// The variants of `UiPermission`.
    pub(crate) permissions: Vec<&'static str>,
    pub(crate) domain: Option<Expr>,
    pub(crate) prefers_border: Option<Expr>,
}

/// The option `csp`: expressions that convert into strings, each of which is an origin.
pub(crate) struct Csp {
    pub(crate) connect: Vec<Expr>,
    pub(crate) resource: Vec<Expr>,
    pub(crate) frame: Vec<Expr>,
    pub(crate) base_uri: Vec<Expr>,
}

/// Returns whether the URI is that of a UI resource.
pub(crate) fn is_ui(uri: &str) -> bool {
    let scheme = uri.get(.."ui://".len());
    scheme.is_some_and(|it| it.eq_ignore_ascii_case("ui://"))
}

/// Returns the error about a URI that has to be that of a UI resource.
pub(crate) fn not_a_ui(uri: &str) -> String {
    let rest = uri.split_once(':').map_or(uri, |(_, rest)| rest);
    let rest = rest.trim_start_matches('/');
    let rest = if rest.is_empty() {
        "app/view.html"
    } else {
        rest
    };
    format!("the URI of a UI resource begins with `ui://`: write `ui://{rest}`")
}

/// Reads the options of a UI resource. For another resource, they are errors.
pub(super) fn read(
    uri: Option<&LitStr>,
    options: &mut Options,
    errors: &mut Errors,
) -> Option<UiResource> {
    // `leading_uri` has reported the error, and the options may belong to the URI that is missing.
    let text = uri.map_or_else(|| "ui://".to_owned(), LitStr::value);
    if !is_ui(&text) {
        let is_without_slashes = text
            .get(..3)
            .is_some_and(|it| it.eq_ignore_ascii_case("ui:"));
        if is_without_slashes && let Some(uri) = uri {
            errors.at(uri, not_a_ui(&text));
        }
        for name in OPTIONS {
            let given = options.take(name);
            if let Some(option) = given.filter(|_| !is_without_slashes) {
                errors.span(
                    option.name.span(),
                    format!(
                        "`{name}` is only for UI resources, whose URI begins with `ui://`: remove it, or change the \
                         URI of the resource"
                    ),
                );
            }
        }
        return None;
    }
    Some(UiResource {
        csp: csp(options, errors),
        permissions: permissions(options, errors),
        domain: options.expr("domain", errors),
        prefers_border: options.flag("prefers_border", errors),
    })
}

/// Returns the MIME type of a resource, which for a UI resource is always the same.
pub(super) fn mime_type(
    given: Option<&LitStr>,
    ui: Option<&UiResource>,
    errors: &mut Errors,
) -> Option<String> {
    if ui.is_none() {
        return given.map(LitStr::value);
    }
    if let Some(given) = given.filter(|it| it.value() != MIME_TYPE) {
        errors.at(
            given,
            format!("a UI resource has the MIME type `{MIME_TYPE}`, and hosts show no other: remove `mime_type`"),
        );
    }
    Some(MIME_TYPE.to_owned())
}

fn csp(options: &mut Options, errors: &mut Errors) -> Option<Csp> {
    let (_, mut given) = options.group("csp", Owner::Csp, errors)?;
    let mut origins = |name: &str| {
        let origins = given.list(name, errors);
        for origin in &origins {
            check_origin(origin, name == "connect", errors);
        }
        origins
    };
    Some(Csp {
        connect: origins("connect"),
        resource: origins("resource"),
        frame: origins("frame"),
        base_uri: origins("base_uri"),
    })
}

/// Checks a literal. Other expressions are checked when the server starts.
fn check_origin(origin: &Expr, connects: bool, errors: &mut Errors) {
    let Expr::Lit(ExprLit { lit, .. }) = origin else {
        return;
    };
    match lit {
        Lit::Str(text) => {
            if let Some(problem) = origin::problem(&text.value(), connects) {
                errors.at(text, problem);
            }
        }
        other => errors.at(
            other,
            "an origin is a string: write one such as `\"https://api.example.com\"`",
        ),
    }
}

fn permissions(options: &mut Options, errors: &mut Errors) -> Vec<&'static str> {
    let group: Option<(Span, Options)> = options.group("permissions", Owner::Permissions, errors);
    let Some((_, mut given)) = group else {
        return Vec::new();
    };
    let names = [
        ("camera", "Camera"),
        ("microphone", "Microphone"),
        ("geolocation", "Geolocation"),
        ("clipboard_write", "ClipboardWrite"),
    ];
    let given = names
        .into_iter()
        .filter(|(name, _)| given.marker(name, errors).is_some());
    given.map(|(_, variant)| variant).collect()
}
