//! Questions to a client that cannot be kept waiting on a connection: the body of the handler is
//! dropped when it asks, and run again from its start with the answer.
//!
//! Two carriers take a [`Journal`]'s [`Entries`] from one run to the next: the client itself, for a
//! plain call of protocol 2026-07-28 (sealed, as `requestState`), and the docket, for a task. Each
//! question has a key, and a key never has two meanings:
//!
//! | the body asks | under |
//! |---|---|
//! | with a key of its own | that key; where it has a `#` in it, with `#1` behind it |
//! | without one | a key that follows from the question |
//! | a second time in one run under the same | `key#2`, then `key#3` |
//! | for something else than was answered under that key in an earlier run | the next of these |
//!
//! So a body that asks the same things in another order still gets its answers, and one that takes
//! another way gets no answer to another question.

use std::collections::{BTreeMap, HashMap};
use std::future::{pending, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use futures_util::task::AtomicWaker;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::input::Question;

/// What is carried from one run to the next.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Entries {
    /// The answers that were given, by the key of their question.
    #[serde(default)]
    pub(crate) answered: BTreeMap<String, Value>,
    /// The questions that wait for an answer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) open: BTreeMap<String, Question>,
    /// What the answers were given to; see [`Question::shape`]. Without a word, whatever is asked.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) shapes: BTreeMap<String, u32>,
}

impl Entries {
    /// Takes the answer to an open question; whether there was such a question, and whether this is
    /// an answer to it.
    pub(crate) fn answer(&mut self, key: &str, answer: Value) -> bool {
        match self.open.get(key) {
            Some(question) if question.takes(&answer) => {
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
pub(crate) struct Journal {
    page: Mutex<Page>,
    /// Who drives the body, which must stop when a question is opened.
    driver: AtomicWaker,
}

#[derive(Debug, Default)]
struct Page {
    entries: Entries,
    /// Answers that no question of an earlier run stands for; taken if they turn out to be asked.
    offered: BTreeMap<String, Value>,
    /// How often a key was asked under in this run.
    asked: HashMap<String, u32>,
}

impl Journal {
    /// A journal that knows what earlier runs have learnt.
    pub(crate) fn new(mut entries: Entries, offered: BTreeMap<String, Value>) -> Arc<Self> {
        entries.open.clear();
        let page = Page {
            entries,
            offered,
            asked: HashMap::new(),
        };
        Arc::new(Self {
            page: Mutex::new(page),
            driver: AtomicWaker::new(),
        })
    }

    fn page(&self) -> MutexGuard<'_, Page> {
        self.page.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer, if it is known. Otherwise the question is opened, and this never returns: the
    /// run is over.
    pub(crate) async fn ask(&self, key: Option<String>, question: Question) -> Value {
        if let Some(answer) = self.look_up(key, question) {
            return answer;
        }
        self.driver.wake();
        pending().await
    }

    fn look_up(&self, key: Option<String>, question: Question) -> Option<Value> {
        let mut page = self.page();
        let stem = key.unwrap_or_else(|| question.derived_key());
        let shape = question.shape();
        let key = loop {
            let nth = page.asked.entry(stem.clone()).or_default();
            *nth += 1;
            let key = match *nth {
                1 if !stem.contains('#') => stem.clone(),
                nth => format!("{stem}#{nth}"),
            };
            let answered_to = page.entries.shapes.get(&key);
            if answered_to.is_none_or(|answered_to| *answered_to == shape) {
                break key;
            }
        };
        if let Some(answer) = page.entries.answered.get(&key) {
            return Some(answer.clone());
        }
        if let Some(answer) = page.offered.remove(&key)
            && question.takes(&answer)
        {
            page.entries.shapes.insert(key.clone(), shape);
            page.entries.answered.insert(key, answer.clone());
            return Some(answer);
        }
        page.entries.open.insert(key, question);
        None
    }

    fn has_open(&self) -> bool {
        !self.page().entries.open.is_empty()
    }

    /// What the next run has to know.
    pub(crate) fn entries(&self) -> Entries {
        self.page().entries.clone()
    }

    /// Runs `body` until it ends, or until it waits for an answer that is not known: then `None`.
    ///
    /// All that the body asks before it waits is opened together, so two questions under a `join!`
    /// reach the client at once.
    pub(crate) async fn drive<F: Future>(&self, body: F) -> Option<F::Output> {
        let mut body = pin!(body);
        poll_fn(|context| {
            self.driver.register(context.waker());
            if let Poll::Ready(output) = body.as_mut().poll(context) {
                return Poll::Ready(Some(output));
            }
            if self.has_open() {
                return Poll::Ready(None);
            }
            Poll::Pending
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
    async fn a_body_is_run_again_until_it_needs_no_more_answers() {
        let body = async |journal: Arc<Journal>| {
            let name = journal.ask(Some("name".into()), question("Name?")).await;
            let again = journal.ask(Some("name".into()), question("Sure?")).await;
            (name, again)
        };
        let journal = Journal::new(Entries::default(), BTreeMap::new());
        assert_eq!(journal.drive(body(journal.clone())).await, None);
        let mut entries = journal.entries();
        assert!(!entries.answer("other", accept("x")), "was never asked");
        assert!(!entries.answer("name", json!(7)), "is no answer");
        assert!(entries.answer("name", accept("Ada")));
        assert!(!entries.answer("name", accept("Bob")), "was answered");

        let journal = Journal::new(entries, BTreeMap::from([("name#2".into(), accept("yes"))]));
        let ended = journal.drive(body(journal.clone())).await;
        assert_eq!(ended, Some((accept("Ada"), accept("yes"))));
        assert!(journal.entries().open.is_empty());
    }

    #[tokio::test]
    async fn no_key_has_two_meanings() {
        let ask = async |entries: &Entries, keys: &[&str]| {
            let journal = Journal::new(entries.clone(), BTreeMap::new());
            let body = async {
                for key in keys {
                    journal.ask(Some((*key).into()), question(key)).await;
                }
            };
            let ended = journal.drive(body).await;
            (ended, journal.entries())
        };
        // Whatever the order in which keys are asked under, each is that of one question alone.
        let mut entries = Entries::default();
        let mut seen = Vec::new();
        for keys in [["a", "a#2", "a", "a#2"], ["a#2", "a#2", "a", "a"]] {
            while let (None, asked) = ask(&entries, &keys).await {
                let key = asked.open.keys().next().expect("one").clone();
                entries = asked;
                assert!(entries.answer(&key, accept(&key)));
                assert!(!seen.contains(&key), "{key} again");
                seen.push(key);
            }
        }
        assert_eq!(seen, ["a", "a#2#1", "a#2", "a#2#2"]);
    }

    #[tokio::test]
    async fn an_answer_belongs_to_its_question() {
        let form = |schema: Value| Question {
            kind: InputKind::Form,
            params: json!({ "message": "now or later", "requestedSchema": schema }),
        };
        let mut entries = Entries::default();
        entries.open.insert("k".into(), form(json!({ "a": 1 })));
        assert!(entries.answer("k", accept("Ada")));
        let journal = Journal::new(entries, BTreeMap::new());
        let body = journal.ask(Some("k".into()), form(json!({ "b": 1 })));
        assert_eq!(journal.drive(body).await, None, "that was another question");
        assert_eq!(journal.entries().open.keys().next().unwrap(), "k#2");
    }

    #[tokio::test]
    async fn questions_asked_together_are_opened_together() {
        let journal = Journal::new(Entries::default(), BTreeMap::new());
        let body = async {
            tokio::join!(
                journal.ask(None, question("One?")),
                journal.ask(None, question("Two?")),
            )
        };
        assert_eq!(journal.drive(body).await, None);
        assert_eq!(journal.entries().open.len(), 2);
    }

    #[tokio::test]
    async fn a_question_from_a_spawned_task_ends_the_run_too() {
        let journal = Journal::new(Entries::default(), BTreeMap::new());
        let asking = journal.clone();
        let body = async {
            let task = tokio::spawn(async move { asking.ask(None, question("One?")).await });
            task.await
        };
        assert!(journal.drive(body).await.is_none());
    }
}
