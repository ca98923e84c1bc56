//! Files as the parts of a form (`multipart/form-data`), which is how browsers and most HTTP clients send them.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes};
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::{HeaderMap, StatusCode, header};
use futures_util::{Stream, StreamExt};
use tokio::sync::mpsc::Sender;
use utoipa::ToSchema;

use crate::domain::{Code, Fault, Step};
use crate::rest::arriving::Piece;
use crate::rest::problem::Problem;

/// The name that every part of the form has.
const FILE: &str = "file";
/// Most files of one form.
const MOST_FILES: usize = 1_000;
/// Most characters in the name of a file.
const LONGEST_NAME: usize = 500;
/// Most bytes that the parser may be given before it gives a part, or a piece of one: it holds the headers of a part in
/// memory.
const MOST_HELD: usize = 1 << 20;
/// Most characters of what the parser says of a form: it repeats the names of headers.
const LONGEST_REASON: usize = 200;

/// A form with the files of one import. It is only described here.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described")]
pub struct ImportForm {
    /// The files, each a part of this name with its filename: at most 1,000.
    #[schema(value_type = Vec<String>, format = Binary, min_items = 1, max_items = 1000)]
    file: Vec<Bytes>,
}

/// Whether the body is a form.
pub fn is_form(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.and_then(|text| text.split(';').next()).unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("multipart/form-data")
}

/// What is wrong with the name of a file, if anything is.
pub fn wrong_name(name: &str) -> Option<&'static str> {
    (name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control))
        .then_some("the name of a file has at most 500 characters, and no control characters")
}

/// Why a form was not read to its end.
enum Failed {
    /// It is not as a form of files has to be.
    Form(Box<Problem>),
    /// The body could not be read to its end.
    Body(io::Error),
    /// The import has ended already.
    Forsaken,
}

/// Hands on the files of a form, part by part as they come in. What is wrong with the form is returned, after the import
/// was told that no more comes.
pub async fn hand_on(request: Request, pieces: &Sender<Piece>) -> Result<(), Problem> {
    let held = Held::default();
    let error = match Form::read(request, &held, pieces).await {
        Ok(()) | Err(Failed::Forsaken) => return Ok(()),
        Err(Failed::Body(error)) => {
            // When the import has ended already, nobody has to be told.
            let _ = pieces.send(Piece::Broken(error)).await;
            return Ok(());
        }
        Err(Failed::Form(problem)) => *problem,
    };
    Err(error)
}

/// What is known of the bytes between the connection and the parser.
#[derive(Clone, Default)]
struct Held {
    /// Bytes that the parser was given since it last gave a part, or a piece of one.
    bytes: Arc<AtomicUsize>,
    /// Why the body ended, if it did before its end.
    error: Arc<Mutex<Option<io::Error>>>,
}

struct Form<'a> {
    held: &'a Held,
    pieces: &'a Sender<Piece>,
}

impl Form<'_> {
    async fn read(request: Request, held: &Held, pieces: &Sender<Piece>) -> Result<(), Failed> {
        let form = Form { held, pieces };
        let (parts, body) = request.into_parts();
        let mut request = Request::from_parts(parts, Body::from_stream(in_measure(body, held.clone())));
        // Imports have a limit of their own, which the body keeps to already.
        DefaultBodyLimit::disable().apply(&mut request);
        let mut parts = Multipart::from_request(request, &())
            .await
            .map_err(|_| malformed("its Content-Type does not tell the boundary between its parts"))?;
        let mut count = 0;
        while let Some(part) = form.made(parts.next_field().await)? {
            form.part(part, count).await?;
            count += 1;
        }
        match count {
            0 => Err(faulty(Code::NoItems, "the form has no part named \"file\"", vec!["parts".into()])),
            _ => Ok(()),
        }
    }

    async fn part(&self, mut part: Field<'_>, number: usize) -> Result<(), Failed> {
        let place = |step: &str| vec!["parts".into(), number.into(), step.into()];
        if number >= MOST_FILES {
            let message = format!("a form has at most {MOST_FILES} files");
            return Err(faulty(Code::TooManyItems, &message, vec!["parts".into(), number.into()]));
        }
        if part.name() != Some(FILE) {
            let message = "every part of the form is named \"file\"; options are parameters of the address";
            return Err(faulty(Code::InvalidBody, message, place("name")));
        }
        // Browsers that send a folder put the names of its folders in front.
        let name =
            part.file_name().unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        if name.trim().is_empty() {
            return Err(faulty(
                Code::InvalidBody,
                "the part has no filename: it is no file",
                place("filename"),
            ));
        }
        if let Some(message) = wrong_name(&name) {
            return Err(faulty(Code::InvalidBody, message, place("filename")));
        }
        self.send(Piece::File(name)).await?;
        while let Some(bytes) = self.made(part.chunk().await)? {
            self.send(Piece::Bytes(bytes)).await?;
        }
        Ok(())
    }

    async fn send(&self, piece: Piece) -> Result<(), Failed> {
        self.pieces.send(piece).await.map_err(|_| Failed::Forsaken)
    }

    /// What the reader of the form made of the bytes that it had.
    fn made<T>(&self, made: Result<T, MultipartError>) -> Result<T, Failed> {
        self.held.bytes.store(0, Ordering::Relaxed);
        made.map_err(|error| {
            let of_body = self.held.error.lock().ok().and_then(|mut error| error.take());
            of_body.map_or_else(|| malformed(&error.body_text()), Failed::Body)
        })
    }
}

/// The body, one frame at a time. The reader of a form takes whatever has arrived, however much that is, and goes on until
/// it has to wait: so it waits once a frame, and its memory stays flat.
fn in_measure(body: Body, held: Held) -> impl Stream<Item = io::Result<Bytes>> + Send {
    async_stream::stream! {
        let mut frames = body.into_data_stream();
        while let Some(frame) = frames.next().await {
            let frame = frame.map_err(io::Error::other).and_then(|frame| {
                let count = held.bytes.fetch_add(frame.len(), Ordering::Relaxed) + frame.len();
                if count <= MOST_HELD {
                    return Ok(frame);
                }
                Err(io::Error::other("the headers of a part of the form are too long"))
            });
            if let (Err(error), Ok(mut kept)) = (&frame, held.error.lock()) {
                *kept = Some(io::Error::new(error.kind(), error.to_string()));
            }
            yield frame;
            tokio::task::yield_now().await;
        }
    }
}

fn faulty(code: Code, message: &str, path: Vec<Step>) -> Failed {
    let mut fault = Fault::new(code, format!("{message}; nothing was written"));
    fault.path = path;
    Failed::Form(Box::new(Problem::refused(StatusCode::UNPROCESSABLE_ENTITY, vec![fault])))
}

fn malformed(reason: &str) -> Failed {
    let reason: String = reason.chars().take(LONGEST_REASON).collect();
    let message = format!("the body is no whole form: {reason}; nothing was written");
    Failed::Form(Box::new(Problem::new(StatusCode::BAD_REQUEST, Code::InvalidBody, message)))
}
