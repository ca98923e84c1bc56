//! Bodies as they arrive: the thread that reads the files in one waits for each piece.

use std::io::{self, Read};
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes};
use futures_util::StreamExt;
use tokio::sync::mpsc::{self, Receiver, Sender};

use crate::service::Source;

/// Pieces that may wait to be read.
const WAITING: usize = 4;

/// A piece of what arrives.
pub enum Piece {
    /// A file of this name begins.
    File(String),
    /// More of it.
    Bytes(Bytes),
    /// The body broke off: nothing more comes.
    Broken(io::Error),
}

/// The way of pieces from the task that takes them in to the thread that reads the files which they make.
pub fn pieces() -> (Sender<Piece>, Files) {
    let (sender, receiver) = mpsc::channel(WAITING);
    (sender, Files(Arc::new(Mutex::new(Pieces { receiver, next: None }))))
}

/// Hands on a body that is a file as it is. Returns when the body or its reader has ended.
pub async fn hand_on(body: Body, pieces: &Sender<Piece>) {
    let mut frames = body.into_data_stream();
    while let Some(frame) = frames.next().await {
        let is_over = frame.is_err();
        let piece = frame.map_or_else(|error| Piece::Broken(io::Error::other(error)), Piece::Bytes);
        if pieces.send(piece).await.is_err() || is_over {
            break;
        }
    }
}

/// The files, each of which is there when the one before has been read.
pub struct Files(Arc<Mutex<Pieces>>);

struct Pieces {
    receiver: Receiver<Piece>,
    /// The file that begins next, met at the end of the one before.
    next: Option<String>,
}

impl Files {
    /// The only file, whose beginning no piece tells.
    pub fn whole(self) -> impl Read + Send + 'static {
        self.arriving()
    }

    /// The file whose pieces come next.
    fn arriving(&self) -> Arriving {
        Arriving { pieces: Arc::clone(&self.0), rest: Bytes::new(), is_over: false }
    }
}

impl Iterator for Files {
    type Item = Source;

    fn next(&mut self) -> Option<Source> {
        let mut pieces = self.0.lock().ok()?;
        let name = match pieces.next.take() {
            Some(name) => name,
            None => loop {
                match pieces.receiver.blocking_recv()? {
                    Piece::File(name) => break name,
                    // The reader stopped before the end of the file: the rest is passed over.
                    Piece::Bytes(_) => {}
                    Piece::Broken(error) => {
                        return Some(Source { name: String::new(), input: Box::new(Failing(Some(error))) });
                    }
                }
            },
        };
        Some(Source { name, input: Box::new(self.arriving()) })
    }
}

/// One file.
struct Arriving {
    pieces: Arc<Mutex<Pieces>>,
    rest: Bytes,
    is_over: bool,
}

impl Read for Arriving {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() && !self.is_over {
            let Ok(mut pieces) = self.pieces.lock() else { return Err(io::ErrorKind::Other.into()) };
            match pieces.receiver.blocking_recv() {
                Some(Piece::Bytes(bytes)) => self.rest = bytes,
                Some(Piece::Broken(error)) => return Err(error),
                Some(Piece::File(name)) => {
                    pieces.next = Some(name);
                    self.is_over = true;
                }
                None => self.is_over = true,
            }
        }
        let count = self.rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&self.rest.split_to(count));
        Ok(count)
    }
}

/// Stands for a file that never arrived: reading it gives the error.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(self.0.take().unwrap_or_else(|| io::ErrorKind::UnexpectedEof.into()))
    }
}
