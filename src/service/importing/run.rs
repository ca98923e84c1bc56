//! One pass over all vouchers of the files.

use super::balance::Balance;
use super::bytes::key_from_bytes;
use super::gather::Gathered;
use super::missing;
use super::pass::Pass;
use super::planned::Voucher;
use super::sorter::{Kind, Sorter};
use super::summary::ImportSummary;
use crate::domain::Result;
use crate::store::entries::BATCH;

/// Goes over all vouchers, and gives what that came to.
pub(super) async fn run(mut pass: Pass<'_>, gathered: &Gathered) -> Result<ImportSummary> {
    let mut vouchers = Sorter::new(Kind::Vouchers);
    let mut portion: Vec<Voucher> = Vec::new();
    let mut lines = 0;
    let mut balance = Balance::default();
    let mut merge = gathered.lines.merge(pass.stage).await?;
    while let Some((key, records)) = merge.group().await? {
        vouchers.push(&key, &[], pass.stage).await?;
        let key = key_from_bytes(&key)?;
        pass.summary.vouchers.read += 1;
        let Some(voucher) = pass.whole(key, &records, gathered)? else { continue };
        for finding in balance.add(&voucher.key, &voucher.lines, &gathered.shapes)? {
            pass.found(finding);
        }
        // What is new of a portion is then written by one statement.
        if lines + voucher.lines.len() > BATCH {
            pass.compare(std::mem::take(&mut portion), gathered).await?;
            lines = 0;
        }
        lines += voucher.lines.len();
        portion.push(voucher);
    }
    pass.compare(portion, gathered).await?;
    for finding in balance.close() {
        pass.found(finding);
    }
    vouchers.sort();
    missing::settle(&mut pass, gathered, &vouchers).await?;
    Ok(pass.summed())
}
