//! Starts a server: checks the program, then starts lifespans and background work, and builds the protocol layer.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::component::changes::Changes;
use crate::protocol::connection::ProtocolServer;
use crate::protocol::request_state::StateSigner;
use crate::server::error::{StartError, StartErrors};
use crate::server::node::Node;
use crate::server::options::ServerOptions;
use crate::server::running::Server;
use crate::server::settings::{self, DocketSettings};
use crate::server::started::{Outer, Started};
use crate::store::Store;
use crate::store::error::StoreError;

pub(crate) async fn start(mut options: ServerOptions) -> Result<Server, StartError> {
    // All checks that run no user code come first, so that an invalid program fails without side
    // effects.
    let mut errors = StartErrors::default();
    let secret = options.secret.take();
    let secret_length = secret.as_ref().map_or(0, Vec::len);
    let state_signer = StateSigner::new(secret.as_deref(), Arc::clone(&options.identity.name))
        .ok_or(StartError::ShortSecret(secret_length));
    let state_signer = errors.check(state_signer);
    let has_fast_path = errors.check(settings::flag(settings::FAST_PATH)).flatten();
    let has_fast_path = options.fast_path.or(has_fast_path).unwrap_or(true);
    #[cfg(feature = "http")]
    let http = std::mem::take(&mut options.http);
    let store = options.store.take();
    let store = store.map_or_else(store_of_environment, |store| Ok(Some(store)));
    let store = errors.check(store).flatten();
    #[cfg(feature = "http")]
    errors.check(http.validate());
    #[cfg(feature = "auth")]
    let auth = options.auth.take().and_then(|auth| {
        let resource = errors.check(auth.validate())?;
        Some((auth, resource))
    });
    #[cfg(feature = "telemetry")]
    let telemetry = std::mem::take(&mut options.telemetry);
    #[cfg(feature = "telemetry")]
    let name = Arc::clone(&options.identity.name);
    let added = options.added.clone();
    let (page_size, cache, grace) = (options.page_size, options.cache, options.grace);
    let settings = errors.check(DocketSettings::read());
    let without_settings = DocketSettings::default();
    let known = settings.as_ref().unwrap_or(&without_settings);
    let node = Node::check(options, None, known, &mut errors);
    errors.none()?;
    let (Some(state_signer), Some(settings), Some(node)) = (state_signer, settings, node) else {
        unreachable!("each missing value has added an error");
    };
    // Before the lifespans, whose spans are exported too.
    #[cfg(feature = "telemetry")]
    crate::telemetry::pipeline::install(&telemetry, &name).await;
    // Replicas share the sessions in a store that somebody has chosen.
    #[cfg(feature = "http")]
    let chosen_store = store.clone();
    let outer = Outer {
        changes: Changes::new(),
        answers: Arc::default(),
        settings: Arc::new(settings),
        docket: None,
        #[cfg(feature = "events")]
        events: None,
        store: store.unwrap_or_else(Store::memory),
    };
    let started = Started::start(node, outer).await?;
    let dispatcher = Arc::clone(&started.dispatcher);
    let protocol = ProtocolServer::new(dispatcher, state_signer, page_size, cache, has_fast_path);
    #[cfg(feature = "events")]
    let protocol = protocol.with_events(started.events.clone());
    let protocol = Arc::new(protocol);
    let stopping = CancellationToken::new();
    #[cfg(feature = "telemetry")]
    crate::server::telemetry::observe(protocol.dispatcher.provided.docket.as_ref(), &stopping);
    Ok(Server {
        draining: CancellationToken::new(),
        grace,
        connections: TaskTracker::new(),
        #[cfg(feature = "http")]
        http: Arc::new({
            #[cfg(feature = "auth")]
            let mut http = http;
            // Accepts requests to the host that clients know.
            #[cfg(feature = "auth")]
            if let Some(host) = auth
                .as_ref()
                .and_then(|(_, resource)| resource.url.host_str())
            {
                http.add_host(host);
            }
            let endpoint = crate::transport::http::endpoint::Endpoint::new(
                Arc::clone(&protocol),
                http,
                chosen_store,
                &stopping,
            );
            #[cfg(feature = "auth")]
            let endpoint = endpoint.with_authorization(auth);
            endpoint
        }),
        protocol,
        started: Some(started),
        added,
        _stop_on_drop: stopping.clone().drop_guard(),
        stopping,
    })
}

/// Returns the store that the environment variable names; `None` if it is not set.
fn store_of_environment() -> Result<Option<Store>, StoreError> {
    let url = settings::text(settings::STORE_URL);
    url.map(|url| Store::from_url(&url)).transpose()
}
