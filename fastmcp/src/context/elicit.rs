//! Asking the user: forms with typed answers, and web pages to visit.

use std::future::IntoFuture;
use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::context::form::Form;
use crate::context::input::{InputError, InputKind, Question};
use crate::context::request::Context;
use futures_util::future::BoxFuture;

/// A question to the user; awaiting it gives the typed answer. See [`Context::elicit`].
#[must_use = "a question is asked when it is awaited"]
#[derive(Debug)]
pub struct Elicit<T> {
    context: Context,
    message: String,
    key: Option<String>,
    answer: PhantomData<fn() -> T>,
}

/// What a user did with a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Elicited<T> {
    /// Answered it.
    Accepted(T),
    /// Said no.
    Declined,
    /// Closed it without an answer.
    Cancelled,
}

impl<T> Elicited<T> {
    fn accepted(self) -> Result<T, InputError> {
        match self {
            Self::Accepted(value) => Ok(value),
            Self::Declined => Err(InputError::Declined),
            Self::Cancelled => Err(InputError::Cancelled),
        }
    }
}

impl<T> Elicit<T> {
    pub(crate) fn new(context: Context, message: String) -> Self {
        Self {
            context,
            message,
            key: None,
            answer: PhantomData,
        }
    }

    /// The key of the question, for clients that see one (protocol 2026-07-28 and tasks).
    ///
    /// By default it follows from the question's words. Where those change from one run of the
    /// handler to the next (a time of day, say), give it a key, so that the answer finds it.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }
}

impl<T: DeserializeOwned + JsonSchema> Elicit<T> {
    /// What the user did, with a refusal as a value and not as an error.
    ///
    /// # Errors
    ///
    /// [`InputError`], but neither `Declined` nor `Cancelled`.
    pub async fn response(self) -> Result<Elicited<T>, InputError> {
        let form = Form::of::<T>()?;
        let question = Question {
            kind: InputKind::Form,
            params: json!({
                "mode": "form",
                "message": self.message,
                "requestedSchema": form.schema,
            }),
        };
        let answer = self.context.ask(self.key, question).await?;
        outcome(answer, |content| form.decode(content))
    }
}

impl Context {
    /// Asks the user for the field `name` of a form; `null` where it was left empty.
    pub(crate) async fn ask_for_field(
        &self,
        name: &str,
        message: &str,
        form: Value,
    ) -> Result<Value, InputError> {
        let question = Question {
            kind: InputKind::Form,
            params: json!({ "mode": "form", "message": message, "requestedSchema": form }),
        };
        let answer = self.ask(Some(name.to_owned()), question).await?;
        outcome(answer, |mut content| Ok(content[name].take()))?.accepted()
    }
}

fn outcome<T>(
    mut answer: Value,
    decode: impl FnOnce(Value) -> Result<T, InputError>,
) -> Result<Elicited<T>, InputError> {
    match answer["action"].as_str() {
        Some("accept") => decode(answer["content"].take()).map(Elicited::Accepted),
        Some("decline") => Ok(Elicited::Declined),
        Some("cancel") => Ok(Elicited::Cancelled),
        _ => Err(InputError::Invalid("it has no `action`".into())),
    }
}

impl<T: DeserializeOwned + JsonSchema + 'static> IntoFuture for Elicit<T> {
    type Output = Result<T, InputError>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.response().await?.accepted() })
    }
}

/// A web page for the user to visit; awaiting it says when they agreed to. See
/// [`Context::elicit_url`].
#[must_use = "a question is asked when it is awaited"]
#[derive(Debug)]
pub struct ElicitUrl {
    context: Context,
    message: String,
    url: String,
    key: Option<String>,
}

impl ElicitUrl {
    pub(crate) fn new(context: Context, message: String, url: String) -> Self {
        Self {
            context,
            message,
            url,
            key: None,
        }
    }

    /// The key of the question; see [`Elicit::key`].
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// What the user did, with a refusal as a value and not as an error.
    ///
    /// # Errors
    ///
    /// [`InputError`], but neither `Declined` nor `Cancelled`.
    pub async fn response(self) -> Result<Elicited<()>, InputError> {
        let question = Question {
            kind: InputKind::Url,
            params: json!({ "mode": "url", "message": self.message, "url": self.url }),
        };
        let answer = self.context.ask(self.key, question).await?;
        outcome(answer, |_| Ok(()))
    }
}

impl IntoFuture for ElicitUrl {
    type Output = Result<(), InputError>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.response().await?.accepted() })
    }
}
