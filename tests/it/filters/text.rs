//! Filters on text: comparing goes by code point, searching ignores case, and no character is a wildcard.

use serde_json::json;

use super::{EVERYTHING, check_field, record};
use crate::on_both_databases;

on_both_databases! {
    async fn text_is_compared_by_code_point_and_case_counts(gateway: Gateway) {
        record(&gateway).await;
        check_field(&gateway, "documentReference", vec![
            ("eq", json!("FA-1"), "e"),
            ("eq", json!("fa-1"), "f"),
            ("eq", json!(""), "b"),
            ("eq", json!("%"), "c"),
            ("eq", json!("_"), "i"),
            ("eq", json!("été"), ""),
            ("ne", json!("FA-1"), "a b c d f g h i j k l m n"),
            ("gt", json!("FA-1"), "d f g i j k l m"),
            ("gte", json!("FA-1"), "d e f g i j k l m"),
            ("lt", json!("FA-1"), "b c"),
            ("lte", json!("FA-1"), "b c e"),
            ("lt", json!(""), ""),
            ("gte", json!(""), "b c d e f g i j k l m"),
            ("gt", json!("\u{fffd}"), "l"),
            ("gt", json!("z"), "d l m"),
            ("in", json!(["FA-1", "fa-1", "nothing", ""]), "b e f"),
            ("notIn", json!(["FA-1", "fa-1", "nothing", ""]), "a c d g h i j k l m n"),
            ("between", json!(["FA-1", "FA-2"]), "e g j"),
            ("between", json!(["FA-2", "FA-1"]), ""),
            ("between", json!(["😀", "😀"]), "l"),
            ("isNull", json!(true), "a h n"),
            ("isNull", json!(false), "b c d e f g i j k l m"),
            ("contains", json!("fa-1"), "e f j"),
            ("startsWith", json!("fA-"), "e f g j"),
            ("endsWith", json!("a-1"), "e f"),
            ("contains", json!("%"), "c"),
            ("startsWith", json!("_"), "i"),
        ]).await;
        check_field(&gateway, "description", vec![
            ("eq", json!(""), "m"),
            ("ne", json!(""), "a b c d e f g h i j k l n"),
            ("eq", json!("οδος"), "f"),
            ("isNull", json!(true), ""),
            ("isNull", json!(false), EVERYTHING),
        ]).await;
    }

    async fn wildcards_stand_for_themselves(gateway: Gateway) {
        record(&gateway).await;
        let mut cases = Vec::new();
        for (test, text, found) in [
            ("contains", "%", "a"), ("contains", "_", "a b"), ("contains", "a_b", "b"),
            ("startsWith", "100%", "a"), ("endsWith", "_ALL", "a"), ("startsWith", "%", ""),
            ("contains", "\\", "b"), ("startsWith", "A_B\\", "b"), ("endsWith", "\\C", "b"),
            ("contains", "\\\\", ""), ("contains", "\\d", ""), ("contains", "\\%", ""),
            ("contains", "'", "c"), ("contains", "IT'S", "c"), ("contains", "\"", "c"), ("contains", "\"Q", "c"),
            ("contains", "[", "c"), ("contains", "[x]", "c"), ("contains", "[a-z]", ""),
            ("contains", "^", "c"), ("startsWith", "^", ""), ("startsWith", "^it", ""),
            ("contains", "$", "c"), ("contains", "$ END.", "c"), ("endsWith", "$", ""), ("endsWith", "b$", ""),
            ("contains", ".", "c"), ("contains", "*", "c"), ("endsWith", "a*B", "c"), ("contains", ".*", ""),
            ("contains", "a|b", ""), ("startsWith", "***=it", ""), ("startsWith", "(?i)it", ""),
            ("contains", "{1}", ""), ("contains", "a+", ""), ("contains", "?", ""),
        ] {
            cases.push((test, json!(text), found));
        }
        check_field(&gateway, "description", cases).await;
    }

    async fn searching_ignores_the_case_of_every_letter(gateway: Gateway) {
        record(&gateway).await;
        let mut cases = Vec::new();
        for (test, text, found) in [
            ("contains", "été", "d"), ("startsWith", "üNÏ", "d"), ("endsWith", "éTé", "d"),
            ("contains", "E", "c d g h i l"), ("endsWith", "e", "g h i"),
            // A sigma is a sigma, at the end of a word too.
            ("contains", "σ", "e f"), ("endsWith", "σ", "e f"), ("endsWith", "ς", "e f"), ("endsWith", "Σ", "e f"),
            ("startsWith", "οδοσ", "e f"), ("contains", "ΔΟς", "e f"),
            // Letter by letter: the two sharp s differ in case only, and neither is two letters.
            ("contains", "ß", "g i"), ("contains", "ẞ", "g i"), ("startsWith", "STRAß", "g i"),
            ("contains", "ss", "h"), ("contains", "strasse", "h"),
            // The dotless and the dotted i of Turkish are letters of their own.
            ("contains", "istanbul", "j"), ("contains", "ISTANBUL", "j"), ("contains", "ıSTANBUL", "k"),
            ("endsWith", "İ", "k"), ("contains", "i", "c j"), ("contains", "ı", "k"),
            // The sign for kelvin and the long s are letters k and s.
            ("startsWith", "300 k", "n"), ("endsWith", "STOP", "n"), ("contains", "300 \u{212a}", "n"),
            ("contains", "😀", "l"), ("startsWith", "😀 E", "l"),
            // As written: a letter with its accent and a letter before its accent are different texts.
            ("contains", "E\u{301}", "l"), ("contains", "\u{301}", "l"), ("endsWith", "\u{301}", "l"),
            ("contains", "é", "d"),
        ] {
            cases.push((test, json!(text), found));
        }
        check_field(&gateway, "description", cases).await;
    }
}
