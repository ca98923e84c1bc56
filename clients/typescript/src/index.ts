export { createClient, type CallOptions, type Client, type ClientOptions } from './client.js';
export { LedgateError } from './error.js';
export type { AccountingEntryFilter, FailureType } from './generated/graphql.js';
export { sum } from './money.js';
export { Refused, type Exported, type Reference } from './outcome.js';
export type { TypedDocumentNode } from './typed.js';
export type { Total, Voucher, VoucherLine } from './voucher.js';
export { work, WorkError } from './work.js';
export type { Handler, Progress, Summary, Trouble, Unsettled, WorkOptions, WorkSettings } from './work/options.js';
