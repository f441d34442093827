//! What was parsed, checked: a handler that an expansion can rely on.

use proc_macro2::TokenStream;
use syn::{Ident, LitStr, Path, Type};

use crate::errors::Errors;
use crate::parse::doc;
use crate::parse::function::Function;
use crate::parse::options::Options;

pub(crate) mod about;
pub(crate) mod depends;
pub(crate) mod limits;
pub(crate) mod parameter;
pub(crate) mod policy;
mod resource;
pub(crate) mod signature;

use about::About;
pub(crate) use parameter::{Parameter, Passing};
pub(crate) use resource::Resource;

/// What differs between the attributes.
pub(crate) struct Kind {
    /// The attribute's name, and what it makes of a function.
    pub(crate) name: &'static str,
    /// With its article, for messages.
    pub(crate) a_name: &'static str,
    /// The options that it takes.
    options: &'static [&'static str],
    pub(crate) what: What,
}

/// What an attribute makes of a function.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Tool,
    Resource,
    Prompt,
    Task,
    Provider,
    Completion,
}

pub(crate) const TOOL: Kind = Kind {
    name: "tool",
    a_name: "a tool",
    options: &[
        "name",
        "title",
        "description",
        "icons",
        "tags",
        "annotations",
        "meta",
        "input_schema",
        "output_schema",
        "timeout",
        "enabled",
        "lenient",
        "blocking",
        "task",
        "crate",
    ],
    what: What::Tool,
};

pub(crate) const RESOURCE: Kind = Kind {
    name: "resource",
    a_name: "a resource",
    options: &[
        "name",
        "title",
        "description",
        "mime_type",
        "icons",
        "tags",
        "annotations",
        "meta",
        "timeout",
        "enabled",
        "blocking",
        "crate",
    ],
    what: What::Resource,
};

pub(crate) const PROMPT: Kind = Kind {
    name: "prompt",
    a_name: "a prompt",
    options: &[
        "name",
        "title",
        "description",
        "icons",
        "tags",
        "meta",
        "timeout",
        "enabled",
        "blocking",
        "crate",
    ],
    what: What::Prompt,
};

pub(crate) const TASK: Kind = Kind {
    name: "task",
    a_name: "a task",
    options: &[
        "name",
        "crate",
        "retry",
        "timeout",
        "perpetual",
        "cron",
        "concurrency",
        "rate_limit",
        "debounce",
        "cooldown",
        "priority",
        "logged",
    ],
    what: What::Task,
};

pub(crate) const PROVIDER: Kind = Kind {
    name: "dependency",
    a_name: "a provider",
    options: &["shared", "crate"],
    what: What::Provider,
};

pub(crate) const COMPLETION: Kind = Kind {
    name: "completion",
    a_name: "a completion",
    options: &["timeout", "blocking", "crate"],
    what: What::Completion,
};

/// Every attribute that makes a handler of a function.
pub(crate) const KINDS: [&Kind; 4] = [&TOOL, &RESOURCE, &PROMPT, &TASK];

/// Whose method a handler is.
pub(crate) struct Owner {
    /// The type of `self`, which is a state of the server.
    pub(crate) ty: Type,
    /// What the type of the method's task is called, if it is one.
    pub(crate) task: Ident,
}

/// A function that an attribute stands on, ready to be expanded.
pub(crate) struct Handler {
    pub(crate) function: Function,
    /// The name on the wire.
    pub(crate) name: String,
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) parameters: Vec<Parameter>,
    /// The type that the body gives; `()` where none is written.
    pub(crate) output: Type,
    pub(crate) is_async: bool,
    /// Whether the signature is one that can be expanded, whatever its options.
    pub(crate) is_sound: bool,
    /// Whose method it is, if it is one.
    pub(crate) owner: Option<Owner>,
    /// What the attribute says besides.
    pub(crate) about: About,
    /// The path of the `fastmcp` crate.
    pub(crate) root: Path,
    /// What a resource has besides.
    pub(crate) resource: Option<Resource>,
    /// What a task has besides.
    pub(crate) policy: policy::Policy,
    /// Whether it is a provider whose value lives as long as the server.
    pub(crate) shared: bool,
}

impl Handler {
    /// Checks a function and its attribute. What is wrong goes into `errors`; the handler is then
    /// not to be expanded.
    pub(crate) fn new(
        kind: &Kind,
        attribute: TokenStream,
        function: Function,
        errors: &mut Errors,
    ) -> Self {
        Self::of(kind, attribute, function, None, None, errors)
    }

    /// The same of a method, in a crate whose path is given for all of its block.
    pub(crate) fn of(
        kind: &Kind,
        attribute: TokenStream,
        function: Function,
        owner: Option<Owner>,
        root: Option<Path>,
        errors: &mut Errors,
    ) -> Self {
        let (uri, attribute) = match kind.what {
            What::Resource => resource::leading_uri(attribute, errors),
            _ => (None, attribute),
        };
        let mut options = Options::parse(kind.name, kind.options, attribute, errors);
        let root = options
            .path("crate", errors)
            .or(root)
            .unwrap_or_else(|| syn::parse_quote!(::fastmcp));
        let name = options.text("name", errors);
        let title = options.text("title", errors).map(|text| text.value());
        let description = options.text("description", errors).map(|text| text.value());
        let mime_type = options.text("mime_type", errors).map(|text| text.value());
        let shared = depends::is_shared(&mut options, errors);

        let about = About::read(kind, &mut options, &function, errors);

        let before = errors.count();
        if kind.what == What::Completion {
            signature::check_completion(&function.signature, errors);
        }
        signature::check(kind, &function, errors);
        let parameters = parameter::read(kind, &function.signature, owner.as_ref(), errors);
        let is_sound = errors.count() == before;
        let policy = match kind.what {
            What::Task => policy::Policy::take(&mut options, &parameters, errors),
            _ => policy::Policy::default(),
        };
        // What was refused is left out as a whole, so that the rest can still be expanded.
        let policy = if errors.is_empty() {
            policy
        } else {
            policy::Policy::default()
        };
        depends::check(kind, &function.signature, &parameters, errors);
        let resource = uri.map(|uri| Resource::read(&uri, mime_type, &parameters, errors));
        Self {
            name: wire_name(kind, name, &function.signature.ident, errors),
            title,
            description: description.or_else(|| doc::text(&function.attributes)),
            parameters,
            output: signature::output(&function.signature, owner.as_ref()),
            is_async: function.signature.asyncness.is_some(),
            is_sound,
            owner,
            about,
            root,
            resource,
            policy,
            shared,
            function,
        }
    }
}

impl Handler {
    /// The function, by a path that reaches it from the module.
    pub(crate) fn path(&self) -> TokenStream {
        let ident = &self.function.signature.ident;
        match &self.owner {
            Some(Owner { ty, .. }) => quote::quote_spanned!(ident.span()=> <#ty>::#ident),
            None => quote::quote!(#ident),
        }
    }

    /// The type that stands for the task.
    pub(crate) fn task(&self) -> &Ident {
        self.owner
            .as_ref()
            .map_or(&self.function.signature.ident, |owner| &owner.task)
    }
}

/// The name on the wire: the option, or else the function's.
fn wire_name(kind: &Kind, option: Option<LitStr>, function: &Ident, errors: &mut Errors) -> String {
    let Some(option) = option else {
        return syn::ext::IdentExt::unraw(function).to_string();
    };
    let name = option.value();
    let is_legal = |letter: char| letter.is_ascii_alphanumeric() || "_-./".contains(letter);
    if name.is_empty() || name.len() > 64 || !name.chars().all(is_legal) {
        errors.span(
            option.span(),
            format!(
                "`{name}` cannot be the name of {}: clients accept 1 to 64 letters, digits and \
                 `_`, `-`, `.`, `/`",
                kind.a_name
            ),
        );
    }
    name
}
