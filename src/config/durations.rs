//! The settings that are times, as those who wait take them.

use std::time::Duration;

use super::{DatabaseSettings, HttpSettings, SocketsSettings, WebhookSettings};

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

impl DatabaseSettings {
    /// How long a request waits for a free connection.
    pub fn acquire_timeout(&self) -> Duration {
        seconds(self.acquire_timeout_seconds)
    }

    /// How long PostgreSQL works on one statement.
    pub fn statement_timeout(&self) -> Duration {
        seconds(self.statement_timeout_seconds)
    }
}

impl HttpSettings {
    /// How long a request may take.
    pub fn request_timeout(&self) -> Duration {
        seconds(self.request_timeout_seconds)
    }

    /// How long a client may take to send the head of a request, and how long an idle connection is kept.
    pub fn head_timeout(&self) -> Duration {
        seconds(self.head_timeout_seconds)
    }

    /// How long a client may take to send the body of a request.
    pub fn body_timeout(&self) -> Duration {
        seconds(self.body_timeout_seconds)
    }

    /// How long a client may take to read the next part of an answer.
    pub fn answer_timeout(&self) -> Duration {
        seconds(self.answer_timeout_seconds)
    }

    /// How long running requests may go on once the program is told to stop.
    pub fn shutdown_deadline(&self) -> Duration {
        seconds(self.shutdown_deadline_seconds)
    }
}

impl SocketsSettings {
    /// How long a client may take to begin.
    pub fn init_timeout(&self) -> Duration {
        seconds(self.init_timeout_seconds)
    }

    /// After how long a silence a client is pinged.
    pub fn ping_after(&self) -> Duration {
        seconds(self.ping_seconds)
    }

    /// How long a client may take to answer a ping.
    pub fn pong_timeout(&self) -> Duration {
        seconds(self.pong_timeout_seconds)
    }

    /// How long one message may wait for a client to read.
    pub fn reader_patience(&self) -> Duration {
        seconds(self.slow_reader_seconds)
    }
}

impl WebhookSettings {
    /// For how long what happens is collected.
    pub fn debounce(&self) -> Duration {
        Duration::from_millis(self.debounce_ms)
    }

    /// How long a receiver may take to answer.
    pub fn timeout(&self) -> Duration {
        seconds(self.timeout_seconds)
    }
}
