//! How tokens begin and end: made, replaced, expired, revoked.

use std::time::Duration;

use ledgate::domain::Right::Read;
use ledgate::domain::Timestamp;
use ledgate::service::NewToken;
use reqwest::Method;
use serde_json::json;

use super::{graphql, token};
use crate::on_both_databases;

on_both_databases! {
    async fn a_token_ends_at_once_everywhere_when_it_is_revoked(gateway: Gateway) {
        let reader = token(&gateway, "reader", &[Read], None).await;
        let other = gateway.another().await;
        let query = "{ accountingEntries { nodes { id } } }";
        assert_eq!(graphql(&other, Some(&reader), query).await, "OK");
        assert!(gateway.ledger.revoke_token("reader").await.unwrap());
        for gateway in [&gateway, &other] {
            assert_eq!(graphql(gateway, Some(&reader), query).await, "UNAUTHENTICATED");
        }
        assert!(!gateway.ledger.revoke_token("nobody").await.unwrap());
    }

    async fn a_token_ends_when_it_expires(gateway: Gateway) {
        let end: Timestamp = "2026-03-01T13:00:00Z".parse().unwrap();
        let new = NewToken { name: "guest".to_owned(), rights: vec![Read], systems: None, expires_at: Some(end) };
        let (_, guest) = gateway.ledger.create_token(new).await.unwrap();
        let query = "{ accountingEntries { nodes { id } } }";
        gateway.set_clock("2026-03-01T12:59:59.999999Z");
        assert_eq!(graphql(&gateway, Some(&guest), query).await, "OK");
        gateway.set_clock("2026-03-01T13:00:00Z");
        assert_eq!(graphql(&gateway, Some(&guest), query).await, "UNAUTHENTICATED");
    }

    async fn what_is_no_valid_token_is_refused_in_the_same_words(gateway: Gateway) {
        let query = json!({ "query": "{ __typename }" });
        let good = token(&gateway, "reader", &[Read], None).await;
        let revoked = token(&gateway, "old", &[Read], None).await;
        gateway.ledger.revoke_token("old").await.unwrap();
        let mut wrong_secret = good.clone();
        let last = if wrong_secret.ends_with('0') { "1" } else { "0" };
        wrong_secret.replace_range(wrong_secret.len() - 1.., last);
        let handle_only = good[..good.rfind('_').unwrap() + 1].to_owned();
        let mut answers = Vec::new();
        for bad in [wrong_secret, revoked, handle_only, "lgt_".to_owned(), "nonsense".to_owned(), good.to_uppercase()] {
            let response = gateway.request(Method::POST, "/graphql").bearer_auth(&bad).json(&query).send().await.unwrap();
            assert_eq!(response.status(), 401, "{bad}");
            answers.push(response.text().await.unwrap());
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{answers:?}");
    }

    async fn of_a_token_only_a_digest_is_kept(gateway: Gateway) {
        let text = token(&gateway, "reader", &[Read], None).await;
        let (start, secret) = text.rsplit_once('_').unwrap();
        assert_eq!(start.len(), "lgt_".len() + 8, "{start}");
        assert!(start.starts_with("lgt_") && secret.len() == 64, "{text}");
        let sql = "SELECT handle || ' ' || name || ' ' || secret_digest || ' ' || rights AS row FROM access_tokens";
        let statement = sea_orm::Statement::from_string(gateway.backend(), sql);
        let row = sea_orm::ConnectionTrait::query_one_raw(&gateway.other_program().await, statement).await.unwrap();
        let row: String = row.unwrap().try_get("", "row").unwrap();
        assert!(!row.contains(secret) && row.contains(&start[4..]), "{row}");
        let token = &gateway.ledger.tokens().await.unwrap()[0];
        assert!(!format!("{token:?}").contains(secret));
    }

    async fn the_first_token_closes_an_open_door(gateway: Gateway) {
        let query = "{ __typename }";
        assert_eq!(graphql(&gateway, None, query).await, "OK");
        token(&gateway, "first", &[Read], None).await;
        let closed = async {
            while graphql(&gateway, None, query).await != "UNAUTHENTICATED" {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), closed).await.expect("the door stayed open");
        // For good, even when no token is valid any more.
        gateway.ledger.revoke_token("first").await.unwrap();
        assert_eq!(graphql(&gateway, None, query).await, "UNAUTHENTICATED");
        assert_eq!(graphql(&gateway.another().await, None, query).await, "UNAUTHENTICATED");
    }

    async fn a_name_is_one_token_s_until_that_is_revoked_or_expired(gateway: Gateway) {
        let old = token(&gateway, "sync", &[Read], None).await;
        let make = async |name: &str, expires_at: Option<Timestamp>| {
            let new = NewToken { name: name.to_owned(), rights: vec![Read], systems: None, expires_at };
            gateway.ledger.create_token(new).await.map(|(_, text)| text)
        };
        for name in ["sync", "", "a\nb", &"x".repeat(101)] {
            assert!(make(name, None).await.is_err(), "{name:?}");
        }
        gateway.ledger.revoke_token("sync").await.unwrap();
        let new = make("sync", Some("2026-03-01T13:00:00Z".parse().unwrap())).await.unwrap();
        let query = "{ accountingEntries { nodes { id } } }";
        assert_eq!(graphql(&gateway, Some(&old), query).await, "UNAUTHENTICATED");
        assert_eq!(graphql(&gateway, Some(&new), query).await, "OK");
        assert!(make("sync", None).await.is_err(), "it is valid");
        gateway.set_clock("2026-03-01T13:00:00Z");
        make("sync", None).await.expect("it has expired");
        assert_eq!(gateway.ledger.tokens().await.unwrap().len(), 3, "the old ones stay listed");
    }

    async fn a_replaced_token_ends_when_it_was_said_to(gateway: Gateway) {
        let new = NewToken { name: "sync".to_owned(), rights: vec![Read], systems: Some(vec!["erp".parse().unwrap()]),
            expires_at: Some("2026-03-02T12:00:00Z".parse().unwrap()) };
        let (_, first) = gateway.ledger.create_token(new).await.unwrap();
        assert!(gateway.ledger.rotate_token("nobody", None, Duration::ZERO).await.unwrap().is_none());
        let query = "{ accountingEntries { nodes { id } } }";
        gateway.set_clock("2026-03-01T18:00:00Z");
        let rotated = gateway.ledger.rotate_token("sync", None, Duration::from_secs(3600)).await.unwrap();
        let (token, second) = rotated.unwrap();
        assert_eq!((token.rights.as_slice(), token.systems.as_ref().unwrap().len()), (&[Read][..], 1));
        assert_eq!(token.expires_at, Some("2026-03-02T18:00:00Z".parse().unwrap()), "a day, as the first had");
        gateway.set_clock("2026-03-01T18:59:59Z");
        assert_eq!(graphql(&gateway, Some(&first), query).await, "OK", "the old one is kept for an hour");
        assert_eq!(graphql(&gateway, Some(&second), query).await, "OK");
        gateway.set_clock("2026-03-01T19:00:00Z");
        assert_eq!(graphql(&gateway, Some(&first), query).await, "UNAUTHENTICATED");
        let third = gateway.ledger.rotate_token("sync", None, Duration::ZERO).await.unwrap().unwrap().1;
        assert_eq!(graphql(&gateway, Some(&second), query).await, "UNAUTHENTICATED", "at once");
        assert_eq!(graphql(&gateway, Some(&third), query).await, "OK");
        // Revoking ends one that is still kept as well.
        let fourth = gateway.ledger.rotate_token("sync", None, Duration::from_secs(60)).await.unwrap().unwrap().1;
        gateway.ledger.revoke_token("sync").await.unwrap();
        for ended in [third, fourth] {
            assert_eq!(graphql(&gateway, Some(&ended), query).await, "UNAUTHENTICATED");
        }
    }

    async fn the_last_use_of_a_token_is_known(gateway: Gateway) {
        let reader = token(&gateway, "reader", &[Read], None).await;
        token(&gateway, "unused", &[Read], None).await;
        gateway.set_clock("2026-03-01T15:00:00Z");
        assert_eq!(graphql(&gateway, Some(&reader), "{ accountingEntries { nodes { id } } }").await, "OK");
        let noted = async {
            loop {
                let tokens = gateway.ledger.tokens().await.unwrap();
                if let Some(when) = tokens[0].last_used_at {
                    return (when, tokens[1].last_used_at);
                }
                tokio::task::yield_now().await;
            }
        };
        let noted = tokio::time::timeout(Duration::from_secs(10), noted).await.expect("it is not written down");
        assert_eq!(noted, ("2026-03-01T15:00:00Z".parse().unwrap(), None));
    }
}
