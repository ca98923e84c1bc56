//! TLS, for calls to a server by https. The program uses it for its webhooks too.

use std::sync::{Arc, LazyLock};

use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::Error;

/// Speaks TLS with whoever has a certificate of an authority that this machine trusts or, where the variable `SSL_CERT_FILE`
/// is set, of one that is in that file. The authorities are read at the first call, and kept.
///
/// The error says that there is no authority to trust.
pub fn connector() -> Result<TlsConnector, Error> {
    static CONNECTOR: LazyLock<Result<TlsConnector, Error>> = LazyLock::new(read);
    CONNECTOR.clone()
}

fn read() -> Result<TlsConnector, Error> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    let (known, _) = roots.add_parsable_certificates(found.certs);
    if known == 0 {
        let reason = found.errors.first().map(|error| format!(" ({error})")).unwrap_or_default();
        return Err(Error::lasting(format!(
            "there is no authority for certificates to trust{reason}: install those of this machine, such as Debian's \
             ca-certificates, or name a file with some in SSL_CERT_FILE"
        )));
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::lasting(format!("TLS cannot be spoken: {error}")))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
