//! The part of [`Endpoint`] that concerns authorization.

use axum::body::Body;
use axum::http::{Request, Response};

use crate::auth::options::{Auth, Resource};
use crate::transport::http::authorization::Authorization;
use crate::transport::http::endpoint::Endpoint;

impl Endpoint {
    /// Lets only requests with a valid access token in.
    pub(crate) fn with_authorization(mut self, authorization: Option<(Auth, Resource)>) -> Self {
        self.authorization = authorization
            .map(|(auth, resource)| Authorization::new(auth, resource, &self.dispatcher));
        self
    }

    /// Returns the authorization; `None` if callers need no token.
    #[cfg(feature = "dashboard")]
    pub(crate) fn authorization(&self) -> Option<&std::sync::Arc<Authorization>> {
        self.authorization.as_ref()
    }

    /// Responds to a request for the metadata document of authorization; `None` for other requests.
    pub(crate) fn metadata(&self, request: &Request<Body>) -> Option<Response<Body>> {
        let authorization = self.authorization.as_ref()?;
        authorization.metadata(request.method(), request.uri().path())
    }

    /// Returns the paths of the metadata document of authorization.
    pub(crate) fn metadata_paths(&self) -> Vec<String> {
        let authorization = self.authorization.as_ref();
        authorization
            .map(|it| it.metadata_paths())
            .unwrap_or_default()
    }
}
