//! [`TestClient`]: a started server, and a client that is connected to it in memory.

use std::ops::Deref;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::client::{Client, ClientBuilder};
use crate::error::Result;
use crate::server::builder::FastMcp;
use crate::server::running::Server;

/// A server that has started, and a client that is connected to it in this process.
///
/// It dereferences to [`Client`]. The client compares each structured result with the output schema that the tool lists,
/// and returns [`ClientError::Output`](crate::client::ClientError::Output) for one that does not match.
///
/// ```standalone_crate
/// use fastmcp::prelude::*;
/// use fastmcp::serde_json::json;
/// use fastmcp::testing::TestClient;
///
/// /// Doubles a number.
/// #[tool]
/// async fn double(number: u32) -> u32 {
///     number * 2
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// let client = TestClient::connect(FastMcp::new("numbers")).await?;
/// assert_eq!(client.call::<u32>("double", json!({ "number": 21 })).await?, 42);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct TestClient {
    // Dropped first: the server then has no connection to close.
    client: Client,
    server: Server,
}

impl TestClient {
    /// Starts a server and connects a client to it.
    ///
    /// # Errors
    ///
    /// The errors of [`FastMcp::start`] and [`Client::connect`].
    pub fn connect(server: FastMcp) -> BoxFuture<'static, Result<Self>> {
        Self::connect_with(server, Client::builder())
    }

    /// Starts a server and connects a client with these options to it, such as a handler of questions.
    ///
    /// ```standalone_crate
    /// use fastmcp::FastMcp;
    /// use fastmcp::client::Client;
    /// use fastmcp::testing::TestClient;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> fastmcp::Result<()> {
    /// let agrees = Client::builder().on_elicitation(|question| async move { question.accept(true) });
    /// let client = TestClient::connect_with(FastMcp::new("files"), agrees).await?;
    /// # let _ = client;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`FastMcp::start`] and [`ClientBuilder::connect`].
    pub fn connect_with(
        server: FastMcp,
        options: ClientBuilder,
    ) -> BoxFuture<'static, Result<Self>> {
        async move {
            let server = server.start().await?;
            let client = options.check_output(true).connect(&server).await?;
            Ok(Self { client, server })
        }
        .boxed()
    }

    /// Returns the server.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Closes the connection, and stops the server as [`Server::shutdown`] does.
    ///
    /// # Errors
    ///
    /// The errors of [`Server::shutdown`].
    pub fn shutdown(self) -> BoxFuture<'static, Result<()>> {
        async move {
            self.client.close().await;
            Ok(self.server.shutdown().await?)
        }
        .boxed()
    }
}

impl Deref for TestClient {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}
