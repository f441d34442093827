//! Delivers the questions of a handler to the client.

use std::sync::Arc;

use serde_json::Value;

use crate::context::answer_log::AnswerLog;
use crate::context::input::{InputCapabilities, InputError, InputKind, Question};
use crate::context::request::Context;

impl Context {
    /// Returns `true` if the client supports questions of this kind. Otherwise they fail with
    /// [`InputError::Unsupported`], or with [`InputError::NotSupported`] if the request does not allow them.
    pub fn can_ask_for(&self, kind: InputKind) -> bool {
        self.0.asking_refused.is_none() && self.0.input_capabilities.supports(kind)
    }

    /// Returns the kinds of questions that the client supports.
    pub(crate) fn input_capabilities(&self) -> InputCapabilities {
        self.0.input_capabilities
    }

    /// Asks the client and returns its answer: from the answer log if the request has one,
    /// otherwise over the connection.
    pub(crate) async fn ask(
        &self,
        key: Option<String>,
        question: Question,
    ) -> Result<Value, InputError> {
        if let Some(reason) = self.0.asking_refused {
            return Err(InputError::NotSupported(reason));
        }
        if !self.can_ask_for(question.kind) {
            return Err(InputError::Unsupported(question.kind));
        }
        match &self.0.answer_log {
            Some(log) => Ok(log.ask(key, question).await),
            None => self.0.client_channel.ask(question).await,
        }
    }

    /// Returns the answer log that has to [drive](AnswerLog::drive) the handler, if there is one.
    ///
    /// A nested call has no log of its own. Its questions go to the log of the request, and the driver
    /// of that log ends the outer handler together with the nested one.
    pub(crate) fn answer_log(&self) -> Option<&Arc<AnswerLog>> {
        self.0.answer_log.as_ref().filter(|_| !self.0.nested)
    }

    /// Returns `true` if the answers to questions arrive with a later run of the handler.
    pub(crate) fn runs_again_with_answers(&self) -> bool {
        self.0.answer_log.is_some()
    }
}
