//! What a command says of the vouchers it was given.

use std::collections::HashMap;

use chrono::DateTime;
use ledgate_client::{Exported, Failed, FailureType, Outcome, Reference, Voucher};
use serde::Deserialize;
use serde_json::Value;

use super::lines::{Line, MAX_LINE};

/// A result as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ResultLine {
    voucher_id: Option<String>,
    entry_id: Option<Name>,
    dispatch_key: Option<String>,
    reference: Option<ReferencePart>,
    note: Option<String>,
    error: Option<ErrorPart>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReferencePart {
    id: Name,
    url: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ErrorPart {
    #[serde(rename = "type")]
    kind: FailureType,
    reason: String,
    retry_at: Option<String>,
}

/// An id or a number: systems have both, and scripts pass on what they get.
#[derive(Deserialize)]
#[serde(untagged, expecting = "it is no text and no whole number")]
enum Name {
    Number(i64),
    Text(String),
}

impl Name {
    fn into_text(self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text,
        }
    }
}

/// A line that says nothing which can be used.
pub struct Unreadable {
    /// The vouchers that it names all the same.
    pub places: Vec<usize>,
    /// Why.
    pub reason: String,
}

/// Where the vouchers of a claim stand in it.
pub struct Places<'a> {
    vouchers: &'a [Voucher],
    by_voucher: HashMap<&'a str, Vec<usize>>,
    by_entry: HashMap<i64, usize>,
}

impl<'a> Places<'a> {
    /// Of these vouchers.
    pub fn new(vouchers: &'a [Voucher]) -> Self {
        let (mut by_voucher, mut by_entry) = (HashMap::<&str, Vec<usize>>::new(), HashMap::new());
        for (place, voucher) in vouchers.iter().enumerate() {
            by_voucher.entry(&voucher.voucher_id).or_default().push(place);
            by_entry.extend(voucher.lines.iter().map(|line| (line.id, place)));
        }
        Self { vouchers, by_voucher, by_entry }
    }

    /// The vouchers that a result names, with what became of them.
    pub fn read(&self, line: &Line) -> Result<(Vec<usize>, Outcome), Unreadable> {
        if line.is_cut() {
            let reason = format!("it is longer than {MAX_LINE} bytes");
            return Err(Unreadable { places: Vec::new(), reason });
        }
        let mut json = serde_json::Deserializer::from_slice(&line.bytes);
        let read = serde_path_to_error::deserialize(&mut json);
        let read: Result<ResultLine, String> = match read {
            Ok(result) => json.end().map(|()| result).map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        let result = read.map_err(|reason| Unreadable { places: self.guessed(&line.bytes), reason })?;
        let places = self
            .named(result.voucher_id.as_deref(), result.entry_id.as_ref(), result.dispatch_key.as_deref())
            .map_err(|reason| Unreadable { places: Vec::new(), reason })?;
        match outcome(result) {
            Ok(outcome) => Ok((places, outcome)),
            Err(reason) => Err(Unreadable { places, reason }),
        }
    }

    fn named(
        &self,
        voucher_id: Option<&str>,
        entry_id: Option<&Name>,
        dispatch_key: Option<&str>,
    ) -> Result<Vec<usize>, String> {
        let places = match (voucher_id, entry_id) {
            (Some(id), None) => self.by_voucher.get(id).cloned(),
            (None, Some(name)) => {
                let id = match name {
                    Name::Number(number) => Some(*number),
                    Name::Text(text) => text.strip_prefix("entry/").unwrap_or(text).parse().ok(),
                };
                id.and_then(|id| self.by_entry.get(&id)).map(|place| vec![*place])
            }
            _ => return Err("it names a voucher_id or an entry_id: one of the two".to_owned()),
        };
        let mut places = places.ok_or_else(|| "it names what is not in this claim".to_owned())?;
        if let Some(key) = dispatch_key {
            places
                .retain(|place| self.vouchers.get(*place).is_some_and(|voucher| voucher.dispatch_key == key));
            if places.is_empty() {
                return Err("it has another dispatch_key than its voucher".to_owned());
            }
        }
        Ok(places)
    }

    /// The vouchers that a line names which is no result.
    fn guessed(&self, line: &[u8]) -> Vec<usize> {
        let Ok(Value::Object(object)) = serde_json::from_slice(line) else { return Vec::new() };
        let voucher_id = object.get("voucher_id").and_then(Value::as_str);
        let entry_id = match object.get("entry_id") {
            Some(Value::Number(number)) => number.as_i64().map(Name::Number),
            Some(Value::String(text)) => Some(Name::Text(text.clone())),
            _ => None,
        };
        // Of two names that do not agree the voucher's counts.
        let entry_id = entry_id.as_ref().filter(|_| voucher_id.is_none());
        self.named(voucher_id, entry_id, None).unwrap_or_default()
    }
}

fn outcome(result: ResultLine) -> Result<Outcome, String> {
    let ResultLine { reference, note, error, .. } = result;
    let Some(ErrorPart { kind, reason, retry_at }) = error else {
        let reference =
            reference.map(|ReferencePart { id, url }| Reference { document_id: id.into_text(), url });
        return Ok(Outcome::Exported(Exported { reference, note }));
    };
    if reference.is_some() {
        return Err("it has a reference and an error: one of the two".to_owned());
    }
    let retry_at = retry_at.map(|text| DateTime::parse_from_rfc3339(&text)).transpose();
    let retry_at = retry_at
        .map_err(|error| format!("error.retry_at: is no time such as 2026-01-31T12:00:00Z ({error})"))?;
    Ok(Outcome::Failed(Failed { kind, reason, retry_at: retry_at.map(|at| at.to_utc()) }))
}
