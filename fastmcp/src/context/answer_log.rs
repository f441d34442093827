//! [`AnswerLog`]: the questions and answers of a handler that runs again with each answer.
//!
//! No connection waits for these answers. When the handler asks a question, its future is dropped. When
//! the answer arrives, the handler runs again from its start, and the log replays the answers that have
//! arrived.
//!
//! The [`AnswerLogState`] connects the runs. For a task, the docket stores it. For a call in protocol
//! 2026-07-28, the client sends back its answers (signed, as `requestState`), without open questions and
//! shapes. The key of a question selects its answer:
//!
//! | question | key |
//! |---|---|
//! | with a key from the handler | that key, with the suffix `#1` if it contains a `#` |
//! | without a key | a key that is derived from the content of the question |
//! | a further question with the same key in one run | `key#2`, then `key#3` |
//! | its shape differs from that of the question that was answered under this key | the next of these keys |
//!
//! A run that asks the same questions in another order therefore gets the same answers. With derived keys,
//! a run that asks other questions never gets the answer to a different question. If the handler sets the
//! keys, only a task has the shapes to detect a different question.

use std::collections::{BTreeMap, HashMap};
use std::future::{pending, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use futures_util::task::AtomicWaker;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::input::Question;
use crate::context::once_log::OnceLog;
use crate::docket::current_execution::CurrentExecution;

/// The state that one run of a handler passes to the next.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct AnswerLogState {
    /// The answers, by the key of the question.
    #[serde(default)]
    pub(crate) answered: BTreeMap<String, Value>,
    /// The questions without an answer, by key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) open: BTreeMap<String, Question>,
    /// The [shapes](Question::shape) of the answered questions, by key. An answer without a shape, such
    /// as one from a `requestState`, matches any question with its key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) shapes: BTreeMap<String, u32>,
}

impl AnswerLogState {
    /// Records the answer to an open question. Returns `false` if there is no open question with
    /// this key, or if `answer` does not have the structure of an answer to it.
    pub(crate) fn answer(&mut self, key: &str, answer: Value) -> bool {
        match self.open.get(key) {
            Some(question) if question.accepts(&answer) => {
                self.shapes.insert(key.to_owned(), question.shape());
                self.open.remove(key);
                self.answered.insert(key.to_owned(), answer);
                true
            }
            _ => false,
        }
    }
}

/// The questions and answers of one run of a handler.
#[derive(Debug, Default)]
pub(crate) struct AnswerLog {
    run: Mutex<Run>,
    /// Wakes the task that drives the handler. A question may be asked in another task that the handler
    /// has spawned, and the driver has to end the run then too.
    driver: AtomicWaker,
    /// The execution whose steps the handler uses, if it runs as a task.
    execution: Option<CurrentExecution>,
    /// The work that the runs do once, if the handler does not run as a task.
    once: OnceLog,
}

#[derive(Debug, Default)]
struct Run {
    state: AnswerLogState,
    /// Answers that the client sent without an open question. They are used if this run asks a
    /// question with their key.
    unsolicited: BTreeMap<String, Value>,
    /// The number of questions of this run, by key before suffixes are added.
    asked: HashMap<String, u32>,
}

impl AnswerLog {
    /// Creates a log that replays the answers in `state`.
    pub(crate) fn new(
        mut state: AnswerLogState,
        unsolicited: BTreeMap<String, Value>,
    ) -> Arc<Self> {
        // This run asks its questions again. Questions that it does not ask must not stay open.
        state.open.clear();
        let run = Run {
            state,
            unsolicited,
            asked: HashMap::new(),
        };
        Arc::new(Self {
            run: Mutex::new(run),
            driver: AtomicWaker::new(),
            execution: None,
            once: OnceLog::default(),
        })
    }

    /// Creates the log of a call in several round trips. `once` has the work that earlier runs have done once.
    pub(crate) fn of_round(
        state: AnswerLogState,
        answers: BTreeMap<String, Value>,
        once: OnceLog,
    ) -> Arc<Self> {
        let mut log = Self::new(state, answers);
        if let Some(log) = Arc::get_mut(&mut log) {
            log.once = once;
        }
        log
    }

    /// Creates the log of a handler that runs as a task. The waits of its [steps](crate::docket::Steps) end a run too.
    pub(crate) fn of_task(state: AnswerLogState, execution: CurrentExecution) -> Arc<Self> {
        let mut log = Self::new(state, BTreeMap::new());
        if let Some(log) = Arc::get_mut(&mut log) {
            log.execution = Some(execution);
        }
        log
    }

    /// Returns the execution, if the handler runs as a task.
    pub(crate) fn execution(&self) -> Option<&CurrentExecution> {
        self.execution.as_ref()
    }

    pub(crate) fn once(&self) -> &OnceLog {
        &self.once
    }

    fn run(&self) -> MutexGuard<'_, Run> {
        self.run.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the answer, if it has arrived. Otherwise, opens the question and never returns:
    /// [`drive`](Self::drive) ends this run.
    pub(crate) async fn ask(&self, key: Option<String>, question: Question) -> Value {
        if let Some(answer) = self.look_up(key, question) {
            return answer;
        }
        self.driver.wake();
        pending().await
    }

    fn look_up(&self, key: Option<String>, question: Question) -> Option<Value> {
        let mut run = self.run();
        let base = key.unwrap_or_else(|| question.derived_key());
        let shape = question.shape();
        let key = loop {
            let nth = run.asked.entry(base.clone()).or_default();
            *nth += 1;
            // A key that contains a `#` gets a suffix the first time too. Otherwise, a question with
            // the key `a#2` and the second question with the key `a` would share a key.
            let key = match *nth {
                1 if !base.contains('#') => base.clone(),
                nth => format!("{base}#{nth}"),
            };
            let answered_shape = run.state.shapes.get(&key);
            if answered_shape.is_none_or(|answered| *answered == shape) {
                break key;
            }
        };
        if let Some(answer) = run.state.answered.get(&key) {
            return Some(answer.clone());
        }
        if let Some(answer) = run.unsolicited.remove(&key)
            && question.accepts(&answer)
        {
            run.state.shapes.insert(key.clone(), shape);
            run.state.answered.insert(key, answer.clone());
            return Some(answer);
        }
        run.state.open.insert(key, question);
        None
    }

    fn has_open_questions(&self) -> bool {
        !self.run().state.open.is_empty()
    }

    /// Returns the state for the next run.
    pub(crate) fn state(&self) -> AnswerLogState {
        self.run().state.clone()
    }

    /// Runs `body` to its end. Returns `None` when `body` waits and a question has no answer.
    ///
    /// Open questions are checked only after `body` returns `Pending`. All questions that it asks
    /// before then are opened in one run, so that the questions of a `join!` reach the client
    /// together.
    pub(crate) async fn drive<F: Future>(&self, body: F) -> Option<F::Output> {
        self.drive_if(body, || true).await
    }

    /// As [`drive`](Self::drive), but only ends a run while `may_end` returns `true`.
    pub(crate) async fn drive_if<F: Future>(
        &self,
        body: F,
        may_end: impl Fn() -> bool,
    ) -> Option<F::Output> {
        let mut body = pin!(body);
        poll_fn(|context| {
            // Registered before the check below. A question that another thread opens between the
            // check and the return of `Pending` then wakes this task.
            self.driver.register(context.waker());
            if let Poll::Ready(output) = body.as_mut().poll(context) {
                return Poll::Ready(Some(output));
            }
            if !may_end() {
                return Poll::Pending;
            }
            let steps = self
                .execution
                .as_ref()
                .and_then(CurrentExecution::used_steps);
            let Some((execution, steps)) = self.execution.as_ref().zip(steps) else {
                // A question must not drop work in progress.
                return if self.has_open_questions() && !self.once.is_busy() {
                    Poll::Ready(None)
                } else {
                    Poll::Pending
                };
            };
            // A question must not drop a step that is in progress.
            steps.register(context.waker());
            let suspension = steps.suspension();
            if steps.is_busy() || (suspension.is_none() && !self.has_open_questions()) {
                return Poll::Pending;
            }
            execution.set_suspension(suspension.unwrap_or_default());
            Poll::Ready(None)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::context::input::InputKind;

    fn question(text: &str) -> Question {
        Question {
            kind: InputKind::Form,
            params: json!({ "message": text }),
        }
    }

    fn accept(text: &str) -> Value {
        json!({ "action": "accept", "content": { "value": text } })
    }

    #[tokio::test]
    async fn a_body_runs_again_until_all_answers_have_arrived() {
        let body = async |log: Arc<AnswerLog>| {
            let name = log.ask(Some("name".into()), question("Name?")).await;
            let again = log.ask(Some("name".into()), question("Sure?")).await;
            (name, again)
        };
        let log = AnswerLog::new(AnswerLogState::default(), BTreeMap::new());
        assert_eq!(log.drive(body(log.clone())).await, None);
        let mut state = log.state();
        assert!(
            !state.answer("other", accept("x")),
            "there is no such question"
        );
        assert!(
            !state.answer("name", json!(7)),
            "not the structure of an answer"
        );
        assert!(state.answer("name", accept("Ada")));
        assert!(!state.answer("name", accept("Bob")), "already answered");

        let log = AnswerLog::new(state, BTreeMap::from([("name#2".into(), accept("yes"))]));
        let ended = log.drive(body(log.clone())).await;
        assert_eq!(ended, Some((accept("Ada"), accept("yes"))));
        assert!(log.state().open.is_empty());
    }

    #[tokio::test]
    async fn each_key_identifies_one_question() {
        let ask = async |state: &AnswerLogState, keys: &[&str]| {
            let log = AnswerLog::new(state.clone(), BTreeMap::new());
            let body = async {
                for key in keys {
                    log.ask(Some((*key).into()), question(key)).await;
                }
            };
            let ended = log.drive(body).await;
            (ended, log.state())
        };
        // In any order of the questions, no key is used for two of them.
        let mut state = AnswerLogState::default();
        let mut seen = Vec::new();
        for keys in [["a", "a#2", "a", "a#2"], ["a#2", "a#2", "a", "a"]] {
            while let (None, asked) = ask(&state, &keys).await {
                let key = asked.open.keys().next().expect("one").clone();
                state = asked;
                assert!(state.answer(&key, accept(&key)));
                assert!(!seen.contains(&key), "{key} is used twice");
                seen.push(key);
            }
        }
        assert_eq!(seen, ["a", "a#2#1", "a#2", "a#2#2"]);
    }

    #[tokio::test]
    async fn an_answer_is_not_used_for_a_question_of_another_shape() {
        let form = |schema: Value| Question {
            kind: InputKind::Form,
            params: json!({ "message": "now or later", "requestedSchema": schema }),
        };
        let mut state = AnswerLogState::default();
        state.open.insert("k".into(), form(json!({ "a": 1 })));
        assert!(state.answer("k", accept("Ada")));
        let log = AnswerLog::new(state, BTreeMap::new());
        let body = log.ask(Some("k".into()), form(json!({ "b": 1 })));
        assert_eq!(
            log.drive(body).await,
            None,
            "the answer belongs to another question"
        );
        assert_eq!(log.state().open.keys().next().unwrap(), "k#2");
    }

    #[tokio::test]
    async fn questions_asked_together_are_opened_together() {
        let log = AnswerLog::new(AnswerLogState::default(), BTreeMap::new());
        let body = async {
            tokio::join!(
                log.ask(None, question("One?")),
                log.ask(None, question("Two?")),
            )
        };
        assert_eq!(log.drive(body).await, None);
        assert_eq!(log.state().open.len(), 2);
    }

    #[tokio::test]
    async fn a_question_from_a_spawned_task_ends_the_run() {
        let log = AnswerLog::new(AnswerLogState::default(), BTreeMap::new());
        let asking = log.clone();
        let body = async {
            let task = tokio::spawn(async move { asking.ask(None, question("One?")).await });
            task.await
        };
        assert!(log.drive(body).await.is_none());
    }
}
