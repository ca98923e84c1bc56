//! Real sockets on free ports. Tests are told what has happened by channels; none sleeps for it.

use std::sync::Arc;

use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
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
    async fn start(router: Router, deadline: Duration, head: Duration) -> Self {
        Self::start_with(router, deadline, Patience { head, answer: LONG }).await
    }

    async fn start_with(router: Router, deadline: Duration, patience: Patience) -> Self {
        let listener = bind(&"127.0.0.1:0".parse().unwrap(), "--listen").await.unwrap();
        let Address::Tcp(address) = listener.address().unwrap() else { panic!("no TCP") };
        let stop = CancellationToken::new();
        let serving = tokio::spawn(serve(listener, router, stop.clone(), deadline, patience));
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
    let held = bind(&"127.0.0.1:0".parse().unwrap(), "--listen").await.unwrap();
    let address = held.address().unwrap().to_string();
    let error = bind(&address.parse().unwrap(), "--listen or LEDGATE_HTTP_LISTEN").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("{address} is taken by another program: choose another with --listen or LEDGATE_HTTP_LISTEN")
    );
    let error = bind(&"192.0.2.1:80".parse().unwrap(), "--listen").await.unwrap_err();
    assert_eq!(error.to_string(), "192.0.2.1:80 is no address of this machine: choose another with --listen");
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

/// Says that it is gone.
struct Gone(mpsc::UnboundedSender<()>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.send(()).ok();
    }
}

/// An answer without an end, and the sign that it is not being written any more.
fn endless() -> (Router, mpsc::UnboundedReceiver<()>) {
    let (sign, ended) = mpsc::unbounded_channel::<()>();
    let handler = move || async move {
        let gone = Gone(sign);
        let chunks = stream::repeat_with(move || {
            let _ = &gone;
            Ok::<_, io::Error>(vec![b'x'; 64 << 10])
        });
        Body::from_stream(chunks)
    };
    (Router::new().route("/", get(handler)), ended)
}

#[tokio::test]
async fn a_client_that_does_not_take_its_answer_is_cut_off() {
    let (router, mut ended) = endless();
    let patience = Patience { head: LONG, answer: Duration::from_millis(50) };
    let server = Server::start_with(router, LONG, patience).await;
    let mut client = server.send(REQUEST).await;
    // Of this much it takes some, and then nothing more.
    client.read_exact(&mut [0; 1000]).await.unwrap();
    timeout(LONG, ended.recv()).await.unwrap().unwrap();
    server.stop.cancel();
    assert_eq!(server.stopped().await, Stopped { cut: 0 });
}

#[tokio::test]
async fn a_client_that_takes_a_little_now_and_then_is_cut_off_as_well() {
    let (client, server) = tokio::io::duplex(1000);
    let (mut client, mut server) =
        (client, Impatient::new(server, Duration::from_millis(50), Unread::default()));
    let reading = tokio::spawn(async move {
        while client.read_exact(&mut [0; 10]).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    let error = timeout(LONG, async {
        loop {
            if let Err(error) = server.write_all(&[0; 1000]).await {
                break error;
            }
        }
    });
    assert_eq!(error.await.unwrap().kind(), io::ErrorKind::TimedOut);
    reading.abort();
}

#[tokio::test]
async fn a_client_that_takes_its_answer_gets_all_of_it_however_long_that_takes() {
    let (client, server) = tokio::io::duplex(16 << 10);
    let (mut client, mut server) =
        (client, Impatient::new(server, Duration::from_millis(200), Unread::default()));
    let writing = tokio::spawn(async move {
        for _ in 0..64 {
            server.write_all(&[0; 64 << 10]).await?;
        }
        io::Result::Ok(())
    });
    let (mut taken, mut part) = (0, vec![0; 64 << 10]);
    // Some hundred waits, which are longer than the patience when they are taken together.
    while let Ok(length @ 1..) = client.read(&mut part).await {
        taken += length;
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    writing.await.unwrap().unwrap();
    assert_eq!(taken, 64 * (64 << 10));
}
