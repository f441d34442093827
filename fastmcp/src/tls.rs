//! The TLS configuration of HTTP clients.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::crypto::ring;
use rustls_platform_verifier::BuilderVerifierExt;

/// Returns a configuration that trusts the certificate authorities of the operating system.
///
/// # Errors
/// The reason why the authorities cannot be read.
pub(crate) fn client_config() -> Result<ClientConfig, String> {
    // The provider is explicit, because the process may have none or several.
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(|error| format!("TLS is not available: {error}"))?;
    Ok(config.with_no_client_auth())
}
