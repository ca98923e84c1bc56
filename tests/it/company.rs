//! A ledger holds the books of one company: the first number that is claimed stays.

use ledgate::domain::{Code, Error, Siren};

use crate::on_both_databases;

const OWN: &str = "700100205";
const OTHER: &str = "700200302";
const THIRD: &str = "700300401";

fn siren(digits: &str) -> Siren {
    Siren::in_file_name(&format!("{digits}FEC20241231.txt")).unwrap()
}

fn refused(outcome: Result<(), Error>) -> String {
    let Err(Error::Refused(faults)) = outcome else { panic!("{outcome:?} is no refusal") };
    assert_eq!(faults.iter().map(|fault| fault.code).collect::<Vec<_>>(), [Code::OtherCompany]);
    faults[0].message.clone()
}

on_both_databases! {
    async fn the_first_company_stays_and_others_are_refused_with_both_numbers(gateway: Gateway) {
        let ledger = &gateway.ledger;
        ledger.claim_company(&[], false).await.unwrap();
        ledger.check_company(&[siren(OTHER)], false).await.expect("asking claims nothing");
        ledger.claim_company(&[siren(OWN)], false).await.unwrap();
        ledger.claim_company(&[siren(OWN), siren(OWN)], false).await.unwrap();
        for outcome in [
            ledger.claim_company(&[siren(OTHER)], false).await,
            ledger.claim_company(&[siren(OWN), siren(OTHER)], false).await,
            ledger.check_company(&[siren(OTHER)], false).await,
        ] {
            let message = refused(outcome);
            for part in [OWN, OTHER, "--ledger", "--same-company"] {
                assert!(message.contains(part), "{part} is missing in {message}");
            }
        }
    }

    async fn a_renumbered_company_keeps_all_its_numbers(gateway: Gateway) {
        let ledger = &gateway.ledger;
        ledger.claim_company(&[siren(OWN)], false).await.unwrap();
        ledger.check_company(&[siren(OTHER)], true).await.unwrap();
        refused(ledger.claim_company(&[siren(OTHER)], false).await);
        ledger.claim_company(&[siren(OTHER)], true).await.unwrap();
        ledger.claim_company(&[siren(OTHER), siren(OWN)], false).await.unwrap();
        assert!(refused(ledger.claim_company(&[siren(THIRD)], false).await).contains(OWN));
    }

    async fn files_of_two_companies_in_one_import_leave_the_ledger_to_nobody(gateway: Gateway) {
        refused(gateway.ledger.claim_company(&[siren(OWN), siren(OTHER)], false).await);
        gateway.ledger.claim_company(&[siren(OTHER)], false).await.unwrap();
    }

    async fn of_two_companies_that_claim_a_ledger_at_once_one_gets_it(gateway: Gateway) {
        let (own, other) = ([siren(OWN)], [siren(OTHER)]);
        let (one, two) =
            tokio::join!(gateway.ledger.claim_company(&own, false), gateway.ledger.claim_company(&other, false));
        assert!(one.is_ok() != two.is_ok(), "{one:?}, {two:?}");
        refused(if one.is_ok() { two } else { one });
    }
}
