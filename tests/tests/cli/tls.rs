//! Calls of a server behind TLS.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::calls::serve_http;
use crate::run::Home;

/// Creates a certificate authority, and a configuration with a certificate of it for `localhost`. Returns the
/// certificate of the authority as PEM.
fn authority() -> (String, ServerConfig) {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &authority).unwrap();
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key);
    (authority.pem(), config.unwrap())
}

/// Accepts TLS connections and passes their bytes to the server at `address`. Returns the port.
async fn terminate_tls(config: ServerConfig, address: String) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, address) = (acceptor.clone(), address.clone());
            tokio::spawn(async move {
                let mut outside = acceptor.accept(stream).await.ok()?;
                let mut inside = TcpStream::connect(address).await.ok()?;
                tokio::io::copy_bidirectional(&mut outside, &mut inside)
                    .await
                    .ok()
            });
        }
    });
    port
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_behind_tls_is_called() {
    let home = Home::new();
    let served = serve_http(&home);
    let (pem, config) = authority();
    let file = home.path("authority.pem");
    std::fs::write(&file, pem).unwrap();
    let address = served.url.strip_prefix("http://").unwrap();
    let (address, path) = address.split_once('/').unwrap();
    let port = terminate_tls(config, address.to_owned()).await;
    let call = async |home: Home| {
        let url = format!("https://localhost:{port}/{path}");
        let words = ["call", "add", "a=1", "b=2", "--url", &url].map(str::to_owned);
        let run = move || home.run(&words.each_ref().map(String::as_str));
        tokio::task::spawn_blocking(run).await.unwrap()
    };
    let trusting = Home::new().with("SSL_CERT_FILE", &file.display().to_string());
    let ended = call(trusting).await;
    assert_eq!(
        (ended.out.trim(), ended.code),
        ("3.0", Some(0)),
        "{ended:?}"
    );
    let ended = call(Home::new()).await;
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert!(
        ended
            .err
            .contains("invalid peer certificate: UnknownIssuer"),
        "{ended:?}"
    );
}
