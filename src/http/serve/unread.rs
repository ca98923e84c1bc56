//! Bodies that were not read to their end, as when a request is refused because it is too large. A connection that is
//! closed while bytes lie unread is reset, and the reset overtakes the answer: the client sees a broken pipe instead
//! of the refusal. So the rest is read and thrown away for a moment, until the client has had the time to look.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Bytes, HttpBody};
use hyper::body::{Frame, Incoming, SizeHint};

/// How long the rest of a body is thrown away before the connection is closed.
pub const LINGER: Duration = Duration::from_secs(3);

/// Whether a part of the last request's body lies unread. Shared by a connection and the bodies that come on it.
#[derive(Clone, Debug, Default)]
pub struct Unread(Arc<AtomicBool>);

impl Unread {
    /// Whether it is so.
    pub fn is_some(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn set(&self, unread: bool) {
        self.0.store(unread, Ordering::Relaxed);
    }

    /// The body, which tells from now on whether its end was reached.
    pub fn watch(&self, body: Incoming) -> Watched {
        self.set(!body.is_end_stream());
        Watched { body, unread: self.clone() }
    }
}

/// A body that tells whether it was read to its end.
pub struct Watched {
    body: Incoming,
    unread: Unread,
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if matches!(frame, Poll::Ready(None)) || self.body.is_end_stream() {
            self.unread.set(false);
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
