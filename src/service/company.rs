//! A ledger holds the books of one company. The first FEC whose name has a number (a SIREN) says of which, and files of
//! another company are refused.

use sea_orm::DatabaseTransaction;

use super::Ledger;
use crate::domain::{Code, Error, Result, Right, Siren};
use crate::store::company;

impl Ledger {
    /// Makes the ledger that of the company with these numbers, which stand in the names of the files of one import; or
    /// refuses them all ([`Code::OtherCompany`]) when one is another company's. To be called before a line is written,
    /// and with the numbers of all files at once. `same_company` says that the company was renumbered: then the ledger
    /// keeps the new numbers beside the old ones, and takes files of each from then on.
    pub async fn claim_company(&self, sirens: &[Siren], same_company: bool) -> Result<()> {
        self.caller.require(Right::Record)?;
        let transaction = self.database.begin().await?;
        self.claim(&transaction, sirens, same_company).await?;
        Ok(transaction.commit().await?)
    }

    /// What [`Ledger::claim_company`] would say; writes nothing.
    pub async fn check_company(&self, sirens: &[Siren], same_company: bool) -> Result<()> {
        self.caller.require(Right::Record)?;
        let transaction = self.database.begin().await?;
        self.claim(&transaction, sirens, same_company).await?;
        Ok(transaction.rollback().await?)
    }

    async fn claim(
        &self,
        transaction: &DatabaseTransaction,
        sirens: &[Siren],
        same_company: bool,
    ) -> Result<()> {
        let mut known = company::numbers(transaction).await?;
        for siren in sirens {
            // Again when another import was faster: what it added then has to fit.
            while !known.contains(siren) {
                if let Some(own) = known.first()
                    && !same_company
                {
                    return Err(Error::refused(Code::OtherCompany, other_company(siren, own)));
                }
                company::add(transaction, siren, known.len(), self.clock.now()).await?;
                known = company::numbers(transaction).await?;
            }
        }
        Ok(())
    }
}

fn other_company(siren: &Siren, own: &Siren) -> String {
    format!(
        "the file is of the company {siren}, by its name, and this ledger holds the books of {own}: nothing was written. \
         Import it into that company's own ledger (--ledger NAME; `ledgate ledger create NAME` makes one). If it is the \
         same company with a new number, say so with --same-company (same_company=true over HTTP)"
    )
}
