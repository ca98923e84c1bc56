//! A body as it arrives: the thread that reads it waits for each piece.

use std::io::{self, Read};

use axum::body::{Body, Bytes};
use futures_util::StreamExt;
use tokio::sync::mpsc::{self, Receiver};
use tokio::task::JoinHandle;

/// Pieces that may wait to be read.
const WAITING: usize = 4;

/// What has arrived of a body, and waits for more.
pub struct Arriving {
    pieces: Receiver<io::Result<Bytes>>,
    rest: Bytes,
}

impl Arriving {
    /// Of this body, which the task hands on. The task ends by itself when the body or its reader has ended.
    pub fn of(body: Body) -> (Self, JoinHandle<()>) {
        let (sender, pieces) = mpsc::channel(WAITING);
        let handing_on = tokio::spawn(async move {
            let mut frames = body.into_data_stream();
            while let Some(frame) = frames.next().await {
                let is_over = frame.is_err();
                if sender.send(frame.map_err(io::Error::other)).await.is_err() || is_over {
                    break;
                }
            }
        });
        (Self { pieces, rest: Bytes::new() }, handing_on)
    }
}

impl Read for Arriving {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() {
            match self.pieces.blocking_recv() {
                Some(piece) => self.rest = piece?,
                None => return Ok(0),
            }
        }
        let count = self.rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&self.rest.split_to(count));
        Ok(count)
    }
}
