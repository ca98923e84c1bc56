//! Takes the cost of REST calls from the token's budget. GraphQL does that itself, since it knows the document.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::request::{Allowance, Refusal};
use crate::rest::Problem;

/// Lets a REST call run while the token has anything left, and takes the cost of what was read off afterwards. Streamed
/// exports are not counted: `http.max_running_exports` limits them.
pub async fn charged(request: Request, next: Next) -> Response {
    let reservation = match request.extensions().get::<Allowance>().map(|allowance| allowance.reserve(1)) {
        Some(Err(throttled)) => return Problem::from(Refusal::from(throttled)).into_response(),
        Some(Ok(reservation)) => reservation,
        None => None,
    };
    let response = next.run(request).await;
    drop(reservation);
    response
}
