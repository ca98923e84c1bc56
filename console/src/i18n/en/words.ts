import { counting } from '../words';

export const count = counting('en', (value) => value === 1);
export const vouchers = (value: number): string => count(value, 'voucher', 'vouchers');
export const entries = (value: number): string => count(value, 'entry', 'entries');
export const marks = (value: number): string => count(value, 'mark', 'marks');
