//! Where the server listens: at an address of the network, or at a Unix socket in the file system.

use std::fmt;
use std::io;
use std::net::SocketAddr;
#[cfg(unix)]
use std::path::{Path, PathBuf};

use tokio::net::{TcpListener, TcpStream};
#[cfg(unix)]
use tokio::net::{UnixListener, UnixStream};

use crate::config::ListenAddress;

/// Who may connect to a Unix socket: the user who runs the server and the members of its group.
#[cfg(unix)]
const SOCKET_MODE: u32 = 0o660;

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
            io::ErrorKind::PermissionDenied if address.starts_with("unix:") => {
                format!("{address} cannot be made by this user, who may not write to its folder")
            }
            io::ErrorKind::PermissionDenied => {
                format!("{address} may not be listened on by this user (ports below 1024 are the system's)")
            }
            io::ErrorKind::NotFound if address.starts_with("unix:") => {
                format!("{address} cannot be made: its folder is not there")
            }
            io::ErrorKind::AddrNotAvailable => format!("{address} is no address of this machine"),
            _ => format!("{address} cannot be listened on ({cause})"),
        };
        format!("{problem}: choose another with {change_with}")
    }
}

/// What connections come in on.
#[derive(Debug)]
pub enum Listener {
    /// An address of the network.
    Tcp(TcpListener),
    /// A Unix socket.
    #[cfg(unix)]
    Unix(Socket),
}

/// A Unix socket that is listened on. Its file is removed when it is dropped.
#[cfg(unix)]
#[derive(Debug)]
pub struct Socket {
    listener: UnixListener,
    path: PathBuf,
}

#[cfg(unix)]
impl Drop for Socket {
    fn drop(&mut self) {
        std::fs::remove_file(&self.path).ok();
    }
}

/// A connection that came in.
pub(super) enum Accepted {
    Tcp(TcpStream, SocketAddr),
    #[cfg(unix)]
    Unix(UnixStream),
}

/// Where a server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// An address of the network, with its port.
    Tcp(SocketAddr),
    /// The path of a Unix socket.
    #[cfg(unix)]
    Unix(PathBuf),
}

impl Address {
    /// Whether only this machine can reach it. The mode of a Unix socket decides which of its users can.
    pub fn is_local(&self) -> bool {
        match self {
            Self::Tcp(address) => address.ip().is_loopback(),
            #[cfg(unix)]
            Self::Unix(_) => true,
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            #[cfg(unix)]
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

impl From<TcpListener> for Listener {
    fn from(listener: TcpListener) -> Self {
        Self::Tcp(listener)
    }
}

impl Listener {
    /// Where it listens.
    pub fn address(&self) -> io::Result<Address> {
        match self {
            Self::Tcp(listener) => listener.local_addr().map(Address::Tcp),
            #[cfg(unix)]
            Self::Unix(socket) => Ok(Address::Unix(socket.path.clone())),
        }
    }

    /// The next connection, in axum's way to accept: it waits out a shortage of file handles instead of failing.
    pub(super) async fn accept(&mut self) -> Accepted {
        match self {
            Self::Tcp(listener) => {
                let (stream, peer) = axum::serve::Listener::accept(listener).await;
                Accepted::Tcp(stream, peer)
            }
            #[cfg(unix)]
            Self::Unix(socket) => Accepted::Unix(axum::serve::Listener::accept(&mut socket.listener).await.0),
        }
    }
}

/// Listens on `address`. `change_with` names, for the error, what sets it: a flag, a variable.
pub async fn bind(address: &ListenAddress, change_with: &'static str) -> Result<Listener, BindError> {
    let failed = |cause| BindError { address: address.to_string(), change_with, cause };
    #[cfg(unix)]
    if let Some(path) = address.unix_path() {
        return bind_socket(path).await.map(Listener::Unix).map_err(failed);
    }
    TcpListener::bind(address.as_str()).await.map(Listener::Tcp).map_err(failed)
}

/// A socket that a killed server left behind is replaced; one that somebody listens on, or a file that is no socket,
/// is left alone.
#[cfg(unix)]
async fn bind_socket(path: &Path) -> io::Result<Socket> {
    use std::os::unix::fs::PermissionsExt;

    if is_left_behind(path).await {
        std::fs::remove_file(path)?;
    }
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(SOCKET_MODE))?;
    Ok(Socket { listener, path: path.to_owned() })
}

#[cfg(unix)]
async fn is_left_behind(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt;

    let is_socket = std::fs::symlink_metadata(path).is_ok_and(|file| file.file_type().is_socket());
    let refused = |error: io::Error| error.kind() == io::ErrorKind::ConnectionRefused;
    is_socket && UnixStream::connect(path).await.is_err_and(refused)
}
