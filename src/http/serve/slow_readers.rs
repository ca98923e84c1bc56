//! Clients that do not read their answers. Such an answer waits in memory, or holds a connection to the database, so the
//! client is cut off. hyper has a time limit for reading and none for writing.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

use super::unread::{LINGER, Unread};

/// How many bytes a client has to read within the patience.
const ENOUGH: usize = 64 << 10;

/// A stream whose writes fail when the other side reads too slowly.
pub struct Impatient<S> {
    stream: S,
    patience: Duration,
    /// Bytes written since the client last had read enough.
    written: usize,
    /// How long writes have waited since then, without the wait that is going on.
    waited: Duration,
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
    unread: Unread,
    /// Until when the rest of a body is read and thrown away.
    lingering: Option<Pin<Box<Sleep>>>,
}

impl<S> Impatient<S> {
    /// With this much patience. `unread` says, when the connection is closed, whether a body lies unread.
    pub fn new(stream: S, patience: Duration, unread: Unread) -> Self {
        Self { stream, patience, written: 0, waited: Duration::ZERO, waiting: None, unread, lingering: None }
    }

    fn judge(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if let Poll::Ready(written) = written {
            if let Some((since, _)) = self.waiting.take() {
                self.waited += since.elapsed();
            }
            self.written += written.as_ref().map_or(0, |written| *written);
            if self.written >= ENOUGH {
                (self.written, self.waited) = (0, Duration::ZERO);
            }
            return Poll::Ready(written);
        }
        let left = self.patience.saturating_sub(self.waited);
        let (_, end) = self.waiting.get_or_insert_with(|| (Instant::now(), Box::pin(sleep(left))));
        if end.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the client does not read its answer")))
    }
}

impl<S: AsyncRead + Unpin> Impatient<S> {
    /// Reads and throws away what comes, until the other side ends or the time is over.
    fn throw_away(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let end = self.lingering.get_or_insert_with(|| Box::pin(sleep(LINGER)));
        if end.as_mut().poll(context).is_ready() {
            return Poll::Ready(());
        }
        let mut bytes = [0; 16 << 10];
        loop {
            let mut buffer = ReadBuf::new(&mut bytes);
            match Pin::new(&mut self.stream).poll_read(context, &mut buffer) {
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {}
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Impatient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.judge(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.judge(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.lingering.is_none() {
            // This tells the client that the answer is complete.
            std::task::ready!(Pin::new(&mut self.stream).poll_shutdown(context))?;
            if !self.unread.is_some() {
                return Poll::Ready(Ok(()));
            }
        }
        self.throw_away(context).map(Ok)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Impatient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}
