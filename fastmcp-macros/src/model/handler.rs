//! [`Handler`]: a validated handler of any kind.

use proc_macro2::TokenStream;

use crate::errors::Errors;
use crate::model::completion::Completion;
use crate::model::event::Event;
use crate::model::kind::HandlerKind;
use crate::model::policy::Policy;
use crate::model::prompt::Prompt;
use crate::model::provider::Provider;
use crate::model::refused::{Fallback, Refused};
use crate::model::resource::{Resource, leading_uri};
use crate::model::signature::{Head, Signature, Site};
use crate::model::task::Task;
use crate::model::tool::Tool;
use crate::parse::function::Function;
use crate::parse::options::Options;

/// A function with one of the attributes, ready to be expanded.
pub(crate) enum Handler {
    Tool(Box<Tool>),
    Resource(Box<Resource>),
    Prompt(Box<Prompt>),
    Task(Box<Task>),
    Provider(Box<Provider>),
    Completion(Box<Completion>),
    Event(Box<Event>),
}

impl Handler {
    /// Validates a function and its attribute, and collects all errors.
    pub(crate) fn new(
        kind: HandlerKind,
        attribute: TokenStream,
        function: Function,
        site: Site,
    ) -> Result<Self, Refused> {
        let mut errors = Errors::default();
        let (uri, attribute) = if kind == HandlerKind::Resource {
            leading_uri(attribute, &mut errors)
        } else {
            (None, attribute)
        };
        let mut options = Options::parse(kind.options(), attribute, &mut errors);
        let head = Head::read(kind, &mut options, function, site, &mut errors);
        let options = &mut options;
        let handler = match kind {
            HandlerKind::Tool => Self::Tool(Tool::new(head, options, &mut errors).into()),
            HandlerKind::Resource => {
                Self::Resource(Resource::new(uri.as_ref(), head, options, &mut errors).into())
            }
            HandlerKind::Prompt => Self::Prompt(Prompt::new(head, options, &mut errors).into()),
            HandlerKind::Task => return Self::task(head, options, errors),
            HandlerKind::Provider => {
                Self::Provider(Provider::new(head, options, &mut errors).into())
            }
            HandlerKind::Completion => {
                Self::Completion(Completion::new(head, options, &mut errors).into())
            }
            HandlerKind::Event => Self::Event(Event::new(head, options, &mut errors).into()),
        };
        if errors.is_empty() {
            return Ok(handler);
        }
        let function = Box::new(handler.into_signature().function);
        let fallback = Fallback::Function(function);
        Err(Refused { errors, fallback })
    }

    fn task(head: Head, options: &mut Options, mut errors: Errors) -> Result<Self, Refused> {
        let mut signature_errors = Errors::default();
        let task = Task::new(head, options, &mut errors, &mut signature_errors);
        let mut task = Box::new(task);
        if errors.is_empty() && signature_errors.is_empty() {
            return Ok(Self::Task(task));
        }
        let fallback = if signature_errors.is_empty() {
            task.policy = Policy::default();
            Fallback::Task(task)
        } else {
            Fallback::Function(Box::new(task.signature.function))
        };
        errors.extend(signature_errors);
        Err(Refused { errors, fallback })
    }

    pub(crate) fn signature(&self) -> &Signature {
        match self {
            Self::Tool(it) => &it.signature,
            Self::Resource(it) => &it.signature,
            Self::Prompt(it) => &it.signature,
            Self::Task(it) => &it.signature,
            Self::Provider(it) => &it.signature,
            Self::Completion(it) => &it.signature,
            Self::Event(it) => &it.signature,
        }
    }

    fn into_signature(self) -> Signature {
        match self {
            Self::Tool(it) => it.signature,
            Self::Resource(it) => it.signature,
            Self::Prompt(it) => it.signature,
            Self::Task(it) => it.signature,
            Self::Provider(it) => it.signature,
            Self::Completion(it) => it.signature,
            Self::Event(it) => it.signature,
        }
    }
}
