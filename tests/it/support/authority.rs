//! An authority for certificates that no machine trusts by itself, and a server that it vouches for.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// What the certificates say: one of an authority, and one that it gives to the address where servers of tests listen.
const CERTIFICATES: &str = "[req]
distinguished_name = nobody
[nobody]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[server]
basicConstraints = critical, CA:FALSE
subjectAltName = IP:127.0.0.1
";

/// The authority, and the certificate of a server at 127.0.0.1.
pub struct Authority(TempDir);

impl Authority {
    /// A new one.
    pub fn new() -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("certificates.cnf"), CERTIFICATES).unwrap();
        for step in [
            "req -x509 -config certificates.cnf -extensions authority -subj /CN=authority -days 2 -nodes \
             -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -keyout authority.key -out authority.pem",
            "req -new -config certificates.cnf -subj /CN=server -nodes \
             -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -keyout server.key -out server.csr",
            "x509 -req -in server.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 2 \
             -extfile certificates.cnf -extensions server -out server.pem",
        ] {
            openssl(folder.path(), step);
        }
        Self(folder)
    }

    /// What `SSL_CERT_FILE` is set to where this authority is trusted.
    pub fn file(&self) -> String {
        self.path("authority.pem").display().to_string()
    }

    /// The file with the server's certificate.
    pub fn certificate(&self) -> PathBuf {
        self.path("server.pem")
    }

    /// The file with the key of the server's certificate.
    pub fn key(&self) -> PathBuf {
        self.path("server.key")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

fn openssl(folder: &Path, arguments: &str) {
    let ran = Command::new("openssl").current_dir(folder).args(arguments.split_whitespace()).output();
    let ran = ran.expect("these tests need the command openssl: apt-get install -y openssl");
    assert!(ran.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&ran.stderr));
}
