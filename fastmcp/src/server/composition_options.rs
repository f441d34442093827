//! The options of [`FastMcp`] that add other servers and dynamic components.

use crate::component::added::DynamicComponents;
use crate::server::builder::FastMcp;
use crate::server::options::{PartOptions, PartSource};

impl FastMcp {
    /// Adds the components of another server, under a prefix: a tool or prompt `pay` becomes `billing_pay`, and a
    /// resource `data://info` becomes `data://billing/info`. The guide [`composition`](crate::guide::composition)
    /// explains what the two servers share.
    ///
    /// A server that has no [selection](Self::select) offers the components that no mounted server offers.
    ///
    /// ```standalone_crate
    /// use fastmcp::client::Client;
    /// use fastmcp::prelude::*;
    /// use fastmcp::Selection;
    ///
    /// mod billing {
    ///     use fastmcp::prelude::*;
    ///
    ///     /// Returns the price of an order.
    ///     #[tool]
    ///     async fn price(order: u64) -> u64 {
    ///         order * 2
    ///     }
    ///
    ///     pub fn server() -> FastMcp {
    ///         FastMcp::new("billing").select(fastmcp::Selection::module(module_path!()))
    ///     }
    /// }
    ///
    /// /// Returns the goods.
    /// #[tool]
    /// async fn goods() -> Vec<String> {
    ///     vec!["tea".into()]
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// let server = FastMcp::new("shop").mount("billing", billing::server()).start().await?;
    /// let client = Client::connect(&server).await?;
    /// let tools = client.list_tools().await?;
    /// assert_eq!(tools.iter().map(|it| &*it.name).collect::<Vec<_>>(), ["billing_price", "goods"]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The server does not start if the prefix is empty or contains other characters than ASCII letters, digits, `_`
    /// and `-`, if two parts have the same prefix, if two components have the same name, or if the mounted server has
    /// an error.
    pub fn mount(mut self, prefix: impl Into<String>, server: FastMcp) -> Self {
        self.0.parts.push(PartOptions {
            prefix: prefix.into(),
            source: PartSource::Mount(Box::new(server.0)),
        });
        self
    }

    /// Offers the [events](macro@crate::event) of the program to clients. The guide
    /// [`events`](crate::guide::events) has a complete server.
    ///
    /// Subscriptions, events and deliveries are stored in the docket, so they last as long as the docket does. A worker
    /// process that shares the docket needs the same call, to deliver.
    ///
    /// ```
    /// use fastmcp::FastMcp;
    /// use fastmcp::events::EventOptions;
    ///
    /// let server = FastMcp::new("builds").enable_docket().events(EventOptions::new());
    /// # let _ = server;
    /// ```
    ///
    /// # Errors
    ///
    /// The server does not start without a docket, if an option or an event is invalid, or if the server is
    /// [mounted](Self::mount): the outer server offers the events.
    #[cfg(feature = "events")]
    pub fn events(mut self, options: crate::events::options::EventOptions) -> Self {
        self.0.events = Some(options);
        self
    }

    /// Adds a tool for each operation of an `OpenAPI` document, which calls the API over HTTP. The guide
    /// [`openapi`](crate::guide::openapi) describes what becomes of parameters, bodies, schemas and responses.
    ///
    /// ```
    /// use fastmcp::FastMcp;
    /// use fastmcp::openapi::OpenApi;
    ///
    /// # let document = r#"{"openapi": "3.1.0", "paths": {}}"#;
    /// // let document = include_str!("shop.json");
    /// let shop = OpenApi::new(document)?.base_url("https://shop.example.com/v1").bearer("secret");
    /// let server = FastMcp::new("shop").openapi(shop);
    /// # let _ = server;
    /// # Ok::<(), fastmcp::openapi::OpenApiError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The server does not start if the address of the API is not known, if an option is invalid, or if a tool has the
    /// name of another one.
    #[cfg(feature = "openapi")]
    pub fn openapi(mut self, api: crate::openapi::options::OpenApi) -> Self {
        self.0.apis.push(api);
        self
    }

    /// Sets the components that are added and removed while the server runs, so that handlers and other code of the
    /// program can do that; see [`DynamicComponents`].
    ///
    /// The server then declares tools, resources and prompts to its clients, even if it has none yet.
    pub fn dynamic(mut self, components: DynamicComponents) -> Self {
        components.inner().declare();
        self.0.added = components;
        self
    }
}
