//! Questions to the user: forms with typed answers, and web pages to visit.

use std::future::IntoFuture;
use std::marker::PhantomData;

use futures_util::future::BoxFuture;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::context::form::Form;
use crate::context::form_type::FormType;
use crate::context::input::{InputError, InputKind, Question};
use crate::context::request::Context;

/// A question to the user. Await it to ask and to get the typed answer; see [`Context::elicit`].
#[must_use = "a question is only asked when it is awaited"]
#[derive(Debug)]
pub struct Elicit<T> {
    context: Context,
    message: String,
    key: Option<String>,
    answer: PhantomData<fn() -> T>,
}

/// The response of a user to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Elicited<T> {
    /// The user answered.
    Accepted(T),
    /// The user declined.
    Declined,
    /// The user closed the question without an answer.
    Cancelled,
}

impl<T> Elicited<T> {
    fn into_result(self) -> Result<T, InputError> {
        match self {
            Self::Accepted(value) => Ok(value),
            Self::Declined => Err(InputError::Declined),
            Self::Cancelled => Err(InputError::Cancelled),
        }
    }
}

impl<T> Elicit<T> {
    /// Sets the key that identifies the question. It matters in protocol 2026-07-28 and in tasks, where
    /// the handler runs again with the answer.
    ///
    /// By default, the key is derived from the content of the question. Set a key if the content
    /// changes from one run to the next, for example because it contains the time. Otherwise, the
    /// answer does not match the question of the next run.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }
}

impl<T: DeserializeOwned + JsonSchema> Elicit<T> {
    /// Asks the question, and returns a refusal as a value instead of an error.
    ///
    /// # Errors
    ///
    /// Returns any [`InputError`] except `Declined` and `Cancelled`.
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
        decode_response(answer, |content| form.decode(content))
    }
}

impl Context {
    /// Asks the user for a `T`: a struct of flat fields, or a single string, number, boolean or
    /// choice. Any other type is a compile error; [`FormType`] lists the types.
    ///
    /// Doc comments become the descriptions of the fields, and `#[serde(default)]` sets their
    /// defaults. `()` asks for a plain confirmation.
    ///
    /// ```
    /// use fastmcp::prelude::*;
    ///
    /// #[fastmcp::data]
    /// struct Booking {
    ///     /// The number of seats
    ///     seats: u8,
    ///     window: bool,
    /// }
    ///
    /// /// Books seats for the user.
    /// #[tool]
    /// async fn book(train: String, ctx: Context) -> Result<String> {
    ///     let booking: Booking = ctx.elicit("Which seats should I book?").await?;
    ///     Ok(format!("{} seats on {train}", booking.seats))
    /// }
    /// ```
    ///
    /// | request | delivery of the question |
    /// |---|---|
    /// | before protocol 2026-07-28 | sent on the connection; the handler waits |
    /// | protocol 2026-07-28 | returned in the response; the client repeats the request with the answer |
    /// | a tool that runs as a task | part of the task's state; the answer arrives with `tasks/update` |
    ///
    /// In the last two cases, **the handler runs again from its start** and gets the answers that
    /// have arrived. Ask before you act, or make the code before a question safe to repeat.
    /// Questions in one `tokio::join!` reach the client together.
    ///
    /// # Errors
    ///
    /// Returns an [`InputError`] if the client cannot be asked, the user declines, or the answer is not
    /// a valid `T`. [`Elicit::response`] returns a refusal as a value instead.
    pub fn elicit<T: FormType + DeserializeOwned + JsonSchema>(
        &self,
        message: impl Into<String>,
    ) -> Elicit<T> {
        Elicit {
            context: self.clone(),
            message: message.into(),
            key: None,
            answer: PhantomData,
        }
    }

    /// Asks the user to visit a web page, for example to sign in or to pay. Neither the client nor the
    /// handler sees the secrets that the user enters there.
    ///
    /// The answer means only that the user has agreed to visit the page, not that they have finished.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`elicit`](Self::elicit).
    pub fn elicit_url(&self, message: impl Into<String>, url: impl Into<String>) -> ElicitUrl {
        ElicitUrl {
            context: self.clone(),
            message: message.into(),
            url: url.into(),
            key: None,
        }
    }

    /// Asks the user for the field `name` of a form. Returns `null` if the user has left it empty.
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
        decode_response(answer, |mut content| Ok(content[name].take()))?.into_result()
    }
}

fn decode_response<T>(
    mut answer: Value,
    decode: impl FnOnce(Value) -> Result<T, InputError>,
) -> Result<Elicited<T>, InputError> {
    match answer["action"].as_str() {
        Some("accept") => decode(answer["content"].take()).map(Elicited::Accepted),
        Some("decline") => Ok(Elicited::Declined),
        Some("cancel") => Ok(Elicited::Cancelled),
        _ => Err(InputError::Invalid("unknown or missing `action`".into())),
    }
}

impl<T: DeserializeOwned + JsonSchema + 'static> IntoFuture for Elicit<T> {
    type Output = Result<T, InputError>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.response().await?.into_result() })
    }
}

/// A request to the user to visit a web page. Await it to ask and to get the user's consent; see
/// [`Context::elicit_url`].
#[must_use = "a question is only asked when it is awaited"]
#[derive(Debug)]
pub struct ElicitUrl {
    context: Context,
    message: String,
    url: String,
    key: Option<String>,
}

impl ElicitUrl {
    /// Sets the key of the question; see [`Elicit::key`].
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Asks the question, and returns a refusal as a value instead of an error.
    ///
    /// # Errors
    ///
    /// Returns any [`InputError`] except `Declined` and `Cancelled`.
    pub async fn response(self) -> Result<Elicited<()>, InputError> {
        let question = Question {
            kind: InputKind::Url,
            params: json!({ "mode": "url", "message": self.message, "url": self.url }),
        };
        let answer = self.context.ask(self.key, question).await?;
        decode_response(answer, |_| Ok(()))
    }
}

impl IntoFuture for ElicitUrl {
    type Output = Result<(), InputError>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.response().await?.into_result() })
    }
}
