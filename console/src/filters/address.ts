// Filters ↔ address. A condition is a parameter `field.operator`, such as `debit.gte=100`; one that takes several values
// stands once for each. `q` is a text that is looked for in several fields.
import type { AccountingEntryFilter, EntryExportFilter } from '@ledgate/client/documents';
import { OPERATORS, takes, type FieldName, type Fields, type Operator } from './fields';

export interface Condition {
  field: FieldName;
  operator: Operator;
  values: string[];
}

export interface Filters {
  text: string;
  conditions: Condition[];
  /** Parameters that look like conditions and are none: they are shown, so that nobody takes the list for a narrower one. */
  unknown: string[];
}

/** The filters of an address. */
export function readFilters(parameters: URLSearchParams, fields: Fields): Filters {
  const conditions: Condition[] = [];
  const unknown: string[] = [];
  for (const name of new Set(parameters.keys())) {
    const [field, operator, ...rest] = name.split('.');
    if (!field || operator === undefined) continue;
    const kind = fields[field as FieldName];
    const values = parameters.getAll(name);
    if (kind && rest.length === 0 && OPERATORS[kind].some((known) => known === operator)) {
      // The same condition twice is two conditions, unless the operator takes several values.
      const many = takes(operator as Operator) === 'many' || takes(operator as Operator) === 'two';
      const sets = many ? [values] : values.map((value) => [value]);
      for (const set of sets) conditions.push({ field: field as FieldName, operator: operator as Operator, values: set });
    } else {
      unknown.push(name);
    }
  }
  return { text: parameters.get('q') ?? '', conditions, unknown };
}

/** Writes the filters over those of the address. */
export function writeFilters(parameters: URLSearchParams, { text, conditions }: Omit<Filters, 'unknown'>): void {
  for (const name of [...new Set(parameters.keys())]) if (name.includes('.')) parameters.delete(name);
  if (text) parameters.set('q', text);
  else parameters.delete('q');
  for (const { field, operator, values } of conditions) {
    for (const value of values) parameters.append(`${field}.${operator}`, value);
  }
}

function valueOf({ field, operator, values }: Condition, fields: Fields): unknown {
  const typed = fields[field] === 'number' ? values.map(Number) : values;
  const number = takes(operator);
  if (number === 'flag') return values[0] !== 'false';
  return number === 'one' ? typed[0] : typed;
}

/** The filter of entries, or nothing when all entries are meant. */
export function entryFilter({ text, conditions }: Filters, fields: Fields): AccountingEntryFilter | undefined {
  const parts: AccountingEntryFilter[] = conditions.map((condition) => ({
    [condition.field]: { [condition.operator]: valueOf(condition, fields) },
  }));
  const sought = text.trim();
  if (sought) {
    parts.push({
      or: [
        { description: { contains: sought } },
        { documentReference: { contains: sought } },
        { entryNumber: { eq: sought } },
        { accountNumber: { startsWith: sought } },
        { subledgerAccountNumber: { startsWith: sought } },
        { subledgerAccountName: { contains: sought } },
        { externalId: { eq: sought } },
      ],
    });
  }
  return parts.length > 1 ? { and: parts } : parts[0];
}

/** The filter of marks, or nothing when all marks are meant. */
export function markFilter({ conditions }: Filters): EntryExportFilter | undefined {
  if (conditions.length === 0) return undefined;
  const filter: EntryExportFilter = {};
  for (const condition of conditions) {
    if (condition.field === 'markedAt') {
      filter.markedAt = { ...filter.markedAt, [condition.operator]: valueOf(condition, { markedAt: 'moment' }) };
    } else if (condition.field === 'note' || condition.field === 'actor' || condition.field === 'reference') {
      filter[condition.field] = condition.values[0] ?? '';
    }
  }
  return filter;
}
