//! The composition root: settings in, a running gateway out. Tests start the same one, with a clock and a port
//! of their own.

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::config::Settings;
use crate::graphql::TrustedDocuments;
use crate::http::Access;
use crate::http::serve::{Listener, Patience, Stopped, serve};
use crate::ledgers::Ledgers;
use crate::service::Ledger;

pub use crate::ledgers::{OpenError, open, open_existing};

/// A gateway that answers until it is told to stop.
#[derive(Debug)]
pub struct Gateway {
    /// Answers requests; ends when the last one is answered or cut.
    pub server: JoinHandle<Stopped>,
    /// Works in the background; ends after the step it is at.
    pub background: JoinHandle<()>,
    /// Ends the background work alone.
    pub stop_background: CancellationToken,
    /// The ledgers that it serves. To be closed when the server and the background work have ended.
    pub ledgers: Ledgers,
}

impl Gateway {
    /// Starts answering on the listener and working in the background, until `stop`: for this ledger, which is `main`,
    /// and for those of the settings.
    pub fn start(
        main: Ledger,
        listener: impl Into<Listener>,
        access: Access,
        settings: &Settings,
        trusted: TrustedDocuments,
        stop: &CancellationToken,
    ) -> std::io::Result<Self> {
        let listener = listener.into();
        let ledgers = Ledgers::new(main, settings);
        let router = crate::http::router(ledgers.clone(), access, settings, trusted, &listener.address()?);
        let http = &settings.http;
        let deadline = http.shutdown_deadline();
        let server = tokio::spawn(serve(listener, router, stop.clone(), deadline, Patience::from(http)));
        let stop_background = stop.child_token();
        let (stop, at_work) = (stop_background.clone(), ledgers.clone());
        let background = tokio::spawn(async move { at_work.work_in_background(stop).await });
        Ok(Self { server, background, stop_background, ledgers })
    }
}
