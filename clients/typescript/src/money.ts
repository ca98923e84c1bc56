/** Digits behind the point that a sum has at least. */
const SHORTEST = 2;

/**
 * The sum of decimals in texts, such as `1200.00`, exact: it is added up in whole numbers. It has two digits behind the
 * point, and more where they are needed. The error is that a text is no decimal.
 */
export function sum(amounts: readonly string[]): string {
    const parts = amounts.map((amount) => {
        const [, sign, whole, fraction = ''] = /^(-?)([0-9]+)(?:\.([0-9]+))?$/.exec(amount) ?? [];
        if (whole === undefined) throw new RangeError(`${JSON.stringify(amount)} is no amount`);
        return { sign, whole, fraction };
    });
    const scale = parts.reduce((most, { fraction }) => Math.max(most, fraction.length), SHORTEST);
    const total = parts.reduce(
        (total, { sign, whole, fraction }) => total + BigInt(sign + whole + fraction.padEnd(scale, '0')),
        0n,
    );
    const digits = (total < 0n ? -total : total).toString().padStart(scale + 1, '0');
    const fraction = digits.slice(-scale).replace(/0+$/, '').padEnd(SHORTEST, '0');
    return `${total < 0n ? '-' : ''}${digits.slice(0, -scale)}.${fraction}`;
}
