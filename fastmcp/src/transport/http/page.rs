//! [`Page`]: a page that a server serves next to its own path.

use axum::body::Body;
use axum::http::{Request, Response, Uri};
use futures_util::future::BoxFuture;

/// Responds to a request whose path is relative to that of the page.
type Respond = Box<dyn Fn(Request<Body>) -> BoxFuture<'static, Response<Body>> + Send + Sync>;

/// A page, with the paths below it.
pub(crate) struct Page {
    path: String,
    respond: Respond,
}

impl Page {
    /// `path` has no slash at its end.
    pub(crate) fn new(path: String, respond: Respond) -> Self {
        Self { path, respond }
    }

    /// Returns the paths of the page, for a router.
    pub(crate) fn paths(&self) -> [String; 3] {
        let path = &self.path;
        [
            path.clone(),
            format!("{path}/"),
            format!("{path}/{{*rest}}"),
        ]
    }

    /// Returns whether a path is that of the page, or below it.
    pub(crate) fn has(&self, path: &str) -> bool {
        let below = path.strip_prefix(&self.path);
        below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
    }

    /// Responds to a request to the page.
    pub(crate) fn answer(&self, mut request: Request<Body>) -> BoxFuture<'static, Response<Body>> {
        let path = request.uri().path().strip_prefix(&self.path);
        let path = path.filter(|path| !path.is_empty()).unwrap_or("/");
        let query = request.uri().query();
        let query = query.map_or(String::new(), |query| format!("?{query}"));
        // A part of a valid path is valid.
        if let Ok(uri) = format!("{path}{query}").parse::<Uri>() {
            *request.uri_mut() = uri;
        }
        (self.respond)(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_page_gets_the_requests_below_its_path() {
        let page = Page::new(
            "/board".to_owned(),
            Box::new(|request| {
                let uri = request.uri().to_string();
                Box::pin(async move { Response::new(Body::from(uri)) })
            }),
        );
        for (path, expected) in [
            ("/board", Some("/")),
            ("/board/", Some("/")),
            ("/board?a=b", Some("/?a=b")),
            ("/board/api/x?a=b", Some("/api/x?a=b")),
            ("/boards", None),
            ("/other", None),
        ] {
            let request = Request::builder().uri(path).body(Body::empty());
            let request = request.expect("a request");
            assert_eq!(page.has(request.uri().path()), expected.is_some(), "{path}");
            if expected.is_none() {
                continue;
            }
            let body = page.answer(request).await.into_body();
            let body = axum::body::to_bytes(body, 100).await.expect("a body");
            assert_eq!(expected.map(str::as_bytes), Some(&*body), "{path}");
        }
    }
}
