//! [`Operation`]: the requests that middleware can wrap, with the types of their answers.

use crate::component::completion::Completions;
use crate::component::output::tool_result::ToolResult;
use crate::mcp::{Prompt, Resource, ResourceContents, ResourceTemplate, Skill, Tool};
use crate::middleware::request::{
    Answer, CompletionRequest, ListPrompts, ListResourceTemplates, ListResources, ListSkills,
    ListTools, PromptGet, PromptResult, Request, RequestKind, ResourceRead, TaskRequest, ToolCall,
};
use crate::middleware::skill_request::{DirectoryRead, SkillGet};

mod sealed {
    pub trait Sealed {}
}

/// A request that middleware can wrap. The types of this module implement it.
pub trait Operation: sealed::Sealed + Sized + Send + 'static {
    /// The type of the answer.
    type Answer: Send + 'static;

    /// The kind of the requests; `None` if they can be of any kind.
    #[doc(hidden)]
    const KIND: Option<RequestKind>;

    #[doc(hidden)]
    fn into_request(self) -> Request;

    /// Returns the request itself if it is of another kind.
    #[doc(hidden)]
    #[allow(clippy::result_large_err, reason = "the other value is as large")]
    fn from_request(request: Request) -> Result<Self, Request>;

    #[doc(hidden)]
    fn into_answer(answer: Self::Answer) -> Answer;

    /// Returns `None` if the answer is of another kind.
    #[doc(hidden)]
    fn from_answer(answer: Answer) -> Option<Self::Answer>;
}

impl sealed::Sealed for Request {}

impl Operation for Request {
    type Answer = Answer;

    const KIND: Option<RequestKind> = None;

    fn into_request(self) -> Request {
        self
    }

    fn from_request(request: Request) -> Result<Self, Request> {
        Ok(request)
    }

    fn into_answer(answer: Answer) -> Answer {
        answer
    }

    fn from_answer(answer: Answer) -> Option<Answer> {
        Some(answer)
    }
}

/// Implements [`Operation`] for the variants of [`Request`].
macro_rules! operations {
    ($($request:ident => $variant:ident($answer:ty);)*) => {$(
        impl sealed::Sealed for $request {}

        impl Operation for $request {
            type Answer = $answer;

            const KIND: Option<RequestKind> = Some(RequestKind::$variant);

            fn into_request(self) -> Request {
                Request::$variant(self)
            }

            fn from_request(request: Request) -> Result<Self, Request> {
                match request {
                    Request::$variant(request) => Ok(request),
                    other => Err(other),
                }
            }

            fn into_answer(answer: $answer) -> Answer {
                Answer::$variant(answer)
            }

            fn from_answer(answer: Answer) -> Option<$answer> {
                match answer {
                    Answer::$variant(answer) => Some(answer),
                    _ => None,
                }
            }
        }
    )*};
}

operations! {
    ToolCall => ToolCall(ToolResult);
    ResourceRead => ResourceRead(Vec<ResourceContents>);
    PromptGet => PromptGet(PromptResult);
    CompletionRequest => Completion(Completions);
    ListTools => ListTools(Vec<Tool>);
    ListResources => ListResources(Vec<Resource>);
    ListResourceTemplates => ListResourceTemplates(Vec<ResourceTemplate>);
    ListPrompts => ListPrompts(Vec<Prompt>);
    ListSkills => ListSkills(Vec<Skill>);
    SkillGet => SkillGet(Skill);
    DirectoryRead => DirectoryRead(Vec<Resource>);
}

impl sealed::Sealed for TaskRequest {}

impl Operation for TaskRequest {
    type Answer = ();

    const KIND: Option<RequestKind> = Some(RequestKind::Task);

    fn into_request(self) -> Request {
        Request::Task(self)
    }

    fn from_request(request: Request) -> Result<Self, Request> {
        match request {
            Request::Task(request) => Ok(request),
            other => Err(other),
        }
    }

    fn into_answer((): ()) -> Answer {
        Answer::Task
    }

    fn from_answer(answer: Answer) -> Option<()> {
        matches!(answer, Answer::Task).then_some(())
    }
}
