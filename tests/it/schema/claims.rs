//! What the contract gives the schema for workers: claims, what is in them, and how they are settled.

/// The types that a worker meets.
pub const CLAIMS: &[(&str, &[&str])] = &[
    (
        "ExportClaim",
        &[
            "id: ID!",
            "claimId: ID!",
            "systemId: SystemId!",
            "worker: String!",
            "actor: String!",
            "claimedAt: DateTime!",
            "expiresAt: DateTime!",
            "endedAt: DateTime",
            "live: Boolean!",
            "entries(first: Int, after: String, last: Int, before: String): ClaimedEntryConnection",
            "vouchers(first: Int, after: String, last: Int, before: String): ClaimedVoucherConnection",
        ],
    ),
    ("ClaimedVoucher", &["voucher: Voucher!", "dispatchKey: String", "entries: [ClaimedEntry!]!"]),
    (
        "ClaimedVoucherConnection",
        &["edges: [ClaimedVoucherEdge!]!", "nodes: [ClaimedVoucher!]!", "pageInfo: PageInfo!"],
    ),
    (
        "ExportClaimConnection",
        &["edges: [ExportClaimEdge!]!", "nodes: [ExportClaim!]!", "pageInfo: PageInfo!"],
    ),
    ("ClaimedEntry", &["entry: AccountingEntry!", "version: Int!", "dispatchKey: String!", "held: Boolean!"]),
    (
        "ClaimedEntryConnection",
        &["edges: [ClaimedEntryEdge!]!", "nodes: [ClaimedEntry!]!", "pageInfo: PageInfo!"],
    ),
    (
        "ClaimExportsInput",
        &[
            "systemId: SystemId!",
            "first: Int!",
            "leaseSeconds: Int!",
            "worker: String!",
            "filter: AccountingEntryFilter",
            "idempotencyKey: String",
        ],
    ),
    ("ClaimExportsPayload", &["claim: ExportClaim", "userErrors: [UserError!]!", "query: Query!"]),
    (
        "SettleClaimInput",
        &[
            "claimId: ID!",
            "exported: [SettledExportInput!]!",
            "failed: [RefusedExportInput!]!",
            "idempotencyKey: String",
        ],
    ),
    (
        "SettledExportInput",
        &["entryId: ID", "voucherId: ID", "version: Int", "reference: ExportReferenceInput", "note: String"],
    ),
    (
        "RefusedExportInput",
        &["entryId: ID", "voucherId: ID", "type: FailureType!", "reason: String!", "retryAt: DateTime"],
    ),
    (
        "SettleClaimPayload",
        &[
            "claim: ExportClaim",
            "exports: [EntryExport!]",
            "failures: [FailedExport!]",
            "remainingCount: Int",
            "userErrors: [UserError!]!",
            "query: Query!",
        ],
    ),
    ("ExtendClaimInput", &["claimId: ID!", "leaseSeconds: Int!", "idempotencyKey: String"]),
    ("ExtendClaimPayload", &["claim: ExportClaim", "userErrors: [UserError!]!", "query: Query!"]),
    ("ReleaseClaimInput", &["claimId: ID!", "idempotencyKey: String"]),
    (
        "ReleaseClaimPayload",
        &["claim: ExportClaim", "entryCount: Int", "userErrors: [UserError!]!", "query: Query!"],
    ),
];
