//! [`ListRoots`]: a question about the client's root folders.

use std::future::IntoFuture;

use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde_json::json;

use crate::context::input::{InputError, InputKind, Question};
use crate::context::request::Context;

/// A folder or file that the client makes accessible to servers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Root {
    /// The URI, such as `file:///home/ada/project`.
    pub uri: String,
    /// The name that the client displays.
    #[serde(default)]
    pub name: Option<String>,
}

/// A question about the client's root folders. Await it to get them; see [`Context::list_roots`].
#[must_use = "a question is only asked when it is awaited"]
#[derive(Debug)]
pub struct ListRoots {
    context: Context,
    key: Option<String>,
}

impl Context {
    /// Asks the client for its root folders: the folders that it makes accessible to servers.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`elicit`](Self::elicit).
    pub fn list_roots(&self) -> ListRoots {
        ListRoots {
            context: self.clone(),
            key: None,
        }
    }
}

impl ListRoots {
    /// Sets the key of the question; see [`Elicit::key`](crate::context::elicit::Elicit::key).
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }
}

impl IntoFuture for ListRoots {
    type Output = Result<Vec<Root>, InputError>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let question = Question {
            kind: InputKind::Roots,
            params: json!({}),
        };
        Box::pin(async move {
            let mut answer = self.context.ask(self.key, question).await?;
            serde_json::from_value(answer["roots"].take())
                .map_err(|error| InputError::Invalid(error.to_string()))
        })
    }
}
