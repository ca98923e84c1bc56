//! External ids that files give: the same one twice in an import, and lines that have moved to another voucher.

use super::bytes::damaged;
use super::gather::Gathered;
use super::record::{Place, Record};
use super::stage::Stage;
use super::summary::{ImportFinding, ImportSummary, shown};
use crate::domain::text::quoted;
use crate::domain::{Field, Result};
use crate::ledger_files::Problem;

fn read(value: &[u8]) -> Result<(Place, &[u8], &[u8])> {
    let (file, rest) = value.split_first_chunk().ok_or_else(damaged)?;
    let (line, rest) = rest.split_first_chunk().ok_or_else(damaged)?;
    let (digest, voucher) = rest.split_at_checked(16).ok_or_else(damaged)?;
    Ok((Place { file: u32::from_be_bytes(*file), line: u64::from_be_bytes(*line) }, digest, voucher))
}

/// Sees to it that no external id stands twice: lines of the same id that say different things are all rejected, each
/// with the places of all; lines that say the same are one.
pub(super) async fn settle(
    gathered: &mut Gathered,
    stage: &Stage<'_>,
    summary: &mut ImportSummary,
    tell: &mut (dyn FnMut(ImportFinding) + Send),
) -> Result<()> {
    gathered.names.sort();
    let names: Vec<String> = gathered.files.iter().map(|file| file.name.clone()).collect();
    let mut merge = gathered.names.merge(stage).await?;
    while let Some((name, values)) = merge.group().await? {
        if values.len() < 2 {
            continue;
        }
        let mut lines: Vec<_> = values.iter().map(|value| read(value)).collect::<Result<_>>()?;
        lines.sort_by_key(|(place, ..)| *place);
        let is_one = lines.iter().all(|(_, digest, _)| *digest == lines[0].1);
        let places: Vec<String> = lines.iter().take(10).map(|(place, ..)| shown(*place, &names)).collect();
        let name = String::from_utf8_lossy(&name);
        let (name, places) = (quoted(&name), places.join(" and "));
        let reason = format!("{name} stands on lines that say different things: {places}");
        for (number, (place, _, voucher)) in lines.iter().enumerate() {
            let record = if !is_one {
                summary.rejected += 1;
                let column = Some(Field::ExternalId.name().to_owned());
                tell(ImportFinding::Rejected(*place, Problem { column, reason: reason.clone() }));
                Record::Refused(*place, reason.clone())
            } else if number > 0 {
                Record::Repeated(*place)
            } else {
                continue;
            };
            gathered.lines.push(voucher, &record.to_bytes(), stage).await?;
        }
    }
    Ok(())
}
