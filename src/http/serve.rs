//! From a socket to a router and back out again: binding, serving, and stopping without dropping a request.
//!
//! Why not `axum::serve`: it waits for slow clients without end, both for their headers and at the stop.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::serve::Listener;
use futures_util::stream::{self, Stream, StreamExt};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// How long a client may take over the head of a request, and so how long an idle connection is kept: longer
/// than the 60 seconds after which the usual load balancers let go of it, so that they are the ones to do so.
const HEAD_TIMEOUT: Duration = Duration::from_secs(75);

/// An address that cannot be listened on, in a sentence with a way out.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct BindError {
    address: String,
    change_with: &'static str,
    #[source]
    cause: io::Error,
}

impl BindError {
    fn sentence(&self) -> String {
        let Self { address, change_with, cause } = self;
        let problem = match cause.kind() {
            io::ErrorKind::AddrInUse => format!("{address} is taken by another program"),
            io::ErrorKind::PermissionDenied => {
                format!("{address} may not be listened on by this user (ports below 1024 are the system's)")
            }
            io::ErrorKind::AddrNotAvailable => format!("{address} is no address of this machine"),
            _ => format!("{address} cannot be listened on ({cause})"),
        };
        format!("{problem}: choose another with {change_with}")
    }
}

/// Listens on `address`. `change_with` names, for the error, what sets it: a flag, a variable.
pub async fn bind(address: &str, change_with: &'static str) -> Result<TcpListener, BindError> {
    TcpListener::bind(address).await.map_err(|cause| BindError {
        address: address.to_owned(),
        change_with,
        cause,
    })
}

/// How serving ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// Connections that were still at work at the deadline and were cut.
    pub cut: usize,
}

/// Serves until `stop` is cancelled, then accepts nobody new, closes what is idle, lets running requests end
/// within `deadline` and cuts the rest.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: CancellationToken,
    deadline: Duration,
) -> Stopped {
    serve_with(listener, router, stop, deadline, HEAD_TIMEOUT).await
}

async fn serve_with(
    mut listener: TcpListener,
    router: Router,
    stop: CancellationToken,
    deadline: Duration,
    head_timeout: Duration,
) -> Stopped {
    let (connections, cut) = (TaskTracker::new(), CancellationToken::new());
    loop {
        // axum's way to accept: it rides out a shortage of file handles instead of failing.
        let (stream, peer) = tokio::select! {
            () = stop.cancelled() => break,
            accepted = Listener::accept(&mut listener) => accepted,
        };
        let connection = connection(stream, peer, router.clone(), head_timeout, stop.clone());
        connections.spawn(cut.clone().run_until_cancelled_owned(connection));
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
    // A handler that never yields cannot be cut; the end of the process does not wait for it.
    timeout(Duration::from_secs(1), connections.wait()).await.ok();
    stopped
}

/// One connection, to its end. HTTP/1.1 only: HTTP/2 comes with TLS, which is the proxy's business.
async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    head_timeout: Duration,
    stop: CancellationToken,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%peer, %error, "TCP_NODELAY could not be set");
    }
    let service = router.map_request(move |request: axum::http::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        request
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(head_timeout)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
    );
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    // Clients that go away, or send no HTTP, are their own business: nothing of ours failed.
    if let Err(error) = ended {
        tracing::debug!(%peer, %error, "connection ended early");
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
mod tests {
    use std::sync::Arc;

    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::sync::{Notify, mpsc};
    use tokio::task::JoinHandle;

    use super::*;

    /// No test takes this long, except one that hangs.
    const LONG: Duration = Duration::from_secs(20);
    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: h\r\n\r\n";

    struct Server {
        address: SocketAddr,
        stop: CancellationToken,
        serving: JoinHandle<Stopped>,
    }

    impl Server {
        async fn start(router: Router, deadline: Duration, head_timeout: Duration) -> Self {
            let listener = bind("127.0.0.1:0", "--listen").await.unwrap();
            let address = listener.local_addr().unwrap();
            let stop = CancellationToken::new();
            let serving = tokio::spawn(serve_with(listener, router, stop.clone(), deadline, head_timeout));
            Self { address, stop, serving }
        }

        async fn send(&self, bytes: &[u8]) -> TcpStream {
            let mut client = TcpStream::connect(self.address).await.unwrap();
            client.write_all(bytes).await.unwrap();
            client
        }

        async fn stopped(self) -> Stopped {
            timeout(LONG, self.serving).await.unwrap().unwrap()
        }
    }

    /// What a client receives until the server closes the connection, however it does that.
    async fn rest(mut client: TcpStream) -> String {
        let mut received = Vec::new();
        timeout(LONG, client.read_to_end(&mut received)).await.unwrap().ok();
        String::from_utf8(received).unwrap()
    }

    /// A route that tells when a request has come in, and answers when it is let.
    fn held() -> (Router, mpsc::UnboundedReceiver<()>, Arc<Notify>) {
        let (arrived, arrivals) = mpsc::unbounded_channel();
        let release = Arc::new(Notify::new());
        let gate = release.clone();
        let handler = move || async move {
            arrived.send(()).unwrap();
            gate.notified().await;
            "done"
        };
        (Router::new().route("/", get(handler)), arrivals, release)
    }

    #[tokio::test]
    async fn a_running_request_ends_after_the_stop_and_new_clients_are_refused() {
        let (router, mut arrivals, release) = held();
        let server = Server::start(router, LONG, LONG).await;
        let client = server.send(REQUEST).await;
        arrivals.recv().await.unwrap();

        server.stop.cancel();
        // Whoever gets in between the cancelling and the closing of the socket is let go unanswered.
        let refused = async {
            while TcpStream::connect(server.address).await.is_ok() {
                tokio::task::yield_now().await;
            }
        };
        timeout(LONG, refused).await.unwrap();
        assert!(!server.serving.is_finished());

        release.notify_one();
        let answer = rest(client).await;
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("done"), "{answer}");
        assert_eq!(server.stopped().await, Stopped { cut: 0 });
    }

    #[tokio::test]
    async fn a_request_that_does_not_end_is_cut_at_the_deadline() {
        let (router, mut arrivals, _release) = held();
        let server = Server::start(router, Duration::from_millis(20), LONG).await;
        let client = server.send(REQUEST).await;
        arrivals.recv().await.unwrap();

        server.stop.cancel();
        assert_eq!(rest(client).await, "");
        // The handler is gone with its connection: its side of the channel is closed.
        assert_eq!(server.stopped().await, Stopped { cut: 1 });
        assert!(timeout(LONG, arrivals.recv()).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn silent_and_idle_connections_do_not_hold_up_the_stop() {
        let server = Server::start(Router::new().route("/", get(|| async { "here" })), LONG, LONG).await;
        let silent = server.send(b"").await;
        let mut idle = server.send(REQUEST).await;
        let mut answer = Vec::new();
        while !answer.ends_with(b"here") {
            idle.read_buf(&mut answer).await.unwrap();
        }

        server.stop.cancel();
        assert_eq!(server.stopped().await, Stopped { cut: 0 });
        assert_eq!((rest(silent).await, rest(idle).await), (String::new(), String::new()));
    }

    #[tokio::test]
    async fn a_client_that_does_not_finish_its_headers_is_let_go() {
        let server = Server::start(Router::new(), LONG, Duration::from_millis(20)).await;
        for beginning in [&b""[..], b"GET / HTTP/1.1\r\nhost:"] {
            rest(server.send(beginning).await).await;
        }
        server.stop.cancel();
        server.stopped().await;
    }

    #[tokio::test]
    async fn a_handler_learns_the_client_s_address() {
        let handler = |ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() };
        let server = Server::start(Router::new().route("/", get(handler)), LONG, LONG).await;
        let client = server.send(b"GET / HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n").await;
        let address = client.local_addr().unwrap().to_string();
        assert!(rest(client).await.ends_with(&address));
    }

    #[tokio::test]
    async fn an_address_that_cannot_be_had_is_told_with_a_way_out() {
        let held = bind("127.0.0.1:0", "--listen").await.unwrap();
        let address = held.local_addr().unwrap().to_string();
        let error = bind(&address, "--listen or LEDGATE_HTTP_LISTEN").await.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "{address} is taken by another program: choose another with --listen or LEDGATE_HTTP_LISTEN"
            )
        );
        let error = bind("192.0.2.1:80", "--listen").await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "192.0.2.1:80 is no address of this machine: choose another with --listen"
        );
    }

    #[tokio::test]
    async fn the_first_signal_stops_and_the_second_cuts() {
        let (signal, mut signals) = mpsc::unbounded_channel();
        let signals = stream::poll_fn(move |context| signals.poll_recv(context));
        let (stop, cut) = (CancellationToken::new(), CancellationToken::new());
        let (stopping, cutting) = (stop.clone(), cut.clone());
        let following = tokio::spawn(follow(signals, stopping, move || cutting.cancel()));
        signal.send("SIGTERM").unwrap();
        timeout(LONG, stop.cancelled()).await.unwrap();
        assert!(!cut.is_cancelled());
        signal.send("SIGINT").unwrap();
        timeout(LONG, following).await.unwrap().unwrap();
        assert!(cut.is_cancelled());
    }
}
