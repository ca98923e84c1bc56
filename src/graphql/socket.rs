//! Subscriptions over WebSocket, in the words of the protocol graphql-transport-ws: what a client says, and the operations
//! of a connection. The connection itself is held by `http`.
//!
//! async-graphql-axum carries the operations. It answers a second operation of one id by forgetting the first, knows no
//! limits, has two close codes of its own and one text for every failure. So it is told numbers in place of the client's
//! ids, one number for each operation, and everything passes through here on its way in and out
//! (docs/decisions/0024-subscriptions-over-websocket.md).

mod messages;
mod operations;

use std::borrow::Cow;

pub use messages::{Said, read};
pub use operations::{Next, Operations, Session};

/// The name of the protocol, as `Sec-WebSocket-Protocol` has it.
pub const PROTOCOL: &str = "graphql-transport-ws";

/// Longest reason of a close frame, in bytes.
const LONGEST_REASON: usize = 123;

/// Why a connection is closed: a code of the protocol or of RFC 6455, and a sentence for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Close {
    /// The code.
    pub code: u16,
    /// The sentence.
    pub reason: Cow<'static, str>,
}

impl Close {
    /// A message cannot be understood.
    pub const INVALID: u16 = 4400;
    /// The client has no valid token, or has none any more, or did not begin.
    pub const UNAUTHORIZED: u16 = 4401;
    /// The client may not use what it asks for.
    pub const FORBIDDEN: u16 = 4403;
    /// The client did not begin in time.
    pub const NOT_BEGUN: u16 = 4408;
    /// The client gave two operations the same id.
    pub const DOUBLED: u16 = 4409;
    /// The client does not read what is sent to it.
    pub const SLOW: u16 = 4413;
    /// The client began twice.
    pub const BEGUN_TWICE: u16 = 4429;
    /// A fault of ours.
    pub const FAULT: u16 = 4500;
    /// A frame cannot be read.
    pub const BROKEN: u16 = 1002;
    /// A message is too large.
    pub const TOO_LARGE: u16 = 1009;
    /// The server stops. Another one, or the same, may be there in a moment.
    pub const STOPPING: u16 = 1012;
    /// There is no room just now.
    pub const LATER: u16 = 1013;

    /// A close with this code. The reason may repeat what was sent; it is cut when it is long.
    pub fn new(code: u16, reason: impl Into<Cow<'static, str>>) -> Self {
        let mut reason = reason.into();
        if reason.len() > LONGEST_REASON {
            let mut text = reason.into_owned();
            text.truncate(text.floor_char_boundary(LONGEST_REASON - '…'.len_utf8()));
            text.push('…');
            reason = text.into();
        }
        Self { code, reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_fits_into_a_close_frame_whatever_it_repeats() {
        for text in ["short".to_owned(), "x".repeat(123), "x".repeat(124), "é".repeat(200), "€".repeat(200)]
        {
            let reason = Close::new(Close::INVALID, text.clone()).reason;
            assert!(reason.len() <= LONGEST_REASON, "{} bytes", reason.len());
            assert_eq!(reason == text, text.len() <= LONGEST_REASON, "{reason}");
        }
    }
}
