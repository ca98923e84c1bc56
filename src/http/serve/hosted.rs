//! Connections that go on as something else than HTTP, as WebSockets do. The server has given them away, and still waits for
//! them when it stops.

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

/// What such a connection has to know of the server. Every request has it among its extensions.
#[derive(Clone, Debug)]
pub struct Hosted {
    /// Cancelled when the server stops: the connection says goodbye to its client and ends.
    pub stop: CancellationToken,
    /// Cancelled when the time for that is over.
    pub cut: CancellationToken,
    connections: TaskTracker,
}

impl Hosted {
    /// On a server that is stopped and cut by these, and waits for these connections.
    pub(super) fn new(stop: CancellationToken, cut: CancellationToken, connections: TaskTracker) -> Self {
        Self { stop, cut, connections }
    }

    /// Has the server wait until what is given is dropped. To be taken before the request is answered.
    pub fn stay(&self) -> TaskTrackerToken {
        self.connections.token()
    }
}
