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

#[expect(clippy::too_many_lines, reason = "one sequence, whose order matters")]
pub(crate) async fn start(mut options: ServerOptions) -> Result<Server, StartError> {
    // All checks that run no user code come first, so that an invalid program fails without side
    // effects.
    let mut errors = StartErrors::default();
    let secret = options.secret.take();
    // Without a secret, what clients send back is valid until the process ends.
    let secret = secret.unwrap_or_else(|| rand::random::<[u8; 32]>().to_vec());
    let secret: Arc<[u8]> = secret.into();
    let state_signer = StateSigner::new(&secret, Arc::clone(&options.identity.name))
        .ok_or(StartError::ShortSecret(secret.len()));
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
    #[cfg(feature = "dashboard")]
    let page = options.page.take();
    #[cfg(feature = "dashboard")]
    errors.check(page.as_ref().map_or(Ok(()), |page| {
        let path = page.path.clone();
        let valid = http.validate_page(&path);
        valid.map_err(|why| StartError::DashboardPath { path, why })
    }));
    #[cfg(feature = "auth")]
    let auth = options.auth.take().and_then(|auth| {
        let resource = errors.check(auth.validate())?;
        Some((auth, resource))
    });
    #[cfg(feature = "telemetry")]
    let telemetry = std::mem::take(&mut options.telemetry);
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
        path: name.to_string(),
        secret,
    };
    let started = Started::start(node, outer).await?;
    let dispatcher = Arc::clone(&started.dispatcher);
    for lint in dispatcher.lints() {
        tracing::warn!(target: "fastmcp::lint", code = lint.code, "{lint}");
    }
    let protocol = ProtocolServer::new(dispatcher, state_signer, page_size, cache, has_fast_path);
    #[cfg(feature = "events")]
    let protocol = protocol.with_events(started.events.clone());
    let protocol = Arc::new(protocol);
    let stopping = CancellationToken::new();
    #[cfg(feature = "telemetry")]
    for owner in protocol.dispatcher.docket_owners() {
        crate::server::telemetry::observe(owner.provided.docket.as_ref(), &stopping);
    }
    let server = Server {
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
    };
    #[cfg(feature = "dashboard")]
    if let Some(page) = page {
        server.serve_page(page);
    }
    Ok(server)
}

/// Returns the store that the environment variable names; `None` if it is not set.
fn store_of_environment() -> Result<Option<Store>, StoreError> {
    let url = settings::text(settings::STORE_URL);
    url.map(|url| Store::from_url(&url)).transpose()
}
