//! What a client says, read strictly: JSON objects in which no key stands twice.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::graphql::question::{self, Question};

/// Longest id of an operation, in bytes. Each of its events repeats it.
const LONGEST_ID: usize = 128;

/// A message of a client.
#[derive(Debug)]
pub enum Said {
    /// It begins, and brings this token or none.
    Init(Option<String>),
    /// It wants to know whether somebody is there.
    Ping,
    /// Somebody is there.
    Pong,
    /// It begins an operation under this id.
    Subscribe(String, Question),
    /// It ends the operation of this id.
    Complete(String),
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Message {
    ConnectionInit { payload: Option<Map<String, Value>> },
    Ping,
    Pong,
    Subscribe { id: String, payload: Value },
    Complete { id: String },
}

/// Reads a message. `Err` says what is wrong with it.
pub fn read(text: &str) -> Result<Said, String> {
    let value =
        question::strict(text.as_bytes()).map_err(|why| why.replacen("the body", "the message", 1))?;
    // Otherwise a list would pass for an object with its fields in order.
    if !value.is_object() {
        return Err("the message is no JSON object".to_owned());
    }
    let message = serde_path_to_error::deserialize(value).map_err(|error| format!("the message: {error}"))?;
    Ok(match message {
        Message::ConnectionInit { payload } => Said::Init(token(payload.unwrap_or_default())?),
        Message::Ping => Said::Ping,
        Message::Pong => Said::Pong,
        Message::Subscribe { id, payload } => {
            let question = question::of_payload(payload).map_err(|why| format!("payload: {why}"))?;
            Said::Subscribe(checked(id)?, question)
        }
        Message::Complete { id } => Said::Complete(checked(id)?),
    })
}

fn checked(id: String) -> Result<String, String> {
    if (1..=LONGEST_ID).contains(&id.len()) {
        Ok(id)
    } else {
        Err(format!("id: it has {} bytes, and may have 1 to {LONGEST_ID}", id.len()))
    }
}

/// The token among what a client brings: as `authorization`, in small letters or not, with the value of the header, or as
/// `token`. Other keys are for other servers.
fn token(payload: Map<String, Value>) -> Result<Option<String>, String> {
    for (key, value) in payload {
        let is_header = key.eq_ignore_ascii_case("authorization");
        if !is_header && key != "token" {
            continue;
        }
        let Value::String(text) = value else { return Err(format!("payload.{key}: it has to be a text")) };
        if !is_header {
            return Ok(Some(text));
        }
        match text.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
                return Ok(Some(token.trim().to_owned()));
            }
            _ => return Err(format!("payload.{key}: it has to be of the form Bearer lgt_…")),
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::nothing(r#"{"type":"connection_init"}"#, None)]
    #[case::null(r#"{"type":"connection_init","payload":null}"#, None)]
    #[case::of_others(r#"{"type":"connection_init","payload":{"locale":"fr"}}"#, None)]
    #[case::as_a_token(r#"{"type":"connection_init","payload":{"token":"lgt_1"}}"#, Some("lgt_1"))]
    #[case::as_the_header(
        r#"{"type":"connection_init","payload":{"Authorization":"bearer  lgt_1"}}"#,
        Some("lgt_1")
    )]
    fn the_token_is_found_where_clients_put_it(#[case] text: &str, #[case] expected: Option<&str>) {
        let Ok(Said::Init(token)) = read(text) else { panic!("{text} is no beginning") };
        assert_eq!(token.as_deref(), expected);
    }

    #[rstest]
    #[case::no_json("hello", "the message is not JSON")]
    #[case::a_list(r#"["ping"]"#, "no JSON object")]
    #[case::without_a_type("{}", "type")]
    #[case::of_another_protocol(r#"{"type":"start","id":"1","payload":{"query":"{a}"}}"#, "start")]
    #[case::a_key_twice(r#"{"type":"ping","type":"pong"}"#, "twice")]
    #[case::without_an_id(r#"{"type":"subscribe","payload":{"query":"{a}"}}"#, "id")]
    #[case::an_id_that_is_a_number(r#"{"type":"complete","id":1}"#, "string")]
    #[case::an_empty_id(r#"{"type":"complete","id":""}"#, "id: it has 0 bytes")]
    #[case::without_a_question(r#"{"type":"subscribe","id":"1"}"#, "payload")]
    #[case::a_question_of_another_form(
        r#"{"type":"subscribe","id":"1","payload":[]}"#,
        "payload: it has to be"
    )]
    #[case::without_a_text(r#"{"type":"subscribe","id":"1","payload":{}}"#, "payload: query")]
    #[case::a_token_that_is_none(r#"{"type":"connection_init","payload":{"token":7}}"#, "payload.token")]
    #[case::without_bearer(r#"{"type":"connection_init","payload":{"authorization":"lgt_1"}}"#, "Bearer")]
    fn what_is_wrong_with_a_message_is_said(#[case] text: &str, #[case] expected: &str) {
        let why = read(text).expect_err(text);
        assert!(why.contains(expected), "{why}");
    }

    #[test]
    fn a_question_is_read_as_over_http() {
        let text = r#"{"id":"a","type":"subscribe","payload":{"documentId":"sha256:1","variables":{"a":1}}}"#;
        let Ok(Said::Subscribe(id, question)) = read(text) else { panic!("it does not subscribe") };
        assert_eq!((id.as_str(), question.document_id.as_deref()), ("a", Some("sha256:1")));
        assert!(!question.as_text, "the carrier writes values by itself");
    }
}
