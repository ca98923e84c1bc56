//! Webhooks over https: who is believed to be the receiver. The program trusts whom its machine trusts, or, where
//! `SSL_CERT_FILE` is set, whom that file names; so these tests start it with an environment of their own.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::serve::Listener;
use serde_json::{Value, json};
use standardwebhooks::Webhook as Verifier;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::server::TlsStream;

use super::calls::SETTINGS;
use super::receiver::Receiver;
use crate::program_on_both_databases;
use crate::support::authority::Authority;
use crate::support::program::Program;

/// A receiver with a certificate of this authority.
async fn receiver(authority: &Authority) -> Receiver {
    let certificate = CertificateDer::from_pem_file(authority.certificate()).unwrap();
    let key = PrivateKeyDer::from_pem_file(authority.key()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/hooks", tcp.local_addr().unwrap());
    Receiver::behind(OverTls { tcp, tls: TlsAcceptor::from(Arc::new(config)) }, url)
}

/// Takes connections over TLS.
struct OverTls {
    tcp: TcpListener,
    tls: TlsAcceptor,
}

impl Listener for OverTls {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (stream, address) = Listener::accept(&mut self.tcp).await;
            // A caller that does not trust the certificate goes away here.
            if let Ok(stream) = self.tls.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.tcp.local_addr()
    }
}

/// Makes a webhook for `erp` that leads to this address. Gives its secret.
fn create(program: &Program, url: &str) -> String {
    let made =
        program.run(&["webhook", "create", "--url", url, "--system", "erp", "--kinds", "ready", "--json"]);
    assert_eq!(made.code, 0, "{made:?}");
    let made: Value = serde_json::from_str(&made.stdout).unwrap();
    made["secret"].as_str().unwrap().to_owned()
}

/// What came of `ledgate webhook test`: the exit code, the status of the answer, and why there is none.
fn tested(program: &Program, webhook: &str) -> (i32, Value, Value) {
    let ran = program.run(&["webhook", "test", webhook, "--json"]);
    let delivery: Value = serde_json::from_str(&ran.stdout).unwrap();
    (ran.code, delivery["status"].clone(), delivery["error"].clone())
}

program_on_both_databases! {
    async fn a_certificate_that_nobody_vouches_for_is_refused_and_the_attempt_says_so(program: Program) {
        let (authority, other) = (Authority::new(), Authority::new());
        let receiver = receiver(&authority).await;
        program.set("LEDGATE_WEBHOOKS_ALLOW_PRIVATE", "true").run(&["migrate", "up"]);
        create(&program, &receiver.url);
        // The same machine under a name that its certificate does not have.
        create(&program, &receiver.url.replace("127.0.0.1", "localhost"));
        let refused = (1, json!(null), json!("TLS"));
        assert_eq!(tested(&program, "1"), refused, "the authorities of this machine");
        program.set("SSL_CERT_FILE", other.file());
        assert_eq!(tested(&program, "1"), refused, "another authority");
        program.set("SSL_CERT_FILE", authority.file());
        assert_eq!(tested(&program, "2"), refused, "another name");
        assert!(receiver.got().is_empty(), "nothing is sent before the receiver is known: {:?}", receiver.got());
        assert_eq!(tested(&program, "1"), (0, json!(204), json!(null)));
        let shown = program.ok(&["webhook", "show", "1"]);
        assert!(shown.contains("TLS") && shown.contains("answer 204"), "{shown}");
    }

    async fn a_company_trusts_its_own_authority_and_is_told_over_https(program: Program) {
        let authority = Authority::new();
        let receiver = receiver(&authority).await;
        for (name, value) in SETTINGS {
            program.set(name, value);
        }
        program.set("SSL_CERT_FILE", authority.file()).run(&["migrate", "up"]);
        let secret = create(&program, &receiver.url);
        let serving = program.serve(&[]).await;
        serving.record("T", 0..2).await;
        let got = receiver.of_kind("READY").await;
        assert_eq!(got.told(), (json!("erp"), json!(["READY"])));
        let verified = Verifier::new(&secret).unwrap().verify(got.body.as_bytes(), &got.headers);
        assert!(verified.is_ok(), "{verified:?}: {got:?}");
    }
}
