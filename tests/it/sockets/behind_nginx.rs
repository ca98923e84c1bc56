//! Subscriptions through nginx, as `deploy/nginx/ledgate.conf` sets it up.

use serde_json::json;

use super::{Heard, Socket, cursor};
use crate::support::nginx::{Nginx, PREFIX};
use crate::support::{Gateway, entries};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_come_through_nginx_and_pages_of_others_do_not_connect() {
    let gateway = Gateway::on_sqlite().await;
    let ids = gateway.record(entries(2)).await;
    let after = cursor(&gateway, ids[0]).await;
    let nginx = Nginx::as_deployed(&gateway.url);
    let address = format!("{}{PREFIX}/graphql", nginx.url);
    // The origin of a page that came through nginx has the port of nginx.
    let mut socket = Socket::connect_to(&address, &[("origin", nginx.url.as_str())], None).await.unwrap();
    assert_eq!(socket.begin(None).await, Heard::Said(json!({ "type": "connection_ack" })));
    socket.follow("a", json!({ "after": after })).await;
    gateway.mark("erp", &ids[1..]).await;
    assert_eq!(socket.event("a").await["exportEvents"]["entryId"], json!(ids[1].to_string()));
    for other in ["https://evil.example", gateway.url.as_str()] {
        let refused = Socket::connect_to(&address, &[("origin", other)], None).await.err().unwrap();
        assert_eq!(refused, 403, "{other}");
    }
}
