// Numbers, amounts and moments as people of the language write them.
import { useStore } from '../api/store';
import { languageStore, localeOf } from './locale';

export interface Count {
  count: number;
  precision: 'EXACT' | 'AT_LEAST';
}

/** Ways to write values in one locale. */
export interface Formats {
  number(value: number): string;
  /** A count that may have stopped before the end. */
  count(value: Count): string;
  /** An exact decimal, digit by digit. */
  amount(decimal: string): string;
  /** A day, such as 2024-01-31. */
  day(date: string): string;
  moment(time: string): string;
  /** How long ago, or in how long. */
  relative(time: string, now: number): string;
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

function formats(locale: string): Formats {
  const integers = new Intl.NumberFormat(locale);
  const days = new Intl.DateTimeFormat(locale, { day: '2-digit', month: 'short', year: 'numeric', timeZone: 'UTC' });
  const moments = new Intl.DateTimeFormat(locale, {
    day: '2-digit',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  const distances = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
  const decimals = new Map<number, Intl.NumberFormat>();
  const decimal = (digits: number): Intl.NumberFormat => {
    let format = decimals.get(digits);
    if (!format) {
      format = new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
      decimals.set(digits, format);
    }
    return format;
  };
  return {
    number: (value) => integers.format(value),
    count: ({ count, precision }) => `${integers.format(count)}${precision === 'EXACT' ? '' : '+'}`,
    // A string is formatted as it stands, however many digits it has.
    amount: (text) => decimal(text.split('.')[1]?.length ?? 0).format(text as `${number}`),
    day: (date) => days.format(new Date(`${date}T00:00:00Z`)),
    moment: (time) => moments.format(new Date(time)),
    relative(time, now) {
      const seconds = Math.round((new Date(time).getTime() - now) / 1000);
      const [unit, size] = STEPS.find(([, step]) => Math.abs(seconds) >= step) ?? ['second', 1];
      return distances.format(Math.trunc(seconds / size), unit);
    },
  };
}

/** Making them takes a while, and every row of a list has some. */
const made = new Map<string, Formats>();

/** The ways to write values in the language that was chosen. */
export function useFormats(): Formats {
  const locale = localeOf(useStore(languageStore));
  const known = made.get(locale) ?? formats(locale);
  made.set(locale, known);
  return known;
}
