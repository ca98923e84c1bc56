import type {
  ConsoleChangedQuery,
  ConsoleLineFragment,
  ConsoleSentQuery,
  ConsoleVoucherFragment,
  ConsoleWaitingQuery,
} from '@ledgate/client/documents';
import type { Picked } from './selection';

type Node<Query, Name extends keyof Query> = NonNullable<Query[Name]> extends { nodes: (infer Row)[] } ? Row : never;

export type Waiting = Node<ConsoleWaitingQuery, 'unexportedEntries'>;
export type Sent = Node<ConsoleSentQuery, 'entryExports'>;
export type Changed = Node<ConsoleChangedQuery, 'changedEntries'>;

/** An entry in a list, with what the list says of it. */
export interface ListLine {
  entry: ConsoleLineFragment;
  voucher: ConsoleVoucherFragment & { partlyExported?: boolean | null };
  status?: Waiting['exportStatus'];
  mark?: Pick<Sent, 'id' | 'exportedAt' | 'note' | 'version' | 'remarked' | 'conflict' | 'reference'>;
  change?: Pick<Changed, 'sentVersion' | 'version' | 'changes' | 'export'>;
}

/** The lines of a voucher that a list has. */
export interface Group {
  voucher: ListLine['voucher'];
  lines: ListLine[];
}

/** What the virtual list draws: a voucher's head, a line under it, or a line by itself. */
export type Row =
  | { kind: 'voucher'; key: string; group: Group }
  | { kind: 'line'; key: string; line: ListLine; isLast: boolean }
  | { kind: 'entry'; key: string; line: ListLine };

/** The vouchers of the lines, in the order of their first lines. A line that comes later joins its voucher. */
export function groupByVoucher(lines: ListLine[]): Group[] {
  const groups = new Map<string, Group>();
  for (const line of lines) {
    const group = groups.get(line.voucher.id);
    if (group) group.lines.push(line);
    else groups.set(line.voucher.id, { voucher: line.voucher, lines: [line] });
  }
  for (const { lines: own } of groups.values()) own.sort((one, other) => numberOf(one) - numberOf(other));
  return [...groups.values()];
}

/** Only for the order: beyond 2⁵³ neighbours may change places. */
function numberOf({ entry }: ListLine): number {
  return Number(entry.entryId);
}

/** The rows of vouchers; those of a folded one are left out. */
export function voucherRows(groups: Group[], isFolded: (voucherId: string) => boolean): Row[] {
  return groups.flatMap((group): Row[] => [
    { kind: 'voucher', key: group.voucher.id, group },
    ...(isFolded(group.voucher.id)
      ? []
      : group.lines.map((line, place): Row => {
          return { kind: 'line', key: line.entry.id, line, isLast: place === group.lines.length - 1 };
        })),
  ]);
}

/** The entry as a selection keeps it. */
export function pickedOf({ entry, voucher, change }: ListLine): Picked {
  const { id, debit, credit, currency } = entry;
  return { id, voucherId: voucher.id, version: change?.version ?? entry.version, debit, credit, currency };
}

/** What people call a voucher. */
export function voucherName(voucher: { journalCode: string; entryNumber: string }, blank: string): string {
  return `${voucher.journalCode} ${voucher.entryNumber || blank}`;
}
