//! Opens the connections of clients.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use crate::client::builder::{ClientBuilder, Options};
use crate::client::connection::Connection;
use crate::client::error::ClientError;
use crate::client::events::{Subscribers, receiver};
use crate::client::handle::Client;
#[cfg(feature = "client")]
use crate::client::http;
use crate::client::json_rpc;
use crate::client::log_message::level_name;
use crate::client::output_schemas::OutputSchemas;
#[cfg(feature = "client")]
use crate::client::process;
use crate::client::subscription::listen_to_lists;
use crate::context::client_channel::LogLevel;
#[cfg(feature = "client")]
use crate::mcp::ProtocolVersion;
use crate::server::running::Server;

impl ClientBuilder {
    /// Connects to a server in this process.
    ///
    /// # Errors
    ///
    /// [`ClientError::Connection`] if the server has stopped, or does not support the revision.
    pub fn connect(self, server: &Server) -> BoxFuture<'static, Result<Client, ClientError>> {
        let (read, write) = tokio::io::split(server.connect());
        self.open_with(async move |options| {
            let connection = json_rpc::open(Box::new(read), Box::new(write), options).await?;
            Ok(Arc::new(connection) as Arc<dyn Connection>)
        })
        .boxed()
    }

    /// Starts a program and connects to it over its standard input and output. If the program has no revision with
    /// sessions, it is started a second time.
    ///
    /// # Errors
    ///
    /// [`ClientError::Connection`] if the program cannot be started, or is not an MCP server.
    #[cfg(feature = "client")]
    pub fn spawn(
        self,
        mut command: tokio::process::Command,
    ) -> BoxFuture<'static, Result<Client, ClientError>> {
        let is_pinned = self.is_pinned;
        self.open_with(async move |options| {
            let newer = newer(&options);
            match process::spawn(&mut command, options).await {
                Err(error) if !is_pinned => {
                    let opened = process::spawn(&mut command, newer).await;
                    opened.map_err(|_| error).map(shared)
                }
                opened => opened.map(shared),
            }
        })
        .boxed()
    }

    /// Connects to a server over streamable HTTP, such as `http://127.0.0.1:8000/mcp`.
    ///
    /// # Errors
    ///
    /// [`ClientError::Connection`] if there is no MCP server at this URL.
    #[cfg(feature = "client")]
    pub fn http(self, url: &str) -> BoxFuture<'static, Result<Client, ClientError>> {
        let url = url.to_owned();
        let is_pinned = self.is_pinned;
        self.open_with(async move |options| {
            let newer = newer(&options);
            match http::connect(url.clone(), options).await {
                Err(error) if !is_pinned => {
                    let opened = http::connect(url, newer).await;
                    opened.map_err(|_| error).map(shared)
                }
                opened => opened.map(shared),
            }
        })
        .boxed()
    }

    /// Opens a connection, and sets up what the options want.
    async fn open_with(
        mut self,
        open: impl AsyncFnOnce(Options) -> Result<Arc<dyn Connection>, ClientError>,
    ) -> Result<Client, ClientError> {
        let subscribers = Arc::new(Subscribers::default());
        let schemas = self
            .checks_output
            .then(|| Arc::new(OutputSchemas::default()));
        let (has_log, has_list_handler) = (
            self.events.log.is_some(),
            self.events.list_changed.is_some(),
        );
        let receiver = receiver(self.events, Arc::clone(&subscribers), schemas.clone());
        self.options.notices.receiver = Some(receiver);
        let handlers = self.options.handlers.clone();
        let connection = open(self.options).await?;
        let listens = connection.listens();
        let mut client = Client::new(connection, handlers, subscribers);
        client.timeout = self.timeout;
        client.schemas = schemas;
        if listens && (has_list_handler || client.schemas.is_some()) {
            client.listener = Some(listen_to_lists(Arc::clone(&client.connection)));
        }
        let level = match self.log_level {
            None if listens && has_log => Some(LogLevel::Info),
            level => level,
        };
        if let Some(level) = level {
            client.set_log_level(level).await?;
        }
        Ok(client)
    }
}

/// Returns the options for a server without sessions.
#[cfg(feature = "client")]
fn newer(options: &Options) -> Options {
    let mut newer = options.clone();
    newer.protocol = ProtocolVersion::V_2026_07_28;
    newer
}

#[cfg(feature = "client")]
fn shared(connection: impl Connection + 'static) -> Arc<dyn Connection> {
    Arc::new(connection)
}

impl Client {
    /// Returns the options of a new client, such as the answers to the questions of servers.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// Connects to a server in this process, with the default options.
    ///
    /// # Errors
    ///
    /// [`ClientError::Connection`] if the server has stopped.
    pub fn connect(server: &Server) -> BoxFuture<'static, Result<Self, ClientError>> {
        Self::builder().connect(server)
    }

    /// Starts a program and connects to it over its standard input and output, with the default options.
    ///
    /// # Errors
    ///
    /// [`ClientError::Connection`] if the program cannot be started, or is not an MCP server.
    #[cfg(feature = "client")]
    pub fn spawn(
        command: tokio::process::Command,
    ) -> BoxFuture<'static, Result<Self, ClientError>> {
        Self::builder().spawn(command)
    }

    /// Connects to a server over streamable HTTP, such as `http://127.0.0.1:8000/mcp`, with the default
    /// options.
    ///
    /// # Errors
    ///
    /// [`ClientError::Connection`] if there is no MCP server at this URL.
    #[cfg(feature = "client")]
    pub fn http(url: &str) -> BoxFuture<'static, Result<Self, ClientError>> {
        Self::builder().http(url)
    }

    /// Sets the lowest level of the log messages that the server sends from now on.
    ///
    /// # Errors
    ///
    /// [`ClientError::Refused`] if the server has no log messages. In protocol 2026-07-28 none: later requests name the
    /// level.
    pub fn set_log_level(&self, level: LogLevel) -> BoxFuture<'_, Result<(), ClientError>> {
        async move {
            if !self.connection.listens() {
                let params = json!({ "level": level_name(level) });
                self.request::<Value>("logging/setLevel", params).await?;
            }
            self.remember_log_level(level);
            Ok(())
        }
        .boxed()
    }

    /// Asks the server for a sign of life.
    ///
    /// # Errors
    ///
    /// [`ClientError::Connection`] if the connection has ended. In protocol 2026-07-28, which has no ping, the client asks
    /// for the server's description.
    pub fn ping(&self) -> BoxFuture<'_, Result<(), ClientError>> {
        async move {
            let method = if self.connection.listens() {
                "server/discover"
            } else {
                "ping"
            };
            self.request::<Value>(method, json!({})).await.map(drop)
        }
        .boxed()
    }
}
