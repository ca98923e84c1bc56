//! Connections to a server: over TCP, and by TLS where its address begins with https.

mod refusal;

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::Uri;
use hyper::http::uri::Scheme;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tower_service::Service;

use crate::Error;
use crate::tls;

/// How long it may take to be connected, by TLS too.
const CONNECT: Duration = Duration::from_secs(10);

/// What a connection is made of: TCP, or TLS on it.
pub trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// A connection to a server.
pub type Stream = Box<dyn Wire>;

/// hyper keeps it for other calls, and has nothing more to know of it.
impl Connection for Stream {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

/// Connects to one server. Cheap to clone.
#[derive(Clone)]
pub struct Connector {
    tcp: HttpConnector,
    /// Of a server that is called by https.
    secure: Option<Secure>,
}

#[derive(Clone)]
struct Secure {
    tls: TlsConnector,
    /// The proxies of the environment: `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`.
    proxies: Arc<Matcher>,
}

impl Connector {
    /// For the server at this address. Nothing is connected yet. The error is that of [`tls::connector`].
    pub fn new(server: &Uri) -> Result<Self, Error> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        let is_secure = server.scheme() == Some(&Scheme::HTTPS);
        let secure =
            is_secure.then(|| Ok(Secure { tls: tls::connector()?, proxies: Arc::new(Matcher::from_env()) }));
        Ok(Self { tcp, secure: secure.transpose()? })
    }

    /// A new connection to the server at this address.
    pub async fn connect(&self, to: &Uri) -> Result<Stream, Error> {
        let connected = timeout(CONNECT, self.connected(to)).await;
        connected.unwrap_or_else(|_| Err(Error::unanswered(format!("{} did not answer in time", origin(to)))))
    }

    async fn connected(&self, to: &Uri) -> Result<Stream, Error> {
        let Some(Secure { tls, proxies }) = &self.secure else {
            return Ok(Box::new(self.direct(to).await?));
        };
        let stream = match proxies.intercept(to) {
            None => self.direct(to).await?,
            Some(proxy) => self.through(&proxy, to).await?,
        };
        // Of an IPv6 address the brackets are no part.
        let host = to.host().unwrap_or_default().trim_matches(['[', ']']);
        let name = ServerName::try_from(host.to_owned());
        let name = name.map_err(|_| Error::lasting(format!("{host} is no name that a certificate has")))?;
        let stream = tls.connect(name, stream).await.map_err(|error| refusal::of(&origin(to), &error))?;
        Ok(Box::new(stream))
    }

    async fn direct(&self, to: &Uri) -> Result<TcpStream, Error> {
        let connected = call(self.tcp.clone(), to).await.map_err(|error| {
            Error::unanswered(format!("{} cannot be reached: {}", origin(to), reason(&error)))
        });
        Ok(connected?.into_inner())
    }

    /// A connection that a proxy passes on as it is, so that only the server can read what goes over it.
    async fn through(&self, proxy: &Intercept, to: &Uri) -> Result<TcpStream, Error> {
        let address = origin(proxy.uri());
        if proxy.uri().scheme() != Some(&Scheme::HTTP) {
            return Err(Error::lasting(format!(
                "the proxy {address} of HTTPS_PROXY or ALL_PROXY cannot be used: give it with http://, or name the server \
                 in NO_PROXY"
            )));
        }
        let mut tunnel = Tunnel::new(proxy.uri().clone(), self.tcp.clone());
        if let Some(credentials) = proxy.basic_auth() {
            tunnel = tunnel.with_auth(credentials.clone());
        }
        let connected = call(tunnel, to).await.map_err(|error| {
            let (server, reason) = (origin(to), reason(&error));
            Error::unanswered(format!("{server} cannot be reached through the proxy {address}: {reason}"))
        });
        Ok(connected?.into_inner())
    }
}

/// For the connections that hyper keeps.
impl Service<Uri> for Connector {
    type Response = TokioIo<Stream>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<TokioIo<Stream>, Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let connector = self.clone();
        Box::pin(async move { connector.connect(&to).await.map(TokioIo::new) })
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connector")
    }
}

/// Scheme, host and port.
pub fn origin(address: &Uri) -> String {
    let authority = address.authority().map(|authority| authority.as_str()).unwrap_or_default();
    format!("{}://{authority}", address.scheme_str().unwrap_or_default())
}

async fn call<S: Service<Uri>>(mut service: S, to: &Uri) -> Result<S::Response, S::Error> {
    poll_fn(|context| service.poll_ready(context)).await?;
    service.call(to.clone()).await
}

/// The innermost reason, which is the one that tells something.
pub fn reason(error: &(dyn std::error::Error + 'static)) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}
