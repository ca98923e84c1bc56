//! Answers in fewer bytes, for clients that take that.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, header};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

/// The smallest answer that is compressed, in bytes.
const FROM: u16 = 1024;

/// Compresses what is worth it. What is streamed goes out as it comes, and a stream that breaks off still does.
pub fn compression() -> CompressionLayer<impl Predicate> {
    let worth_it =
        SizeAbove::new(FROM).and(NotForContentType::IMAGES).and(NotForContentType::const_new("font/"));
    // Answers are made anew for each question: the fastest is the best.
    CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(worth_it)
}

/// Takes zstd out of `Accept-Encoding` where the client takes br or gzip as readily. Of codings liked alike the layer
/// would choose zstd, which some clients offer and then cannot read (the fetch of Node 20 in whatwg-node).
pub async fn prefer_older_codings(mut request: Request) -> Request {
    if let Some(accepted) = without_zstd(request.headers()) {
        request.headers_mut().insert(header::ACCEPT_ENCODING, accepted);
    }
    request
}

/// The codings to go on with; `None` where they may stay as they are.
fn without_zstd(headers: &HeaderMap) -> Option<HeaderValue> {
    let given = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let codings: Vec<&str> = given.flat_map(|value| value.split(',')).map(str::trim).collect();
    let liking = |names: &[&str]| {
        let named = codings.iter().filter(|coding| names.iter().any(|name| is_named(coding, name)));
        named.map(|coding| quality(coding)).fold(0.0, f32::max)
    };
    let (zstd, older) = (liking(&["zstd"]), liking(&["br", "gzip", "x-gzip"]));
    if zstd == 0.0 || older < zstd {
        return None;
    }
    let others: Vec<&str> = codings.iter().copied().filter(|coding| !is_named(coding, "zstd")).collect();
    HeaderValue::from_str(&others.join(", ")).ok()
}

fn is_named(coding: &str, name: &str) -> bool {
    coding.split(';').next().is_some_and(|own| own.trim().eq_ignore_ascii_case(name))
}

/// How much a coding is liked, from 0 to 1; 1 where nothing is said, and 0 where it cannot be read.
fn quality(coding: &str) -> f32 {
    let parameters = coding.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let q = parameters.into_iter().find(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
    q.map_or(1.0, |(_, value)| value.trim().parse().unwrap_or(0.0))
}

#[cfg(test)]
mod tests {
    use std::io;

    use axum::Router;
    use axum::body::{Body, Bytes};
    use axum::extract::Request;
    use axum::http::header;
    use axum::routing::get;
    use futures_util::StreamExt;
    use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
    use tokio::time::{Duration, timeout};
    use tower::ServiceExt;

    use super::*;

    type Chunk = io::Result<Bytes>;

    /// A streamed answer, compressed like this, and where its chunks come from.
    async fn streamed(coding: &str) -> (UnboundedSender<Chunk>, Body) {
        let (chunks, mut coming) = unbounded_channel::<Chunk>();
        let body = Body::from_stream(futures_util::stream::poll_fn(move |context| coming.poll_recv(context)));
        let body = std::sync::Arc::new(std::sync::Mutex::new(Some(body)));
        let handler = move || std::future::ready(body.lock().unwrap().take().unwrap_or_default());
        let router = Router::new().route("/", get(handler)).layer(compression());
        let request = Request::get("/").header(header::ACCEPT_ENCODING, coding).body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        assert_eq!(response.headers()[header::CONTENT_ENCODING], coding);
        (chunks, response.into_body())
    }

    /// Of this nothing can be left out.
    fn noise() -> Bytes {
        (0..20_000).map(|_| uuid::Uuid::new_v4().into_bytes()[0]).collect()
    }

    #[tokio::test]
    async fn what_is_streamed_goes_out_as_it_comes() {
        for coding in ["gzip", "br", "zstd"] {
            let (chunks, body) = streamed(coding).await;
            let mut body = body.into_data_stream();
            for _ in 0..3 {
                chunks.send(Ok(noise())).unwrap();
                let mut received = 0;
                let receiving = async {
                    while received < 15_000 {
                        received += body.next().await.unwrap().unwrap().len();
                    }
                };
                timeout(Duration::from_secs(20), receiving).await.expect("it is held back");
            }
        }
    }

    #[tokio::test]
    async fn a_stream_that_breaks_off_has_no_end() {
        for coding in ["gzip", "br", "zstd"] {
            let (chunks, body) = streamed(coding).await;
            chunks.send(Ok(noise())).unwrap();
            chunks.send(Err(io::Error::other("the database is gone"))).unwrap();
            drop(chunks);
            // The server ends the connection at the first error, whatever comes behind it.
            let received: Vec<_> = body.into_data_stream().collect().await;
            assert!(received.iter().any(Result::is_err), "{coding}: it looks whole");
        }
    }
}
