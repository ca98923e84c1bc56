//! The pages: the console at `/` for people who export, GraphiQL at `/graphiql` for people who explore. Where they were not
//! built, a small page of our own stands in their place. None asks any other host for anything, and the content security policy
//! holds them to that.
//!
//! A debug build reads the files when they are asked for, so that what `scripts/pages` builds is there without compiling
//! again; a release build has them inside.

use std::borrow::Cow;

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::{EmbeddedFile, RustEmbed};

/// What `scripts/pages` builds of the console; empty in a plain `cargo build`.
#[derive(RustEmbed)]
#[folder = "console/dist"]
#[allow_missing = true]
struct Console;

/// What it builds of GraphiQL.
#[derive(RustEmbed)]
#[folder = "graphiql/dist"]
#[allow_missing = true]
struct Graphiql;

/// A query box that needs no build.
#[derive(RustEmbed)]
#[folder = "src/http/pages"]
struct SmallPage;

const POLICY: &str = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; \
                      style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The licences of the packages that a page is made of, a file of its build.
const LICENCES_OF_PAGE: &str = "THIRD_PARTY_LICENSES.txt";

/// What stands before the licences. The program cannot hold those of its crates: they are collected when it is released.
const ABOUT_LICENCES: &str = "\
ledgate is given away under the MIT licence, which stands first. Behind it are the licences of the packages that its pages are
made of. Those of the crates that the program is made of come with every release, in THIRD_PARTY_LICENSES.txt; in the sources,
`node scripts/licences.mjs` prints them.
";

/// `/`, `/graphiql`, the small page at `/page`, their assets, `/licences` and `/schema.graphql`. A page to ask in is of no use
/// where only trusted documents are run.
pub fn router(trusted_only: bool) -> Router {
    let pages = if trusted_only {
        let page = async || index(SmallPage::get("trusted.html"));
        Router::new().route("/", get(page)).route("/graphiql", get(page)).route("/page", get(page))
    } else {
        Router::new()
            .route("/", get(async || index(Console::get("index.html").or_else(small_page))))
            .route("/graphiql", get(async || index(Graphiql::get("index.html").or_else(small_page))))
            .route("/page", get(async || index(small_page())))
    };
    pages
        .route(
            "/assets/console/{*file}",
            get(|Path(file): Path<String>| async move { asset::<Console>(&file) }),
        )
        .route(
            "/assets/graphiql/{*file}",
            get(|Path(file): Path<String>| async move { asset::<Graphiql>(&file) }),
        )
        .route(
            "/assets/page/{*file}",
            get(|Path(file): Path<String>| async move { asset::<SmallPage>(&file) }),
        )
        .route("/licences", get(async || plain(licences())))
        .route("/schema.graphql", get(async || plain(crate::graphql::sdl())))
}

fn small_page() -> Option<EmbeddedFile> {
    SmallPage::get("index.html")
}

fn index(page: Option<EmbeddedFile>) -> Response {
    match page {
        // A page that is kept would ask for assets of another build.
        Some(page) => respond(page, "no-cache"),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Assets that carry a hash of their content in their name never change.
fn asset<Assets: RustEmbed>(name: &str) -> Response {
    let Some(file) = Assets::get(name) else { return StatusCode::NOT_FOUND.into_response() };
    let hashed =
        name.rsplit_once('-').is_some_and(|(_, end)| end.split('.').next().is_some_and(|h| h.len() == 8));
    respond(file, if hashed { "public, max-age=31536000, immutable" } else { "no-cache" })
}

fn respond(file: EmbeddedFile, cache: &'static str) -> Response {
    // Every text of ours is UTF-8, and a browser that is not told so may guess.
    let charset = if file.metadata.mimetype().starts_with("text/") { "; charset=utf-8" } else { "" };
    let content_type = HeaderValue::try_from(format!("{}{charset}", file.metadata.mimetype()));
    let headers: [(HeaderName, HeaderValue); 3] = [
        (header::CONTENT_TYPE, content_type.unwrap_or(HeaderValue::from_static("application/octet-stream"))),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
    ];
    (headers, Body::from(file.data.into_owned())).into_response()
}

fn licences() -> String {
    let of_pages = [Console::get(LICENCES_OF_PAGE), Graphiql::get(LICENCES_OF_PAGE)];
    let of_pages = of_pages.iter().flatten().map(|file| String::from_utf8_lossy(&file.data));
    let own = [ABOUT_LICENCES, include_str!("../../LICENSE")].map(Cow::Borrowed);
    own.into_iter().chain(of_pages).collect::<Vec<_>>().join("\n")
}

fn plain(text: String) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    (headers, text).into_response()
}
