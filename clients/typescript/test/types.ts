// What a program does with the types of the package: a wrong name or a wrong type does not compile. Nothing here is run.
import {
    createClient,
    LedgateError,
    Refused,
    sum,
    work,
    type Handler,
    type Summary,
    type Voucher,
} from '@ledgate/client';
import {
    SettleClaimDocument,
    UnexportedEntriesDocument,
    type AccountingEntryFilter,
    type UnexportedEntriesQuery,
} from '@ledgate/client/documents';

declare const url: string;
declare const token: string | undefined;

const client = createClient({ url, token });
const { unexportedEntries } = await client.request(UnexportedEntriesDocument, { systemId: 'erp', states: ['FAILED'] });
export const credit: string = sum(unexportedEntries?.nodes.map((entry) => entry.credit) ?? []);
export const first: UnexportedEntriesQuery['unexportedEntries'] = unexportedEntries;
export const filter: AccountingEntryFilter = { credit: { lte: '2.50' } };

const handler: Handler = async (voucher: Voucher, { signal }) => {
    signal.throwIfAborted();
    if (voucher.lines[0]?.accountNumber === '411000') throw new Refused('UNKNOWN_ACCOUNT', 'no', new Date());
    return { reference: { documentId: voucher.dispatchKey }, note: voucher.totals[0]?.debit };
};
export const done: Summary = await work({
    client,
    systemId: 'erp',
    handler,
    filter,
    onError: (error, { during }) => console.error(during, error),
});
export const others = [
    work({ url, token, systemId: 'erp', handler: () => {} }),
    work({ client, systemId: 'erp', handler: async () => ({}) }),
];
export const isBusy = (error: unknown): boolean => error instanceof LedgateError && error.code === 'THROTTLED';

export const mistakes = [
    // @ts-expect-error A decimal is a string.
    () => client.request(UnexportedEntriesDocument, { systemId: 'erp', filter: { credit: { lte: 2.5 } } }),
    // @ts-expect-error The system is required.
    () => client.request(UnexportedEntriesDocument, { first: 2 }),
    // @ts-expect-error There is no such state.
    () => client.request(UnexportedEntriesDocument, { systemId: 'erp', states: ['GONE'] }),
    // @ts-expect-error A claim is named.
    () => client.request(SettleClaimDocument, { input: {} }),
    // @ts-expect-error There is no such type of failure.
    () => new Refused('CLOSED', 'closed'),
    // @ts-expect-error A gateway is named.
    () => work({ systemId: 'erp', handler }),
    // @ts-expect-error A reference has a document.
    () => work({ client, systemId: 'erp', handler: () => ({ reference: { url: 'https://erp.example/1' } }) }),
];
