//! [`TaskIds`]: the IDs that clients have for tasks of a remote server.

use rmcp::model::{RequestStateCodec, SealOptions};
use serde_json::json;

use crate::component::place::Place;
use crate::context::request::Context;

/// Signs and reads the IDs of the tasks of one remote server.
pub(super) struct TaskIds {
    /// `None` if the secret is too short; then the server does not start.
    codec: Option<RequestStateCodec>,
    path: String,
}

impl TaskIds {
    pub(super) fn new(place: &Place) -> Self {
        Self {
            codec: RequestStateCodec::try_new(&*place.secret).ok(),
            path: place.path.clone(),
        }
    }

    /// Returns the data to which an ID is bound. A state of a request is bound to data that does not begin with `[`.
    fn bound(&self, context: &Context) -> Vec<u8> {
        json!(["task", self.path, context.owner()])
            .to_string()
            .into_bytes()
    }

    pub(super) fn sign(&self, tool: &str, id: &str, context: &Context) -> Option<String> {
        let bound = self.bound(context);
        let options = SealOptions::new().associated_data(&bound);
        let content = json!([tool, id]).to_string();
        Some(self.codec.as_ref()?.seal_with(content.as_bytes(), &options))
    }

    /// Returns the tool and the ID of the remote server, if the ID belongs to the caller.
    pub(super) fn read(&self, id: &str, context: &Context) -> Option<(String, String)> {
        let content = self.codec.as_ref()?.open_with(id, &self.bound(context));
        serde_json::from_slice(&content.ok()?).ok()
    }
}
