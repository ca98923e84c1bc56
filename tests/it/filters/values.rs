//! Filters on amounts, dates, moments, ids and currencies: every operator of each kind of field.

use serde_json::json;

use super::{EVERYTHING, LEDGER, MAX, MIN, MOMENTS, check_field, record};
use crate::on_both_databases;

on_both_databases! {
    async fn decimals_are_compared_exactly(gateway: Gateway) {
        record(&gateway).await;
        check_field(&gateway, "foreignAmount", vec![
            ("eq", json!("13.1"), "c k"),
            ("eq", json!("13.10000000"), "c k"),
            ("ne", json!("13.1"), "a b d e f g h i j l m n"),
            ("gt", json!("13.1"), "d"),
            ("gte", json!("13.1"), "c d k"),
            ("lt", json!("-0.0001"), "b e"),
            ("lte", json!("-0.0001"), "b e h"),
            ("in", json!([MAX, MIN, "7"]), "d e"),
            ("notIn", json!([MAX, MIN, "7"]), "a b c f g h i j k l m n"),
            ("between", json!(["-0.0001", "0"]), "g h"),
            ("between", json!([MIN, MAX]), "b c d e g h k"),
            ("between", json!(["1", "-1"]), ""),
            ("isNull", json!(true), "a f i j l m n"),
            ("isNull", json!(false), "b c d e g h k"),
        ]).await;
        check_field(&gateway, "amount", vec![
            ("eq", json!("123456789012345.6789"), "f"),
            ("eq", json!("123456789012345.6788"), ""),
            ("gt", json!("123456789012345.6788"), "d f"),
            ("gt", json!("922337203685477.5806"), "d"),
            ("gte", json!(MAX), "d"),
            ("gt", json!(MAX), ""),
            ("lt", json!("-922337203685477.5807"), "e"),
            ("lte", json!(MIN), "e"),
            ("lt", json!(MIN), ""),
            ("eq", json!("-12.5"), "b j"),
            ("eq", json!("0"), "h i l m n"),
            ("between", json!(["-0.0001", "0.0001"]), "a g h i l m n"),
        ]).await;
        check_field(&gateway, "debit", vec![("lt", json!("0"), "e j"), ("eq", json!("12.5"), "c k")]).await;
        check_field(&gateway, "credit", vec![("gt", json!("0"), "b g h"), ("in", json!(["5", "12.5"]), "b h")]).await;
    }

    async fn dates_are_compared_by_day(gateway: Gateway) {
        record(&gateway).await;
        check_field(&gateway, "documentDate", vec![
            ("eq", json!("2026-01-30"), "b h"),
            ("ne", json!("2026-01-30"), "a c d e f g i j k l m n"),
            ("gt", json!("2026-01-30"), "c e"),
            ("gte", json!("2026-01-30"), "b c e h"),
            ("lt", json!("2026-01-30"), "d g k"),
            ("lte", json!("2026-01-30"), "b d g h k"),
            ("in", json!(["2024-02-29", "9999-12-31", "2000-01-01"]), "e g"),
            ("notIn", json!(["2024-02-29", "9999-12-31", "2000-01-01"]), "a b c d f h i j k l m n"),
            ("between", json!(["1999-12-31", "2026-01-30"]), "b g h k"),
            ("between", json!(["0001-01-01", "9999-12-31"]), "b c d e g h k"),
            ("between", json!(["2026-02-01", "2026-01-30"]), ""),
            ("isNull", json!(true), "a f i j l m n"),
            ("isNull", json!(false), "b c d e g h k"),
        ]).await;
        check_field(&gateway, "postingDate", vec![
            ("eq", json!("2026-01-31"), "a f i j l m n"),
            ("lt", json!("0001-01-01"), ""),
            ("gte", json!("9999-12-31"), "e"),
            ("isNull", json!(true), ""),
        ]).await;
    }

    async fn moments_are_compared_to_the_microsecond(gateway: Gateway) {
        record(&gateway).await;
        let [first, second, third] = MOMENTS;
        let cases = || vec![
            ("eq", json!(first), "a b c d e"),
            ("eq", json!("2026-03-01T13:00:00+01:00"), "a b c d e"),
            ("eq", json!("2026-02-28T23:30:00.000001-12:30"), "f g h i j"),
            ("ne", json!(first), "f g h i j k l m n"),
            ("gt", json!(first), "f g h i j k l m n"),
            ("gte", json!(second), "f g h i j k l m n"),
            ("lt", json!(second), "a b c d e"),
            ("lte", json!(second), "a b c d e f g h i j"),
            ("gt", json!("2026-03-02T05:30:00+05:30"), ""),
            ("gte", json!("2026-03-02T05:30:00+05:30"), "k l m n"),
            ("in", json!([first, third, "1999-01-01T00:00:00Z"]), "a b c d e k l m n"),
            ("notIn", json!([first, third]), "f g h i j"),
            ("between", json!([second, third]), "f g h i j k l m n"),
            ("between", json!(["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"]), EVERYTHING),
            ("isNull", json!(true), ""),
            ("isNull", json!(false), EVERYTHING),
        ];
        check_field(&gateway, "createdAt", cases()).await;
        check_field(&gateway, "updatedAt", cases()).await;
    }

    async fn ids_and_currencies_can_be_asked_for(gateway: Gateway) {
        let ids: Vec<String> = record(&gateway).await.iter().map(i64::to_string).collect();
        let id = |name: &str| ids[LEDGER.iter().position(|row| row.0 == name).unwrap()].clone();
        check_field(&gateway, "id", vec![
            ("eq", json!(id("c")), "c"),
            // An ID may come as a number, as the specification of GraphQL says.
            ("eq", json!(id("c").parse::<i64>().unwrap()), "c"),
            ("ne", json!(id("c")), "a b d e f g h i j k l m n"),
            ("gt", json!(id("k")), "l m n"),
            ("gte", json!(id("k")), "k l m n"),
            ("lt", json!(id("c")), "a b"),
            ("lte", json!(id("c")), "a b c"),
            ("in", json!([id("n"), id("a"), "0"]), "a n"),
            // Either form of an id.
            ("eq", json!(format!("entry/{}", id("c"))), "c"),
            ("in", json!([format!("entry/{}", id("n")), id("a")]), "a n"),
            ("notIn", json!([id("n"), id("a"), "0"]), "b c d e f g h i j k l m"),
            ("between", json!([id("b"), id("d")]), "b c d"),
            ("lt", json!(i64::MAX.to_string()), EVERYTHING),
            ("lte", json!(i64::MIN.to_string()), ""),
            ("isNull", json!(true), ""),
            ("isNull", json!(false), EVERYTHING),
        ]).await;
        check_field(&gateway, "foreignCurrency", vec![
            ("eq", json!("JPY"), "d k"),
            ("ne", json!("JPY"), "a b c e f g h i j l m n"),
            ("gt", json!("JPY"), "b c e g h"),
            ("gte", json!("JPY"), "b c d e g h k"),
            ("lt", json!("USD"), "d k"),
            ("lte", json!("USD"), "b c d e g h k"),
            ("in", json!(["JPY", "CHF"]), "d k"),
            ("notIn", json!(["JPY", "CHF"]), "a b c e f g h i j l m n"),
            ("between", json!(["JPY", "JPY"]), "d k"),
            ("isNull", json!(true), "a f i j l m n"),
        ]).await;
        check_field(&gateway, "currency", vec![("eq", json!("CHF"), "n"), ("isNull", json!(true), "")]).await;
    }
}
