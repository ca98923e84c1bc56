import type { RefusedExportInput, SettledExportInput } from '../generated/graphql.js';
import type { Outcome } from '../outcome.js';
import type { Claimed, Voucher } from '../voucher.js';
import type { Unsettled } from './options.js';

/** Most items of a call. */
export const MAX_ITEMS = 500;
/** Most entries that the items of a call may stand for. A gateway takes 10,000. */
const MAX_LINES = 5_000;
/** Most text of the items of a call, in characters. A gateway reads 2 MiB, and JSON may write a character as six bytes. */
const MAX_TEXT = 200_000;

/** What one item of a call says. */
export interface Item {
    voucher: Voucher;
    outcome: Outcome;
    target: { voucherId: string } | { entryId: string };
    /** How many entries it stands for. */
    lines: number;
    /** Whether it is the first item of its voucher. */
    isFirst: boolean;
}

/**
 * What says that this became of a voucher: one item, or one for each line where the voucher's id would name other lines too, or
 * more lines than one call takes. A line that failed fails the others of its document with it.
 */
export function itemsOf({ voucher, isPart }: Claimed, outcome: Outcome): Item[] {
    const { voucherId, lines } = voucher;
    if (!isPart && lines.length <= MAX_LINES) {
        return [{ voucher, outcome, target: { voucherId }, lines: lines.length, isFirst: true }];
    }
    const told = outcome.kind === 'failed' ? lines.slice(0, 1) : lines;
    return told.map(({ entryId }, place) => ({
        voucher,
        outcome,
        target: { entryId },
        lines: 1,
        isFirst: place === 0,
    }));
}

/** Takes as many of the items as one call takes; at least one, if there is one. */
export function batch(waiting: Item[]): Item[] {
    let [count, lines, text] = [0, 0, 0];
    for (const item of waiting.slice(0, MAX_ITEMS)) {
        lines += item.lines;
        text += JSON.stringify([item.target, item.outcome]).length;
        if (count > 0 && (lines > MAX_LINES || text > MAX_TEXT)) break;
        count += 1;
    }
    return waiting.splice(0, count);
}

/** The items as a call has them, and where those of each list stand among all. */
export function listed(items: readonly Item[]): {
    exported: SettledExportInput[];
    failed: RefusedExportInput[];
    places: Record<string, number[]>;
} {
    const exported: SettledExportInput[] = [];
    const failed: RefusedExportInput[] = [];
    const places: Record<'exported' | 'failed', number[]> = { exported: [], failed: [] };
    items.forEach(({ target, outcome }, place) => {
        const { kind, ...told } = outcome;
        places[kind].push(place);
        // Without a version the one is marked that the claim handed out.
        if (kind === 'exported') exported.push({ ...target, ...told } as SettledExportInput);
        else failed.push({ ...target, ...told } as RefusedExportInput);
    });
    return { exported, failed, places };
}

/** The voucher of an item, for a person who has to say what became of it. */
export function unsettled({ voucher, outcome }: Item, reason: string): Unsettled {
    const isExported = outcome.kind === 'exported';
    return {
        voucherId: voucher.voucherId,
        dispatchKey: voucher.dispatchKey,
        exported: isExported,
        documentId: (isExported && outcome.reference?.documentId) || null,
        reason,
    };
}
