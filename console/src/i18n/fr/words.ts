import { counting } from '../words';

export const count = counting('fr', (value) => value < 2);
export const vouchers = (value: number): string => count(value, 'pièce', 'pièces');
export const entries = (value: number): string => count(value, 'écriture', 'écritures');
export const marks = (value: number): string => count(value, 'marque', 'marques');
