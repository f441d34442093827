//! Replaces the server of the client on standard input and output.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use crate::context::change::ListKind;
use crate::dev::catalog::Catalog;
use crate::dev::child::Child;
use crate::dev::difference::{changed_lists, describe};
use crate::dev::front::{Front, NotReady};
use crate::dev::pipe::Pipe;
use crate::dev::record::Begun;
use crate::dev::session::{Session, list_changed, list_changed_for};
use crate::dev::stdio_front::StdioFront;

/// The time that the servers have for their last responses after the client has closed its stream.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(20);

impl StdioFront {
    async fn adopt(self: Arc<Self>, child: Arc<Child>) -> Result<(), NotReady> {
        let gone = || "the server ended before it served".to_owned();
        let (stdin, stdout) = child.pipes().ok_or_else(gone)?;
        let pipe = Arc::new(Pipe::new(Arc::clone(&child), stdin));
        self.state().pipes.insert(child.number, Arc::clone(&pipe));
        tokio::spawn(Arc::clone(&self).read(Arc::clone(&pipe), stdout));
        let mut known = Session::default();
        let (old, before, catalog) = loop {
            let wanted = self.state().session.clone();
            self.replay(&pipe, &wanted, &known).await?;
            known = wanted;
            let catalog = self.catalog(&pipe).await;
            let _switching = self.switching.lock().await;
            if let Some((old, before)) = self.switch(&pipe, &known, catalog.clone()) {
                self.take_over(&pipe, old.as_deref()).await;
                break (old, before, catalog);
            }
        };
        self.announce(before, catalog).await;
        if let Some(old) = old {
            let front = Arc::clone(&self);
            tokio::spawn(async move {
                old.retire().await;
                old.child.ended().await;
                front.state().pipes.remove(&old.child.number);
            });
        }
        Ok(())
    }

    /// Sends new requests to this server from now on. Returns the server before it and its lists, or `None` if the
    /// client has changed the session in the meantime.
    fn switch(
        &self,
        pipe: &Arc<Pipe>,
        known: &Session,
        catalog: Option<Catalog>,
    ) -> Option<(Option<Arc<Pipe>>, Option<Catalog>)> {
        let mut state = self.state();
        if state.session != *known {
            return None;
        }
        let before = std::mem::replace(&mut state.catalog, catalog);
        let mut old = None;
        self.current.send_modify(|current| {
            old = current.pipe.replace(Arc::clone(pipe));
            current.problem = None;
        });
        Some((old, before))
    }

    /// Brings a server that knows one state of the session to another one.
    async fn replay(&self, pipe: &Pipe, wanted: &Session, known: &Session) -> Result<(), NotReady> {
        let gone = || "the server ended before it served".to_owned();
        for (method, params) in wanted.replay(known) {
            if method.starts_with("notifications/") {
                let notification = json!({ "jsonrpc": "2.0", "method": method });
                pipe.send(notification.to_string())
                    .await
                    .map_err(|_| gone())?;
                continue;
            }
            let answer = pipe.ask(method, params).await.ok_or_else(gone)?;
            if method == "initialize" && answer["error"].is_object() {
                return Err(format!(
                    "the server refuses the session: {}",
                    answer["error"]["message"]
                ));
            }
        }
        Ok(())
    }

    /// Moves the `subscriptions/listen` requests to a new server.
    async fn take_over(&self, pipe: &Pipe, old: Option<&Pipe>) {
        let listens: Vec<Value> = self.state().listens.values().cloned().collect();
        for listen in listens {
            let line = listen.to_string();
            let begun = Begun::new(&listen, line.len());
            if let Some(old) = old
                && old.remove(&listen["id"]).is_some()
            {
                let params = json!({ "requestId": listen["id"] });
                let cancelled = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": params });
                let _ = old.send(cancelled.to_string()).await;
            }
            let _ = pipe.forward(&listen["id"], line, begun, true).await;
        }
    }

    /// Prints the difference of the lists, and notifies the client.
    async fn announce(&self, before: Option<Catalog>, after: Option<Catalog>) {
        let (is_initialized, listens) = {
            let state = self.state();
            let listens: Vec<Value> = state.listens.values().cloned().collect();
            (state.session.is_initialized, listens)
        };
        let lists = match (&before, &after) {
            (Some(before), Some(after)) => {
                self.record.note(describe(before, after).trim_end());
                changed_lists(before, after)
            }
            // Whatever the client has seen may have changed.
            _ => vec![ListKind::Tools, ListKind::Resources, ListKind::Prompts],
        };
        for list in lists {
            if is_initialized {
                self.output.send(list_changed(list).to_string()).await;
            }
            for message in listens
                .iter()
                .filter_map(|listen| list_changed_for(listen, list))
            {
                self.output.send(message.to_string()).await;
            }
        }
    }
}

impl Front for Arc<StdioFront> {
    fn adopt(&self, child: Arc<Child>) -> BoxFuture<'_, Result<(), NotReady>> {
        StdioFront::adopt(Arc::clone(self), child).boxed()
    }

    fn set_problem(&self, problem: Option<String>) {
        self.current
            .send_modify(|current| current.problem = problem.map(Into::into));
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        async move {
            let pipes: Vec<Arc<Pipe>> = self.state().pipes.values().cloned().collect();
            for pipe in &pipes {
                pipe.close();
                pipe.child.stop();
            }
            let ended = async {
                for pipe in &pipes {
                    pipe.child.ended().await;
                }
                while !self.state().pipes.is_empty() {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                self.output.flush().await;
            };
            // A client that does not read keeps the last lines waiting.
            let _ = tokio::time::timeout(CLOSE_TIMEOUT, ended).await;
        }
        .boxed()
    }
}
