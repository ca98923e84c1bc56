// The page that everything is compared with, and the mutation that marks entries.

export const FIELDS = 'id entryNumber postingDate accountNumber description debit credit currency createdAt';
export const INFO = 'pageInfo { hasNextPage endCursor }';
export const PAGE = `nodes { ${FIELDS} } ${INFO}`;

/** Entries that a system has not been sent. */
export const unexported = (parameters, selection = PAGE) => `{ unexportedEntries(${parameters}) { ${selection} } }`;
export const STEADY = unexported('systemId: "erp", first: 100');

/** The mutation that marks entries for a system. */
export function mark(systemId, ids) {
  const entries = ids.map((id) => `{ entryId: "${id}", systemId: "${systemId}" }`).join(' ');
  const answer = 'exports { entryId exportedAt remarked } userErrors { code message }';
  return `mutation { markExported(input: { entries: [${entries}] }) { ${answer} } }`;
}
