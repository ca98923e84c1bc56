//! A TCP proxy that plays a bad network, which cuts, stalls and slows connections, and an address that moves to another
//! server. The torture shares this file.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What the network does at the moment.
#[derive(Clone, Copy, Debug)]
pub struct Weather {
    /// Connections of an earlier number are cut.
    pub epoch: u64,
    /// Whether nothing moves.
    pub stalled: bool,
    /// Whether new connections are refused.
    pub refused: bool,
    /// How long each piece takes.
    pub delay: Duration,
    /// After so many bytes of answers a connection is cut.
    pub cut_after: Option<usize>,
}

const FAIR: Weather =
    Weather { epoch: 0, stalled: false, refused: false, delay: Duration::ZERO, cut_after: None };

/// A proxy on a free port of 127.0.0.1.
pub struct Proxy {
    /// Where it listens.
    pub address: SocketAddr,
    target: watch::Sender<SocketAddr>,
    weather: watch::Sender<Weather>,
}

impl Proxy {
    /// Starts one that leads to the target.
    pub async fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (weather, told) = watch::channel(FAIR);
        let (target, leads_to) = watch::channel(target);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, leads_to.clone(), told.clone()));
            }
        });
        Self { address, target, weather }
    }

    /// Leads to another target from now on, and cuts every connection to the old one.
    pub fn move_to(&self, target: SocketAddr) {
        self.target.send_replace(target);
        self.cut();
    }

    /// Cuts every connection.
    pub fn cut(&self) {
        self.weather.send_modify(|weather| weather.epoch += 1);
    }

    /// Changes the weather.
    pub fn change(&self, change: impl FnOnce(&mut Weather)) {
        self.weather.send_modify(change);
    }

    /// Makes it fair again; connections that were cut stay so.
    pub fn clear(&self) {
        self.weather.send_modify(|weather| *weather = Weather { epoch: weather.epoch, ..FAIR });
    }
}

async fn carry(
    mut client: TcpStream,
    leads_to: watch::Receiver<SocketAddr>,
    mut weather: watch::Receiver<Weather>,
) {
    // In this order, so that no connection to an old target outlives the move.
    let epoch = weather.borrow().epoch;
    let target = *leads_to.borrow();
    let server = if weather.borrow().refused { None } else { TcpStream::connect(target).await.ok() };
    let Some(mut server) = server else {
        client.set_zero_linger().ok();
        return;
    };
    client.set_nodelay(true).ok();
    server.set_nodelay(true).ok();
    let (from_client, to_client) = client.split();
    let (from_server, to_server) = server.split();
    let asking = pump(from_client, to_server, weather.clone(), false);
    let answering = pump(from_server, to_client, weather.clone(), true);
    let whole = tokio::select! {
        _ = weather.wait_for(|weather| weather.epoch != epoch) => false,
        ended = async { tokio::try_join!(asking, answering) } => ended.is_ok(),
    };
    if !whole {
        // Reset, not ended: an end might be taken for the whole.
        client.set_zero_linger().ok();
        server.set_zero_linger().ok();
    }
}

async fn pump(
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    mut weather: watch::Receiver<Weather>,
    answers: bool,
) -> std::io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    let mut budget = None;
    loop {
        let read = from.read(&mut buffer).await?;
        if read == 0 {
            return to.shutdown().await;
        }
        weather.wait_for(|weather| !weather.stalled).await.map_err(std::io::Error::other)?;
        let now = *weather.borrow();
        tokio::time::sleep(now.delay).await;
        let piece = &buffer[..read];
        match now.cut_after.filter(|_| answers) {
            None => budget = None,
            Some(bytes) => {
                let left = budget.get_or_insert(bytes);
                if piece.len() > *left {
                    to.write_all(&piece[..*left]).await?;
                    to.flush().await?;
                    return Err(std::io::ErrorKind::ConnectionReset.into());
                }
                *left -= piece.len();
            }
        }
        to.write_all(piece).await?;
    }
}
