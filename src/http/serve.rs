//! Serves a router on a socket, and stops without dropping a request.
//!
//! Why not `axum::serve`: it has no time limit for slow clients, neither for their headers nor when it stops.

mod hosted;
mod listening;
mod slow_readers;
mod unread;

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderName, HeaderValue};
use futures_util::stream::{self, Stream, StreamExt};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::config::HttpSettings;

pub use hosted::Hosted;
use listening::Accepted;
pub use listening::{Address, BindError, Listener, bind};
use slow_readers::Impatient;
use unread::Unread;

/// How long the server waits for slow clients.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For the head of a request; this is also how long an idle connection is kept.
    pub head: Duration,
    /// For the client to read the next part of an answer.
    pub answer: Duration,
}

impl From<&HttpSettings> for Patience {
    fn from(http: &HttpSettings) -> Self {
        Self { head: http.head_timeout(), answer: http.answer_timeout() }
    }
}

/// How serving ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// Connections that were still at work at the deadline and were cut.
    pub cut: usize,
}

/// Serves until `stop` is cancelled. Then it accepts no more connections, closes idle ones, lets running requests end
/// within `deadline`, and cuts the rest.
pub async fn serve(
    mut listener: Listener,
    router: Router,
    stop: CancellationToken,
    deadline: Duration,
    patience: Patience,
) -> Stopped {
    let router = router.layer(idle_time(patience.head));
    let (connections, cut) = (TaskTracker::new(), CancellationToken::new());
    let hosted = Hosted::new(stop.clone(), cut.clone(), connections.clone());
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let (router, hosted) = (router.clone(), hosted.clone());
        match accepted {
            Accepted::Tcp(stream, peer) => {
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%peer, %error, "TCP_NODELAY could not be set");
                }
                let connection = connection(stream, Some(peer), router, patience, hosted);
                connections.spawn(cut.clone().run_until_cancelled_owned(connection));
            }
            #[cfg(unix)]
            Accepted::Unix(stream) => {
                let connection = connection(stream, None, router, patience, hosted);
                connections.spawn(cut.clone().run_until_cancelled_owned(connection));
            }
        }
    }
    drop(listener);
    connections.close();

    if !connections.is_empty() {
        tracing::info!(connections = connections.len(), ?deadline, "letting running requests end");
    }
    if timeout(deadline, connections.wait()).await.is_ok() {
        return Stopped { cut: 0 };
    }
    let stopped = Stopped { cut: connections.len() };
    tracing::warn!(connections = stopped.cut, "the deadline has come: cutting what is still running");
    cut.cancel();
    // A handler that never yields cannot be cut. The process ends without waiting for it.
    timeout(Duration::from_secs(1), connections.wait()).await.ok();
    stopped
}

/// Tells clients for how long they may leave a connection idle: nine tenths of how long it is kept. A request that is sent
/// while the connection is being closed would be lost, and not every client sends a POST again.
fn idle_time(kept: Duration) -> SetResponseHeaderLayer<Option<HeaderValue>> {
    let told = kept * 9 / 10;
    let value = HeaderValue::try_from(format!("timeout={}", told.as_secs())).ok();
    SetResponseHeaderLayer::overriding(HeaderName::from_static("keep-alive"), value)
}

/// One connection, to its end. `peer` is the client's address, which a Unix socket does not have. HTTP/1.1 only:
/// HTTP/2 comes with TLS, which is the proxy's business.
async fn connection(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    peer: Option<SocketAddr>,
    router: Router,
    patience: Patience,
    hosted: Hosted,
) {
    let stop = hosted.stop.clone();
    let unread = Unread::default();
    let watching = unread.clone();
    let service = router.map_request(move |request: axum::http::Request<Incoming>| {
        let mut request = request.map(|body| Body::new(watching.watch(body)));
        if let Some(peer) = peer {
            request.extensions_mut().insert(ConnectInfo(peer));
        }
        request.extensions_mut().insert(hosted.clone());
        request
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(patience.head)
            .serve_connection(
                TokioIo::new(Impatient::new(stream, patience.answer, unread)),
                TowerToHyperService::new(service)
            )
            .with_upgrades()
    );
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    // The client went away, or did not send HTTP: not a failure of the server.
    if let Err(error) = ended {
        tracing::debug!(?peer, %error, "connection ended early");
    }
}

/// From now on the first SIGTERM or SIGINT cancels `stop`, and a second one ends the process at once with exit
/// code 1.
pub fn stop_on_signal(stop: CancellationToken) -> io::Result<()> {
    let signals =
        stream::unfold(Signals::new()?, |mut signals| async move { Some((signals.next().await, signals)) });
    tokio::spawn(follow(signals, stop, || std::process::exit(1)));
    Ok(())
}

async fn follow(signals: impl Stream<Item = &'static str>, stop: CancellationToken, cut: impl FnOnce()) {
    let mut signals = pin!(signals);
    let Some(signal) = signals.next().await else { return };
    tracing::info!(signal, "asked to stop; once more stops at once");
    stop.cancel();
    let Some(signal) = signals.next().await else { return };
    tracing::warn!(signal, "asked again: stopping at once");
    cut();
}

#[cfg(unix)]
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self(tokio::signal::windows::ctrl_c()?))
    }

    async fn next(&mut self) -> &'static str {
        self.0.recv().await;
        "Ctrl-C"
    }
}

#[cfg(test)]
mod tests;
