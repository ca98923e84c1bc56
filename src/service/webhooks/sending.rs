//! One request to a receiver, over a connection of its own to an address that was checked.
//!
//! Why not an HTTP client with a pool: it looks names up by itself, follows redirects, uses proxies and keeps connections. Here
//! are none of these, so what was checked is what is connected to.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::rt::{Read, Write};
use hyper_util::rt::TokioIo;
use ledgate_client::tls;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_util::task::AbortOnDropHandle;
use url::{Position, Url};

use super::address::resolve;
use crate::config::WebhookSettings;
use crate::domain::Result;
use crate::domain::webhook::DeliveryError;

/// The most bytes of the head of an answer.
const MAX_HEAD: usize = 16 * 1_024;
/// So much of the body of an answer is read, and thrown away.
const MAX_BODY: usize = 4 * 1_024;
/// Who the receiver is told is calling.
const USER_AGENT: &str = concat!("ledgate/", env!("CARGO_PKG_VERSION"));

/// What came of a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answered {
    /// The status of the answer, or why there is none.
    pub(super) status: Result<u16, DeliveryError>,
    /// How long it took.
    pub(super) took: Duration,
}

/// Sends JSON to this address, with these headers.
pub(super) async fn post(
    settings: &WebhookSettings,
    url: &str,
    headers: &[(&'static str, String)],
    body: String,
) -> Answered {
    let begun = Instant::now();
    let exchange = exchange(settings, url, headers, body);
    let answered = tokio::time::timeout(settings.timeout(), exchange).await;
    let status = answered.unwrap_or(Err(DeliveryError::Timeout));
    Answered { status, took: begun.elapsed() }
}

async fn exchange(
    settings: &WebhookSettings,
    url: &str,
    headers: &[(&'static str, String)],
    body: String,
) -> Result<u16, DeliveryError> {
    let url = Url::parse(url).map_err(|_| DeliveryError::NoAddress)?;
    let request = request(&url, headers, body)?;
    let addresses = resolve(&url, settings.allow_private).await?;
    let connecting = tokio::time::timeout(settings.timeout() / 2, TcpStream::connect(addresses.as_slice()));
    let stream = match connecting.await {
        Ok(Ok(stream)) => stream,
        Ok(Err(_)) => return Err(DeliveryError::NotConnected),
        Err(_) => return Err(DeliveryError::Timeout),
    };
    if url.scheme() == "http" {
        return talk(TokioIo::new(stream), request).await;
    }
    // Of an IPv6 address the brackets are no part.
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let name = ServerName::try_from(host.to_owned()).map_err(|_| DeliveryError::Tls)?;
    let connector = TLS.as_ref().ok_or(DeliveryError::Tls)?;
    let stream = connector.connect(name, stream).await.map_err(|_| DeliveryError::Tls)?;
    talk(TokioIo::new(stream), request).await
}

fn request(
    url: &Url,
    headers: &[(&'static str, String)],
    body: String,
) -> Result<Request<Full<Bytes>>, DeliveryError> {
    let mut request = Request::post(&url[Position::BeforePath..])
        .header("host", &url[Position::BeforeHost..Position::AfterPort])
        .header("user-agent", USER_AGENT)
        .header("content-type", "application/json")
        .header("connection", "close");
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    request.body(Full::new(Bytes::from(body))).map_err(|_| DeliveryError::NoAddress)
}

/// Sends the request, and gives the status of the answer, whatever its body.
async fn talk<S: Read + Write + Unpin + Send + 'static>(
    stream: S,
    request: Request<Full<Bytes>>,
) -> Result<u16, DeliveryError> {
    let mut http = http1::Builder::new();
    http.max_buf_size(MAX_HEAD);
    let (mut sender, connection) = http.handshake(stream).await.map_err(|_| DeliveryError::BadAnswer)?;
    // Ends with this function, however that ends.
    let _driven = AbortOnDropHandle::new(tokio::spawn(connection));
    let answer = sender.send_request(request).await.map_err(|_| DeliveryError::BadAnswer)?;
    let status = answer.status().as_u16();
    let (mut body, mut read) = (answer.into_body(), 0);
    while read < MAX_BODY {
        match body.frame().await {
            Some(Ok(frame)) => read += frame.data_ref().map_or(0, Bytes::len),
            // The status was told: a body that breaks off changes nothing.
            Some(Err(_)) | None => break,
        }
    }
    Ok(status)
}

/// Trusts whom this machine trusts.
static TLS: LazyLock<Option<TlsConnector>> = LazyLock::new(|| {
    let connector = tls::connector();
    connector.inspect_err(|error| tracing::error!(%error, "webhooks cannot be told over https")).ok()
});
