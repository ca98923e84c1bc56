//! The door for WebSockets: `GET /graphql` that asks for an upgrade goes on as a connection for subscriptions.
//!
//! A browser can send no token with it, so it is let through without one and has to bring one in its first message. What
//! it can do until then is bounded: connections are counted from the upgrade on, and end soon when nothing comes.

mod conversation;
mod ending;
mod pace;
mod room;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

use super::authenticate::{Doors, bearer_token};
use super::ledger_paths::Asked;
use super::load::Load;
use super::refusal::Refuser;
use super::serve::Hosted;
use crate::config::{Names, Origin, Settings, SocketsSettings};
use crate::domain::Code;
use crate::graphql::Engine;
use crate::graphql::socket::{Operations, PROTOCOL};
use crate::request::{Places, RequestId, is_foreign_socket};
use conversation::{Conversation, Entrance};
use room::CallerRoom;

/// The factor from the largest message that is taken to the largest that is read to its end, so that its sender can be told.
const READ_TO_ITS_END: usize = 4;

/// Bytes that are read and written at once. Most messages are shorter, and each connection holds both.
const BUFFER: usize = 4 << 10;

/// What all connections share. Cheap to clone.
#[derive(Clone)]
pub struct Sockets(Arc<Shared>);

struct Shared {
    doors: Doors,
    engine: Engine,
    origins: Names<Origin>,
    settings: SocketsSettings,
    /// For connections.
    places: Places,
    /// For connections of one caller.
    callers: CallerRoom,
    /// For requests at work on any ledger.
    requests: Places,
}

impl Sockets {
    /// Connections through these doors, answered by this engine. What happens on them takes places of `load`.
    pub fn new(doors: Doors, engine: Engine, load: &Load, settings: &Settings) -> Self {
        let sockets = settings.sockets.clone();
        Self(Arc::new(Shared {
            doors,
            engine,
            origins: settings.http.allowed_origins.clone(),
            places: Places::new(sockets.max_connections),
            callers: CallerRoom::new(sockets.max_connections_per_caller),
            settings: sockets,
            requests: load.requests(),
        }))
    }
}

/// Takes requests for an upgrade, and hands all others on.
pub async fn upgraded(State(Sockets(shared)): State<Sockets>, request: Request, next: Next) -> Response {
    if !asks_for_upgrade(&request) {
        return next.run(request).await;
    }
    let refuser = Refuser::of(&request);
    let (mut parts, _) = request.into_parts();
    if is_foreign_socket(&parts.headers, &shared.origins) {
        let message = "pages of other sites may not connect: http.allowed_origins names those that may";
        return refuser.refuse(StatusCode::FORBIDDEN, Code::Forbidden, message);
    }
    let upgrade = match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
        Ok(upgrade) => upgrade.protocols([PROTOCOL]),
        Err(rejection) => {
            let message = "this is no upgrade to a WebSocket of version 13, as RFC 6455 has it";
            let status = rejection.into_response().status();
            let mut response = refuser.refuse(status, Code::BadUserInput, message);
            let version = HeaderValue::from_static("13");
            response.headers_mut().insert(header::SEC_WEBSOCKET_VERSION, version);
            return response;
        }
    };
    if upgrade.selected_protocol().is_none() {
        let message = "this address speaks graphql-transport-ws: name it in Sec-WebSocket-Protocol";
        return refuser.refuse(StatusCode::BAD_REQUEST, Code::BadUserInput, message);
    }
    let Some(hosted) = parts.extensions.remove::<Hosted>() else {
        let message = "this server takes no WebSockets";
        return refuser.refuse(StatusCode::INTERNAL_SERVER_ERROR, Code::InternalServerError, message);
    };
    let Some(place) = shared.places.take_now() else {
        let message = format!(
            "this server holds {} connections for subscriptions, and may hold no more: try again",
            shared.places.count()
        );
        return refuser.refuse(StatusCode::SERVICE_UNAVAILABLE, Code::Unavailable, &message);
    };
    let entrance = Entrance {
        doors: shared.doors.clone(),
        asked: parts.extensions.get::<Asked>().cloned(),
        token: bearer_token(&parts.headers).map(str::to_owned),
        callers: shared.callers.clone(),
        requests: shared.requests.clone(),
    };
    let settings = shared.settings.clone();
    let operations = Operations::new(shared.engine.clone(), settings.max_subscriptions_per_connection);
    let request_id = parts.extensions.get::<RequestId>().cloned();
    let span = tracing::Span::current();
    let stay = hosted.stay();
    let upgrade = upgrade
        .read_buffer_size(BUFFER)
        .write_buffer_size(BUFFER)
        .max_message_size(settings.max_message_bytes * READ_TO_ITS_END)
        .max_frame_size(settings.max_message_bytes * READ_TO_ITS_END);
    upgrade.on_upgrade(move |socket| async move {
        let cut = hosted.cut.clone();
        let conversation = Conversation::new(socket, entrance, operations, settings, hosted.stop);
        let held = async move {
            conversation.hold().await;
            drop((place, stay));
        };
        let work = cut.run_until_cancelled(held.instrument(span));
        let _: Option<()> = match request_id {
            Some(id) => id.scope(work).await,
            None => work.await,
        };
    })
}

fn asks_for_upgrade(request: &Request<Body>) -> bool {
    request.method() == Method::GET
        && request.uri().path() == "/graphql"
        && names_websocket(request.headers())
}

fn names_websocket(headers: &HeaderMap) -> bool {
    headers.get(header::UPGRADE).is_some_and(|to| to.as_bytes().eq_ignore_ascii_case(b"websocket"))
}
