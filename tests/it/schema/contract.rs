//! The types and fields that the contract gives the schema.

/// Section 3 of the contract, and the entry of section 1.
pub const CONTRACT: &[(&str, &[&str])] = &[
    (
        "Query",
        &[
            "unexportedEntries(systemId: SystemId!, notExportedSince: DateTime, filter: AccountingEntryFilter, \
         orderBy: AccountingEntryOrder, first: Int, after: String, last: Int, before: String): \
         AccountingEntryConnection",
            "accountingEntries(filter: AccountingEntryFilter, orderBy: AccountingEntryOrder, first: Int, \
         after: String, last: Int, before: String): AccountingEntryConnection",
            "accountingEntry(id: ID!): AccountingEntry",
            "exportSystem(id: SystemId!): ExportSystem",
            "exportSystems(first: Int, after: String): ExportSystemConnection",
        ],
    ),
    (
        "Mutation",
        &[
            "markExported(input: MarkExportedInput!): MarkExportedPayload",
            "recordAccountingEntries(input: RecordAccountingEntriesInput!): RecordAccountingEntriesPayload",
        ],
    ),
    (
        "AccountingEntry",
        &[
            "id: ID!",
            "entryId: ID!",
            "externalId: String!",
            "journalCode: String!",
            "journalName: String",
            "entryNumber: String!",
            "postingDate: Date!",
            "accountNumber: String!",
            "accountName: String",
            "subledgerAccountNumber: String",
            "subledgerAccountName: String",
            "documentReference: String",
            "documentDate: Date",
            "description: String!",
            "debit: Decimal!",
            "credit: Decimal!",
            "amount: Decimal!",
            "currency: CurrencyCode!",
            "foreignAmount: Decimal",
            "foreignCurrency: CurrencyCode",
            "reconciliationCode: String",
            "reconciledOn: Date",
            "validatedOn: Date",
            "attributes: JSONObject!",
            "createdAt: DateTime!",
            "updatedAt: DateTime!",
            "exports: [EntryExport!]",
            "export(systemId: SystemId!): EntryExport",
            "timeline(first: Int, after: String): TimelineEventConnection",
        ],
    ),
    (
        "AccountingEntryConnection",
        &[
            "edges: [AccountingEntryEdge!]!",
            "nodes: [AccountingEntry!]!",
            "pageInfo: PageInfo!",
            "totalCount: Count",
        ],
    ),
    ("AccountingEntryEdge", &["cursor: String!", "node: AccountingEntry!"]),
    (
        "PageInfo",
        &["hasNextPage: Boolean!", "hasPreviousPage: Boolean!", "startCursor: String", "endCursor: String"],
    ),
    ("Count", &["count: Int!", "precision: CountPrecision!"]),
    ("CountPrecision", &["EXACT", "AT_LEAST"]),
    ("AccountingEntryOrder", &["field: AccountingEntryOrderField!", "direction: OrderDirection!"]),
    ("AccountingEntryOrderField", &["ID", "CREATED_AT", "UPDATED_AT", "POSTING_DATE"]),
    ("OrderDirection", &["ASC", "DESC"]),
    ("MarkExportedInput", &["entries: [MarkExportedEntryInput!]!", "idempotencyKey: String"]),
    ("MarkExportedEntryInput", &["entryId: ID!", "systemId: SystemId!", "note: String"]),
    ("MarkExportedPayload", &["exports: [EntryExport!]!", "userErrors: [UserError!]!"]),
    (
        "EntryExport",
        &[
            "entryId: ID!",
            "entry: AccountingEntry",
            "systemId: SystemId!",
            "exportedAt: DateTime!",
            "note: String",
            "remarked: Boolean!",
        ],
    ),
    ("UserError", &["field: [String!]", "code: UserErrorCode!", "message: String!", "entryId: ID"]),
    (
        "TimelineEvent",
        &[
            "id: ID!",
            "kind: TimelineEventKind!",
            "at: DateTime!",
            "systemId: SystemId",
            "note: String",
            "actor: String",
        ],
    ),
    ("TimelineEventKind", &["RECORDED", "UPDATED", "EXPORTED", "OTHER"]),
    ("RecordAccountingEntriesInput", &["entries: [AccountingEntryInput!]!", "idempotencyKey: String"]),
    (
        "RecordAccountingEntriesPayload",
        &[
            "entries: [AccountingEntry!]!",
            "recorded: Int!",
            "updated: Int!",
            "unchanged: Int!",
            "userErrors: [UserError!]!",
        ],
    ),
];
