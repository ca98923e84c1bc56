// The tabs of a system that list entries: what each lists, by what it can be filtered, and what can be done there.
import {
  ConsoleChangedCountDocument,
  ConsoleChangedDocument,
  ConsoleChangedKeysDocument,
  ConsoleFindCountDocument,
  ConsoleFindDocument,
  ConsoleFindTotalsDocument,
  ConsoleSentDocument,
  ConsoleSentKeysDocument,
  ConsoleWaitingCountDocument,
  ConsoleWaitingDocument,
  ConsoleWaitingKeysDocument,
  ConsoleWaitingTotalsDocument,
  type AccountingEntryOrder,
  type ConsoleTotalFragment,
  type EntryExportOrder,
  type ExportState,
} from '@ledgate/client/documents';
import type { Client } from '@urql/core';
import type { ActionKind } from '../actions/kinds';
import { askFor } from '../api/ask';
import { pageOf, type ReadPage } from '../api/pages';
import type { Page } from '../api/window';
import { entryFilter, markFilter, type Filters } from '../filters/address';
import { ENTRY_FIELDS, MARK_FIELDS, type Fields } from '../filters/fields';
import type { Count } from '../i18n/format';
import type { ListLine } from '../list/rows';
import type { Picked } from '../list/selection';

/** What a list is asked for. */
export interface Wanted {
  systemId: string;
  filters: Filters;
  sort: string;
}

/** A list of entries. */
export interface EntryTab {
  fields: Fields;
  hasSearch: boolean;
  sorts: string[];
  actions: ActionKind[];
  isPerLine: boolean;
  read(wanted: Wanted): ReadPage<ListLine>;
  /** The same entries with what a selection needs, 500 a page. */
  readKeys?(wanted: Wanted): ReadPage<Picked>;
  count?(wanted: Wanted, client: Client): Promise<Count | null>;
  /** What all entries of the list add up to. Null where they are too many for the gateway, or a sum has too many digits. */
  totals?(wanted: Wanted, client: Client): Promise<ConsoleTotalFragment[] | null>;
}

/** The page of a connection with something else in the place of each node; without those that have nothing. */
function pageWith<Node, Row>(connection: Parameters<typeof pageOf<Node>>[0], rowOf: (node: Node) => Row | undefined): Page<Row> {
  const page = pageOf(connection);
  return { ...page, rows: page.rows.flatMap((node) => rowOf(node) ?? []) };
}

function entryOrder(sort: string): AccountingEntryOrder | undefined {
  const [field, direction] = sort.split('.');
  return { field, direction } as AccountingEntryOrder;
}

function unexported(states: ExportState[], actions: ActionKind[]): EntryTab {
  return {
    fields: ENTRY_FIELDS,
    hasSearch: true,
    sorts: ['ID.ASC', 'ID.DESC', 'POSTING_DATE.ASC', 'POSTING_DATE.DESC'],
    actions,
    isPerLine: false,
    read:
      ({ systemId, filters, sort }) =>
      async (client, at) => {
        const filter = entryFilter(filters, ENTRY_FIELDS);
        const variables = { systemId, states, filter, orderBy: entryOrder(sort), ...at };
        const { unexportedEntries } = await askFor(client, ConsoleWaitingDocument, variables);
        return pageWith(unexportedEntries, (entry): ListLine => ({ entry, voucher: entry.voucher, status: entry.exportStatus }));
      },
    readKeys:
      ({ systemId, filters }) =>
      async (client, { after }) => {
        const filter = entryFilter(filters, ENTRY_FIELDS);
        const { unexportedEntries } = await askFor(client, ConsoleWaitingKeysDocument, { systemId, states, filter, after });
        return pageWith(unexportedEntries, ({ voucher, ...entry }): Picked => ({ ...entry, voucherId: voucher.id }));
      },
    async count({ systemId, filters }, client) {
      const filter = entryFilter(filters, ENTRY_FIELDS);
      const data = await askFor(client, ConsoleWaitingCountDocument, { systemId, states, filter });
      return data.unexportedEntries?.totalCount ?? null;
    },
    async totals({ systemId, filters }, client) {
      const filter = entryFilter(filters, ENTRY_FIELDS);
      const data = await askFor(client, ConsoleWaitingTotalsDocument, { systemId, states, filter });
      return data.unexportedEntries?.totals ?? null;
    },
  };
}

const sent: EntryTab = {
  fields: MARK_FIELDS,
  hasSearch: false,
  sorts: ['MARKED_AT.DESC', 'MARKED_AT.ASC'],
  actions: ['unmark'],
  isPerLine: false,
  read:
    ({ systemId, filters, sort }) =>
    async (client, at) => {
      const orderBy = entryOrder(sort) as unknown as EntryExportOrder;
      const { entryExports } = await askFor(client, ConsoleSentDocument, { systemId, filter: markFilter(filters), orderBy, ...at });
      return pageWith(entryExports, ({ entry, ...mark }): ListLine | undefined =>
        entry ? { entry, voucher: entry.voucher, mark } : undefined,
      );
    },
  readKeys:
    ({ systemId, filters, sort }) =>
    async (client, { after }) => {
      const orderBy = entryOrder(sort) as unknown as EntryExportOrder;
      const data = await askFor(client, ConsoleSentKeysDocument, { systemId, filter: markFilter(filters), orderBy, after });
      return pageWith(data.entryExports, ({ entry }): Picked | undefined =>
        entry ? { ...entry, voucherId: entry.voucher.id } : undefined,
      );
    },
};

const changed: EntryTab = {
  fields: ENTRY_FIELDS,
  hasSearch: true,
  sorts: ['ID.ASC'],
  actions: ['mark', 'unmark'],
  isPerLine: true,
  read:
    ({ systemId, filters }) =>
    async (client, at) => {
      const variables = { systemId, filter: entryFilter(filters, ENTRY_FIELDS), ...at };
      const { changedEntries } = await askFor(client, ConsoleChangedDocument, variables);
      return pageWith(changedEntries, ({ entry, ...change }): ListLine => ({ entry, voucher: entry.voucher, change }));
    },
  readKeys:
    ({ systemId, filters }) =>
    async (client, { after }) => {
      const filter = entryFilter(filters, ENTRY_FIELDS);
      const { changedEntries } = await askFor(client, ConsoleChangedKeysDocument, { systemId, filter, after });
      return pageWith(changedEntries, ({ entry, version }): Picked => ({ ...entry, version, voucherId: entry.voucher.id }));
    },
  async count({ systemId, filters }, client) {
    const filter = entryFilter(filters, ENTRY_FIELDS);
    return (await askFor(client, ConsoleChangedCountDocument, { systemId, filter })).changedEntries?.totalCount ?? null;
  },
};

export const ENTRY_TABS = {
  waiting: unexported(['PENDING'], ['mark', 'fail', 'park']),
  failed: unexported(['FAILED'], ['requeue', 'park', 'mark']),
  parked: unexported(['PARKED'], ['requeue', 'mark']),
  sent,
  changed,
} satisfies Record<string, EntryTab>;

/** All entries of the ledger, for no system. */
export const LEDGER: EntryTab = {
  fields: ENTRY_FIELDS,
  hasSearch: true,
  sorts: ['ID.ASC', 'ID.DESC', 'POSTING_DATE.ASC', 'POSTING_DATE.DESC'],
  actions: [],
  isPerLine: false,
  read:
    ({ filters, sort }) =>
    async (client, at) => {
      const variables = { filter: entryFilter(filters, ENTRY_FIELDS), orderBy: entryOrder(sort), ...at };
      const { accountingEntries } = await askFor(client, ConsoleFindDocument, variables);
      return pageWith(accountingEntries, (entry): ListLine => ({ entry, voucher: entry.voucher }));
    },
  async count({ filters }, client) {
    const filter = entryFilter(filters, ENTRY_FIELDS);
    return (await askFor(client, ConsoleFindCountDocument, { filter })).accountingEntries?.totalCount ?? null;
  },
  async totals({ filters }, client) {
    const filter = entryFilter(filters, ENTRY_FIELDS);
    return (await askFor(client, ConsoleFindTotalsDocument, { filter })).accountingEntries?.totals ?? null;
  },
};

export const TABS = ['waiting', 'failed', 'parked', 'work', 'sent', 'changed', 'conflicts', 'replays'] as const;
export type Tab = (typeof TABS)[number];
export type EntryTabName = keyof typeof ENTRY_TABS;
