//! The part of [`Endpoint`] that concerns what is served beside its path.

use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
#[cfg(feature = "dashboard")]
use tokio_util::sync::CancellationToken;

use crate::transport::http::endpoint::Endpoint;
use crate::transport::http::response::refusal;

impl Endpoint {
    /// Returns the token that is cancelled when the endpoint stops accepting requests.
    #[cfg(feature = "dashboard")]
    pub(crate) fn draining(&self) -> &CancellationToken {
        &self.draining
    }

    /// Responds to a request to another path.
    pub(crate) fn not_found(&self, request: Request<Body>) -> Response<Body> {
        #[cfg(feature = "auth")]
        if let Some(response) = self.metadata(&request) {
            return response;
        }
        let text = format!("nothing is served at the path `{}`", request.uri().path());
        let (parts, body) = request.into_parts();
        self.body_limits().discard(&parts.headers, body);
        refusal(StatusCode::NOT_FOUND, text)
    }
}
