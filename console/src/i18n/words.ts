// Counted words. English takes the singular for 1, French for 0 and 1.

/** A way to write a number with its word. */
export function counting(locale: string, isOne: (value: number) => boolean) {
  const integers = new Intl.NumberFormat(locale);
  return (value: number, one: string, more: string): string => `${integers.format(value)} ${isOne(value) ? one : more}`;
}
