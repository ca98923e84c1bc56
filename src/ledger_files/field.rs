//! The fields of an entry, and what each is called in a file.

/// A field of an entry that a column can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    ExternalId,
    JournalCode,
    JournalName,
    EntryNumber,
    PostingDate,
    AccountNumber,
    AccountName,
    SubledgerAccountNumber,
    SubledgerAccountName,
    DocumentReference,
    DocumentDate,
    Description,
    Debit,
    Credit,
    Currency,
    ForeignAmount,
    ForeignCurrency,
    ReconciliationCode,
    ReconciledOn,
    ValidatedOn,
    Attributes,
    /// FEC: the amount, whichever side it is on.
    Unsided,
    /// FEC: the side it is on.
    Side,
    /// What an export says of an entry beyond its content.
    Ignored,
}

impl Field {
    /// How many there are.
    pub(super) const COUNT: usize = Field::Ignored as usize + 1;
}

/// The columns of a FEC, and Montant and Sens, which may stand in place of Debit and Credit.
pub(super) const FEC: [(Field, &str); 20] = [
    (Field::JournalCode, "JournalCode"),
    (Field::JournalName, "JournalLib"),
    (Field::EntryNumber, "EcritureNum"),
    (Field::PostingDate, "EcritureDate"),
    (Field::AccountNumber, "CompteNum"),
    (Field::AccountName, "CompteLib"),
    (Field::SubledgerAccountNumber, "CompAuxNum"),
    (Field::SubledgerAccountName, "CompAuxLib"),
    (Field::DocumentReference, "PieceRef"),
    (Field::DocumentDate, "PieceDate"),
    (Field::Description, "EcritureLib"),
    (Field::Debit, "Debit"),
    (Field::Credit, "Credit"),
    (Field::ReconciliationCode, "EcritureLet"),
    (Field::ReconciledOn, "DateLet"),
    (Field::ValidatedOn, "ValidDate"),
    (Field::ForeignAmount, "Montantdevise"),
    (Field::ForeignCurrency, "Idevise"),
    (Field::Unsided, "Montant"),
    (Field::Side, "Sens"),
];

/// The REST names. The last four are what `ledgate export` writes and the ledger makes itself.
pub(super) const REST: [(Field, &str); 25] = [
    (Field::ExternalId, "external_id"),
    (Field::JournalCode, "journal_code"),
    (Field::JournalName, "journal_name"),
    (Field::EntryNumber, "entry_number"),
    (Field::PostingDate, "posting_date"),
    (Field::AccountNumber, "account_number"),
    (Field::AccountName, "account_name"),
    (Field::SubledgerAccountNumber, "subledger_account_number"),
    (Field::SubledgerAccountName, "subledger_account_name"),
    (Field::DocumentReference, "document_reference"),
    (Field::DocumentDate, "document_date"),
    (Field::Description, "description"),
    (Field::Debit, "debit"),
    (Field::Credit, "credit"),
    (Field::Currency, "currency"),
    (Field::ForeignAmount, "foreign_amount"),
    (Field::ForeignCurrency, "foreign_currency"),
    (Field::ReconciliationCode, "reconciliation_code"),
    (Field::ReconciledOn, "reconciled_on"),
    (Field::ValidatedOn, "validated_on"),
    (Field::Attributes, "attributes"),
    (Field::Ignored, "id"),
    (Field::Ignored, "amount"),
    (Field::Ignored, "created_at"),
    (Field::Ignored, "updated_at"),
];

/// The field that the domain calls by this name.
pub(super) fn by_rest_name(name: &str) -> Option<Field> {
    REST.iter().find(|(_, rest)| *rest == name).map(|(field, _)| *field)
}
