//! What the contract gives the schema for webhooks.

/// Section 3 of signals.md.
pub const WEBHOOKS: &[(&str, &[&str])] = &[
    (
        "Webhook",
        &[
            "webhookId: ID!",
            "url: String!",
            "systemId: SystemId",
            "kinds: [WebhookKind!]!",
            "description: String",
            "cursor: String",
            "failingSince: DateTime",
            "failedAttempts: Int!",
            "nextAttemptAt: DateTime",
            "switchedOffAt: DateTime",
            "switchedOffBecause: WebhookSwitchedOff",
            "previousSecretValidUntil: DateTime",
            "createdAt: DateTime!",
            "createdBy: String!",
            "deliveries(first: Int, after: String, last: Int, before: String): WebhookDeliveryConnection",
        ],
    ),
    (
        "WebhookKind",
        &[
            "READY", "FAILED", "PARKED", "CONFLICT", "CHANGED", "EXPORTED", "UNMARKED", "REQUEUED",
            "CLAIMED", "REPLAYED",
        ],
    ),
    ("WebhookSwitchedOff", &["FAILED", "GONE"]),
    (
        "WebhookDelivery",
        &[
            "deliveryId: ID!",
            "at: DateTime!",
            "attempt: Int!",
            "signalId: String!",
            "systemId: SystemId",
            "kinds: [WebhookKind!]!",
            "cursor: String",
            "taken: Boolean!",
            "status: Int",
            "error: WebhookDeliveryError",
            "durationMs: Int!",
        ],
    ),
    (
        "WebhookDeliveryError",
        &["NOT_HTTPS", "NO_ADDRESS", "PRIVATE_ADDRESS", "NOT_CONNECTED", "TLS", "TIMEOUT", "BAD_ANSWER"],
    ),
    ("WebhookConnection", &["edges: [WebhookEdge!]!", "nodes: [Webhook!]!", "pageInfo: PageInfo!"]),
    (
        "WebhookDeliveryConnection",
        &["edges: [WebhookDeliveryEdge!]!", "nodes: [WebhookDelivery!]!", "pageInfo: PageInfo!"],
    ),
    (
        "CreateWebhookInput",
        &[
            "url: String!",
            "systemId: SystemId",
            "kinds: [WebhookKind!]!",
            "description: String",
            "idempotencyKey: String",
        ],
    ),
    ("WebhookInput", &["webhookId: ID!", "idempotencyKey: String"]),
    ("RotateWebhookSecretInput", &["webhookId: ID!", "overlapSeconds: Int", "idempotencyKey: String"]),
    ("ReplayWebhookInput", &["webhookId: ID!", "after: String", "idempotencyKey: String"]),
    ("TestWebhookInput", &["webhookId: ID!"]),
    (
        "WebhookSecretPayload",
        &["webhook: Webhook", "secret: String", "userErrors: [UserError!]!", "query: Query!"],
    ),
    ("WebhookPayload", &["webhook: Webhook", "userErrors: [UserError!]!", "query: Query!"]),
    ("DeleteWebhookPayload", &["deletedWebhookId: ID", "userErrors: [UserError!]!", "query: Query!"]),
    ("TestWebhookPayload", &["delivery: WebhookDelivery", "userErrors: [UserError!]!", "query: Query!"]),
];
