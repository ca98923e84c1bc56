// Sums of amounts. A Decimal has at most four digits after its point: counted in ten-thousandths, whole numbers are enough,
// and no digit goes through a binary float.

const DIGITS = 4;

/** The amount in ten-thousandths. */
export function parseExact(amount: string): bigint {
  const [whole = '0', fraction = ''] = amount.replace('-', '').split('.');
  const units = BigInt(whole + fraction.padEnd(DIGITS, '0').slice(0, DIGITS));
  return amount.startsWith('-') ? -units : units;
}

/** As the API writes it: two digits after the point, or as many more as it has. */
export function printExact(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(DIGITS + 1, '0');
  const fraction = digits.slice(-DIGITS).replace(/0{1,2}$/, '');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -DIGITS)}.${fraction}`;
}

/** Sums by currency. */
export type Sums = Map<string, { debit: bigint; credit: bigint }>;

/** Adds an entry to the sums; with `sign` -1 it is taken out. */
export function addTo(sums: Sums, entry: { currency: string; debit: string; credit: string }, sign: 1 | -1 = 1): void {
  const { debit, credit } = sums.get(entry.currency) ?? { debit: 0n, credit: 0n };
  const factor = BigInt(sign);
  sums.set(entry.currency, {
    debit: debit + factor * parseExact(entry.debit),
    credit: credit + factor * parseExact(entry.credit),
  });
}
