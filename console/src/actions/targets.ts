import type { Sums } from '../api/exact';
import type { Selection } from '../list/selection';

/** What an action is carried out on: an entry, or a voucher that stands for its entries. */
export interface Target {
  kind: 'entry' | 'voucher';
  id: string;
  /** How many entries of the list it stands for. */
  entries: number;
  /** The version of an entry that was seen. */
  version: number | undefined;
}

/** Several targets, counted and added up. */
export interface Targets {
  items: Target[];
  areVouchers: boolean;
  vouchers: number;
  entries: number;
  sums: Sums;
}

/** The chosen entries as targets: themselves, or their vouchers. */
export function targetsOf(selection: Selection, areVouchers: boolean): Targets {
  const vouchers = selection.vouchers();
  const items = areVouchers
    ? [...vouchers].map(([id, entries]): Target => ({ kind: 'voucher', id, entries, version: undefined }))
    : selection.all().map(({ id, version }): Target => ({ kind: 'entry', id, entries: 1, version }));
  return { items, areVouchers, vouchers: vouchers.size, entries: selection.size, sums: selection.sums };
}
