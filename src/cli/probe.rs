//! Asks who answers at the address of a gateway whether it is ready: `/readyz`.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;
use tokio_util::task::AbortOnDropHandle;

use crate::config::ListenAddress;
use crate::http::LEDGER_HEADER;

/// How long an answer may take. A gateway whose database is away waits for that first.
const PATIENCE: Duration = Duration::from_secs(10);
/// The most bytes of the head of an answer.
const MAX_HEAD: usize = 16 * 1_024;
/// The most bytes of the body of an answer.
const MAX_BODY: usize = 4 * 1_024;

/// What a ledgate answered.
pub struct Answer {
    /// Its version.
    pub version: String,
    /// Which ledger it serves; `None` when its database does not answer.
    pub ledger: Option<String>,
    /// Whether it can work.
    pub ready: bool,
    /// Why not.
    pub reason: Option<String>,
}

/// Why no ledgate answered.
#[derive(Debug, thiserror::Error)]
pub enum Silence {
    /// Nobody listens there.
    #[error("nobody answers there: {0}")]
    Nobody(#[from] io::Error),
    /// What listens there does not answer as a ledgate does.
    #[error("what answers there is not ledgate")]
    Stranger,
    /// It takes too long.
    #[error("no answer came within {} s", PATIENCE.as_secs())]
    Late,
}

/// Asks. A ledgate names itself in the header `Server`.
pub async fn ask(address: &ListenAddress) -> Result<Answer, Silence> {
    let asking = async {
        #[cfg(unix)]
        if let Some(path) = address.unix_path() {
            return talk(UnixStream::connect(path).await?).await;
        }
        talk(TcpStream::connect(reachable(address)).await?).await
    };
    tokio::time::timeout(PATIENCE, asking).await.unwrap_or(Err(Silence::Late))
}

/// The address to connect to from this machine. A gateway that listens at all addresses is reached at the loopback address.
fn reachable(address: &ListenAddress) -> String {
    match address.as_str().parse::<SocketAddr>() {
        Ok(all) if all.ip().is_unspecified() => {
            let own = match all.ip() {
                IpAddr::V4(_) => IpAddr::from(Ipv4Addr::LOCALHOST),
                IpAddr::V6(_) => IpAddr::from(Ipv6Addr::LOCALHOST),
            };
            SocketAddr::new(own, all.port()).to_string()
        }
        _ => address.as_str().to_owned(),
    }
}

async fn talk(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> Result<Answer, Silence> {
    let request = Request::get("/readyz").header("host", "localhost").header("connection", "close");
    let request = request.body(Empty::<Bytes>::new()).map_err(io::Error::other)?;
    let mut http = http1::Builder::new();
    http.max_buf_size(MAX_HEAD);
    let (mut sender, connection) =
        http.handshake(TokioIo::new(stream)).await.map_err(|_| Silence::Stranger)?;
    // The task that drives the connection is stopped when this function returns, also when it fails.
    let _driven = AbortOnDropHandle::new(tokio::spawn(connection));
    let answer = sender.send_request(request).await.map_err(|_| Silence::Stranger)?;
    let header = |name: &str| Some(answer.headers().get(name)?.to_str().ok()?.to_owned());
    let server = header("server").ok_or(Silence::Stranger)?;
    let version = server.strip_prefix("ledgate/").ok_or(Silence::Stranger)?.to_owned();
    let (ledger, ready) = (header(LEDGER_HEADER.as_str()), answer.status() == StatusCode::OK);
    let body = Limited::new(answer.into_body(), MAX_BODY).collect().await;
    let told: Option<Value> = body.ok().and_then(|body| serde_json::from_slice(&body.to_bytes()).ok());
    let reason = told.and_then(|told| Some(told.get("reason")?.as_str()?.to_owned()));
    Ok(Answer { version, ledger, ready, reason })
}
