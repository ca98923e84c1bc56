// What is chosen in a list: entries with what their sums and an action need. It holds across pages.
import { addTo, type Sums } from '../api/exact';

/** An entry that is chosen. */
export interface Picked {
  id: string;
  voucherId: string;
  version: number;
  debit: string;
  credit: string;
  currency: string;
}

/** A set of chosen entries. It is never changed: what changes it makes another one, which shares its entries. */
export class Selection {
  static readonly none = new Selection(new Map(), new Map());
  private byVoucher: Map<string, number> | undefined;

  private constructor(
    private readonly entries: Map<string, Picked>,
    /** Sums by currency. */
    readonly sums: Sums,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  has(id: string): boolean {
    return this.entries.has(id);
  }

  /** All that is chosen, in the order in which it was chosen. */
  all(): Picked[] {
    return [...this.entries.values()];
  }

  /** The vouchers that the entries are of, and how many of each are chosen. They are counted once: there may be a million. */
  vouchers(): ReadonlyMap<string, number> {
    if (!this.byVoucher) {
      this.byVoucher = new Map();
      for (const { voucherId } of this.entries.values()) {
        this.byVoucher.set(voucherId, (this.byVoucher.get(voucherId) ?? 0) + 1);
      }
    }
    return this.byVoucher;
  }

  /** With these, or without them. */
  with(picked: Picked[], isChosen: boolean): Selection {
    const entries = new Map(this.entries);
    const sums = new Map(this.sums);
    for (const one of picked) {
      const known = entries.get(one.id);
      if (isChosen && !known) {
        entries.set(one.id, one);
        addTo(sums, one);
      } else if (!isChosen && known) {
        entries.delete(one.id);
        addTo(sums, known, -1);
      }
    }
    for (const currency of sums.keys()) {
      if (!this.stillHas(entries, currency)) sums.delete(currency);
    }
    return entries.size === 0 ? Selection.none : new Selection(entries, sums);
  }

  private stillHas(entries: Map<string, Picked>, currency: string): boolean {
    for (const entry of entries.values()) if (entry.currency === currency) return true;
    return false;
  }

  /** Exactly these. */
  static of(picked: Picked[]): Selection {
    return Selection.none.with(picked, true);
  }
}
