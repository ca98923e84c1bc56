//! The table of the fields of an accounting entry: one row a field, and everything that knows the fields follows
//! from it. A new field is a row here, its column in the database, `schema.graphql` printed anew, and a test.
//!
//! A row reads:
//!
//! ```text
//! /// Description. Example: "value"
//! Variant rust_name: Type = "value when left out" {
//!     graphql: "graphqlName", column: "database_column", fec: "FecColumn", length: 1..=500, indexed: true, immaterial: true
//! }
//! ```
//!
//! - **Description**: plain English that stands alone, since a client shows it without its neighbours: in GraphQL for
//!   the entry, the filter and the input, in OpenAPI, and on the variants of [`Field`](super::Field). It ends with an
//!   example, which OpenAPI shows as one.
//! - **Variant**: the field's name in [`Field`](super::Field).
//! - **rust_name**: its name in Rust, in REST, in filters and in files.
//! - **Type**: what it holds, one of the types in `value.rs`; `Option<…>` where an entry may lack it.
//! - **= "…"**, optional: what it is when a call that records an entry leaves it out. Without this, a field that is no
//!   `Option` has to be given.
//! - **graphql**: its name in GraphQL's `AccountingEntry`.
//! - **column**: its column in the database; the name of a column of money tells the unit.
//! - **fec**, optional: the column of a FEC that holds it.
//! - **length**, for every text: its shortest and longest length in characters.
//! - **indexed**, optional: an index of the database finds entries by it, so that few of many are found quickly.
//! - **immaterial**, optional: a change of it alone is no new version of the entry, since systems need not hear of it. The
//!   triggers of the database count the versions; a test holds them to this.
//!
//! The rows stand in three parts: the `id`; the `content`, which the source of an entry decides and which is
//! [`EntryContent`](crate::domain::EntryContent); and what the `ledger` adds itself. Beside them an entry has its
//! attributes, every further column of its source, which are no field: nothing can be asked about them.
//!
//! `entry_fields!(PART => name)` calls the macro `name!` with the rows of that part: `each` are all of them,
//! `content`, `own` (the id and what the ledger adds), or `parts`, which hands all three over apart, as
//! `id { … } content { … } ledger { … }`. What is not needed of a row is matched by `$($rest:tt)*`. The caller has the
//! types of the rows in scope.

macro_rules! entry_fields {
    ($part:ident => $callback:ident) => {
        $crate::domain::field::entry_fields! { @pick $part $callback
            id {
                /// The ledger's own number of the entry: a 64-bit integer, ascending, never used twice.
                /// Example: "42"
                Id id: EntryId {
                    graphql: "entryId", column: "id", indexed: true
                }
            }
            content {
                /// The source's own name for the entry, unique in the ledger: 1 to 200 characters. Recording the same
                /// name again updates the entry. Example: "VE:20240131:17:1"
                ExternalId external_id: String {
                    graphql: "externalId", column: "external_id", length: 1..=200, indexed: true
                }
                /// The code of the journal that the entry stands in: 1 to 300 characters (FEC: JournalCode).
                /// Example: "VE"
                JournalCode journal_code: String {
                    graphql: "journalCode", column: "journal_code", fec: "JournalCode", length: 1..=300
                }
                /// The name of the journal that the entry stands in: at most 500 characters (FEC: JournalLib).
                /// Example: "Sales"
                JournalName journal_name: Option<String> {
                    graphql: "journalName", column: "journal_name", fec: "JournalLib", length: 0..=500, immaterial: true
                }
                /// The number of the voucher that this line belongs to, whose lines balance: at most 300 characters
                /// (FEC: EcritureNum). Example: "17"
                EntryNumber entry_number: String {
                    graphql: "entryNumber", column: "entry_number", fec: "EcritureNum", length: 0..=300
                }
                /// The day for which the entry counts in the books (FEC: EcritureDate). Example: "2024-01-31"
                PostingDate posting_date: Day {
                    graphql: "postingDate", column: "posting_date", fec: "EcritureDate", indexed: true
                }
                /// The number of the general ledger account: 1 to 500 characters (FEC: CompteNum). Example: "707000"
                AccountNumber account_number: String {
                    graphql: "accountNumber", column: "account_number", fec: "CompteNum", length: 1..=500
                }
                /// The name of the general ledger account: at most 500 characters (FEC: CompteLib).
                /// Example: "Sales of goods"
                AccountName account_name: Option<String> {
                    graphql: "accountName", column: "account_name", fec: "CompteLib", length: 0..=500, immaterial: true
                }
                /// The number of the customer's or supplier's own account: at most 500 characters (FEC: CompAuxNum).
                /// Example: "C0042"
                SubledgerAccountNumber subledger_account_number: Option<String> {
                    graphql: "subledgerAccountNumber", column: "subledger_account_number", fec: "CompAuxNum",
                    length: 0..=500
                }
                /// The name of the customer's or supplier's own account: at most 500 characters (FEC: CompAuxLib).
                /// Example: "Dupont SARL"
                SubledgerAccountName subledger_account_name: Option<String> {
                    graphql: "subledgerAccountName", column: "subledger_account_name", fec: "CompAuxLib",
                    length: 0..=500, immaterial: true
                }
                /// The reference of the document behind the entry, such as the number of an invoice: at most 500
                /// characters (FEC: PieceRef). Example: "FA-2024-0117"
                DocumentReference document_reference: Option<String> {
                    graphql: "documentReference", column: "document_reference", fec: "PieceRef", length: 0..=500
                }
                /// The date of the document behind the entry (FEC: PieceDate). Example: "2024-01-30"
                DocumentDate document_date: Option<Day> {
                    graphql: "documentDate", column: "document_date", fec: "PieceDate"
                }
                /// What happened, in words: at most 2,000 characters (FEC: EcritureLib).
                /// Example: "Invoice FA-2024-0117"
                Description description: String {
                    graphql: "description", column: "description", fec: "EcritureLib", length: 0..=2_000
                }
                /// The debit in the book currency (FEC: Debit). It may be negative, as a reversal is, and debit and
                /// credit may both be 0. Example: "1200.00"
                Debit debit: Money = "0.00" {
                    graphql: "debit", column: "debit_ten_thousandths", fec: "Debit"
                }
                /// The credit in the book currency (FEC: Credit). It may be negative, as a reversal is, and debit and
                /// credit may both be 0. Example: "0.00"
                Credit credit: Money = "0.00" {
                    graphql: "credit", column: "credit_ten_thousandths", fec: "Credit"
                }
                /// The book currency, in which debit, credit and amount are: its ISO 4217 code. Example: "EUR"
                Currency currency: CurrencyCode {
                    graphql: "currency", column: "currency"
                }
                /// The amount in the currency of the document, where that is not the book currency
                /// (FEC: Montantdevise). Example: "1310.40"
                ForeignAmount foreign_amount: Option<Money> {
                    graphql: "foreignAmount", column: "foreign_amount_ten_thousandths", fec: "Montantdevise"
                }
                /// The currency of the document, where that is not the book currency: its ISO 4217 code
                /// (FEC: Idevise). Example: "USD"
                ForeignCurrency foreign_currency: Option<CurrencyCode> {
                    graphql: "foreignCurrency", column: "foreign_currency", fec: "Idevise"
                }
                /// The reconciliation code: entries of one account with the same code settle each other. At most 500
                /// characters (FEC: EcritureLet). Example: "AB"
                ReconciliationCode reconciliation_code: Option<String> {
                    graphql: "reconciliationCode", column: "reconciliation_code", fec: "EcritureLet", length: 0..=500, immaterial: true
                }
                /// The day on which the entry was reconciled with those that settle it (FEC: DateLet).
                /// Example: "2024-02-15"
                ReconciledOn reconciled_on: Option<Day> {
                    graphql: "reconciledOn", column: "reconciled_on", fec: "DateLet", immaterial: true
                }
                /// The day on which the entry became final (FEC: ValidDate). Example: "2024-02-28"
                ValidatedOn validated_on: Option<Day> {
                    graphql: "validatedOn", column: "validated_on", fec: "ValidDate", immaterial: true
                }
            }
            ledger {
                /// Debit minus credit, in the book currency. Example: "1200.00"
                Amount amount: Money {
                    graphql: "amount", column: "amount_ten_thousandths"
                }
                /// When the entry was first recorded in this ledger. Example: "2024-01-31T12:00:00.000000Z"
                CreatedAt created_at: Timestamp {
                    graphql: "createdAt", column: "created_at", indexed: true
                }
                /// When the content of the entry last changed. A change does not make the entry unexported again:
                /// filter by this moment to find what changed. Example: "2024-01-31T12:00:00.000000Z"
                UpdatedAt updated_at: Timestamp {
                    graphql: "updatedAt", column: "updated_at", indexed: true
                }
                /// The version of the entry: 1 when it is recorded, one more with each material change, whoever makes it.
                /// Not material are reconciliation, the validation date, the names of journals, accounts and third
                /// parties, and attributes. Example: "2"
                Version version: i32 {
                    graphql: "version", column: "version"
                }
                /// When the source took the entry back. A withdrawn entry is unexported for no system; where it was
                /// exported before, its mark stays. Missing while the entry stands.
                /// Example: "2024-02-01T08:30:00.000000Z"
                WithdrawnAt withdrawn_at: Option<Timestamp> {
                    graphql: "withdrawnAt", column: "withdrawn_at"
                }
            }
        }
    };
    (@pick each $callback:ident
        id { $($id:tt)+ } content { $($content:tt)+ } ledger { $($ledger:tt)+ }) => {
        $callback! { $($id)+ $($content)+ $($ledger)+ }
    };
    (@pick content $callback:ident id $id:tt content { $($content:tt)+ } ledger $ledger:tt) => {
        $callback! { $($content)+ }
    };
    (@pick own $callback:ident id { $($id:tt)+ } content $content:tt ledger { $($ledger:tt)+ }) => {
        $callback! { $($id)+ $($ledger)+ }
    };
    (@pick parts $callback:ident $($parts:tt)+) => {
        $callback! { $($parts)+ }
    };
}

pub(crate) use entry_fields;
