//! Webhooks over https: who is believed to be the receiver. The program trusts whom its machine trusts, or, where
//! `SSL_CERT_FILE` is set, whom that file names; so these tests start it with an environment of their own.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use axum::serve::Listener;
use serde_json::{Value, json};
use standardwebhooks::Webhook as Verifier;
use tempfile::TempDir;
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
use crate::support::program::Program;

/// What the certificates say: one of an authority, and one that it gives to the address where receivers of tests listen.
const CERTIFICATES: &str = "[req]
distinguished_name = nobody
[nobody]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[receiver]
basicConstraints = critical, CA:FALSE
subjectAltName = IP:127.0.0.1
";

/// An authority that no machine trusts by itself, and the certificate of a receiver that it vouches for.
struct Authority(TempDir);

impl Authority {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("certificates.cnf"), CERTIFICATES).unwrap();
        for step in [
            "req -x509 -config certificates.cnf -extensions authority -subj /CN=authority -days 2 -nodes \
             -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -keyout authority.key -out authority.pem",
            "req -new -config certificates.cnf -subj /CN=receiver -nodes \
             -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -keyout receiver.key -out receiver.csr",
            "x509 -req -in receiver.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 2 \
             -extfile certificates.cnf -extensions receiver -out receiver.pem",
        ] {
            openssl(folder.path(), step);
        }
        Self(folder)
    }

    /// What `SSL_CERT_FILE` is set to where this authority is trusted.
    fn file(&self) -> String {
        self.0.path().join("authority.pem").display().to_string()
    }

    /// A receiver with the certificate.
    async fn receiver(&self) -> Receiver {
        let path = |name: &str| self.0.path().join(name);
        let certificate = CertificateDer::from_pem_file(path("receiver.pem")).unwrap();
        let key = PrivateKeyDer::from_pem_file(path("receiver.key")).unwrap();
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
}

fn openssl(folder: &Path, arguments: &str) {
    let ran = Command::new("openssl").current_dir(folder).args(arguments.split_whitespace()).output();
    let ran = ran.expect("these tests need the command openssl: apt-get install -y openssl");
    assert!(ran.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&ran.stderr));
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
        let receiver = authority.receiver().await;
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
        let receiver = authority.receiver().await;
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
