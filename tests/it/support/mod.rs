//! What tests stand on: a gateway of their own, with its own database, port and clock.

pub mod authority;
pub mod browser;
pub mod gateway;
pub mod large_ledger;
pub mod ndjson;
pub mod neighbour;
pub mod nginx;
pub mod pages;
pub mod pgbouncer;
pub mod postgres;
pub mod postgres_programs;
pub mod program;
#[allow(dead_code, reason = "shared with the torture, which has more use for it")]
pub mod proxy;
pub mod tools;

pub use gateway::{Gateway, entries};

/// Makes two tests of each promise: one on SQLite, one on PostgreSQL.
#[macro_export]
macro_rules! on_both_databases {
    ($($(#[$attribute:meta])* async fn $name:ident($gateway:ident: Gateway) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            $(#[$attribute])*
            async fn promise($gateway: $crate::support::Gateway) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                promise($crate::support::Gateway::on_sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                promise($crate::support::Gateway::on_postgres().await).await;
            }
        }
    )*};
}
