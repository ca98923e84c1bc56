// What can be filtered by: the fields of AccountingEntryFilter and EntryExportFilter, each with the operators of its type.

export type Kind = 'text' | 'day' | 'moment' | 'amount' | 'currency' | 'number' | 'id' | 'exact';

export type Operator =
  | 'eq'
  | 'ne'
  | 'contains'
  | 'startsWith'
  | 'endsWith'
  | 'gt'
  | 'gte'
  | 'lt'
  | 'lte'
  | 'between'
  | 'in'
  | 'notIn'
  | 'isNull';

/** How many values an operator takes. */
export function takes(operator: Operator): 'one' | 'two' | 'many' | 'flag' {
  if (operator === 'between') return 'two';
  if (operator === 'in' || operator === 'notIn') return 'many';
  return operator === 'isNull' ? 'flag' : 'one';
}

const ORDERED: Operator[] = ['eq', 'ne', 'gte', 'gt', 'lte', 'lt', 'between', 'in', 'notIn'];

export const OPERATORS: Record<Kind, Operator[]> = {
  text: ['eq', 'contains', 'startsWith', 'endsWith', 'ne', 'in', 'notIn', 'gte', 'gt', 'lte', 'lt', 'between', 'isNull'],
  day: [...ORDERED, 'isNull'],
  moment: ['gte', 'gt', 'lte', 'lt', 'between', 'eq', 'ne', 'isNull'],
  amount: [...ORDERED, 'isNull'],
  currency: ['eq', 'ne', 'in', 'notIn', 'isNull'],
  number: ORDERED,
  id: ORDERED,
  // A condition of EntryExportFilter that is one text.
  exact: ['eq'],
};

/** The fields of an entry that can be filtered by, in the order of the menu. */
export const ENTRY_FIELDS = {
  journalCode: 'text',
  entryNumber: 'text',
  postingDate: 'day',
  accountNumber: 'text',
  accountName: 'text',
  subledgerAccountNumber: 'text',
  subledgerAccountName: 'text',
  description: 'text',
  documentReference: 'text',
  documentDate: 'day',
  debit: 'amount',
  credit: 'amount',
  amount: 'amount',
  currency: 'currency',
  foreignAmount: 'amount',
  foreignCurrency: 'currency',
  reconciliationCode: 'text',
  reconciledOn: 'day',
  validatedOn: 'day',
  journalName: 'text',
  externalId: 'text',
  id: 'id',
  version: 'number',
  createdAt: 'moment',
  updatedAt: 'moment',
  withdrawnAt: 'moment',
} as const satisfies Record<string, Kind>;

/** The fields of a mark that can be filtered by. */
export const MARK_FIELDS = {
  markedAt: 'moment',
  reference: 'exact',
  note: 'exact',
  actor: 'exact',
} as const satisfies Record<string, Kind>;

export type FieldName = keyof typeof ENTRY_FIELDS | keyof typeof MARK_FIELDS;
export type Fields = Partial<Record<FieldName, Kind>>;
