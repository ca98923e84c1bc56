import type { ClaimedPageFragment, LineFragment } from './generated/graphql.js';
import { sum } from './money.js';

/** One line of a journal. Amounts are decimals in texts: give them to a decimal library, never to `Number()`. */
export type VoucherLine = Omit<LineFragment, '__typename'>;

/** What the lines of a voucher in one currency add up to. */
export interface Total {
    currency: string;
    /** The sum of the debits: an exact decimal, such as `1234.50`. */
    debit: string;
    /** The sum of the credits: an exact decimal. */
    credit: string;
}

/** The lines of a claim that are sent as one document. For a system whose unit is the entry, each is one line. */
export interface Voucher {
    /** The id of the voucher, such as `voucher/2024-01-31/VE/17`. */
    voucherId: string;
    /** The same over all attempts and all workers: give it to the system as its idempotency key. */
    dispatchKey: string;
    journalCode: string;
    entryNumber: string;
    /** The day for which it counts in the books, such as `2024-01-31`. */
    postingDate: string;
    /** What its lines add up to, for each currency in the order of their first lines. Nearly always there is one. */
    totals: Total[];
    /** Its lines, in the order of their ids; at least one. */
    lines: VoucherLine[];
}

/** A voucher, and whether the claim has other lines of it, which are another document. */
export interface Claimed {
    voucher: Voucher;
    isPart: boolean;
}

type ClaimedNode = ClaimedPageFragment['nodes'][number];

/** The vouchers of these lines, in the order of their first lines. What has the same dispatch key is one document. */
export function grouped(nodes: readonly ClaimedNode[]): Claimed[] {
    const vouchers = new Map<string, Voucher>();
    const documents = new Map<string, number>();
    for (const { dispatchKey, entry } of nodes) {
        const { voucher, ...line } = plain(entry);
        const key = JSON.stringify([voucher.id, dispatchKey]);
        const known = vouchers.get(key);
        if (known) {
            known.lines.push(line);
            continue;
        }
        const { id: voucherId, journalCode, entryNumber, postingDate } = voucher;
        documents.set(voucherId, (documents.get(voucherId) ?? 0) + 1);
        vouchers.set(key, { voucherId, dispatchKey, journalCode, entryNumber, postingDate, totals: [], lines: [line] });
    }
    return [...vouchers.values()].map((voucher) => ({
        voucher: { ...voucher, totals: totals(voucher.lines) },
        isPart: (documents.get(voucher.voucherId) ?? 0) > 1,
    }));
}

function plain<T extends object>(object: T): Omit<T, '__typename'> {
    const { __typename, ...rest } = object as T & { __typename?: string };
    return rest;
}

function totals(lines: readonly VoucherLine[]): Total[] {
    const byCurrency = new Map<string, VoucherLine[]>();
    for (const line of lines) {
        const known = byCurrency.get(line.currency);
        if (known) known.push(line);
        else byCurrency.set(line.currency, [line]);
    }
    return [...byCurrency].map(([currency, lines]) => ({
        currency,
        debit: sum(lines.map(({ debit }) => debit)),
        credit: sum(lines.map(({ credit }) => credit)),
    }));
}
