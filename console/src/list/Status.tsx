// What a list says of a voucher or an entry beyond its fields: the short part in its column, and the words below.
import { useFormats, useMessages } from '../i18n';
import { Reference } from '../parts/Reference';
import { Badge, Failure, State } from '../parts/State';
import { useNow, When } from '../parts/When';
import type { ListLine } from './rows';

/** The short part. What is the voucher's stands with the voucher, where that is in the list. */
export function Status({ line, isUnderVoucher = false }: { line: ListLine; isUnderVoucher?: boolean }) {
  const { lists, names } = useMessages();
  const now = useNow();
  const { status, mark, change, voucher } = line;
  return (
    <span className="status">
      {status?.state === 'FAILED' && (
        <>
          {status.lastFailure ? <Failure type={status.lastFailure.type} /> : <State state="FAILED" />}
          <span className="quiet">
            {lists.attempts(status.attempts)}
            {status.nextAttemptAt && (
              <>
                {' · '}
                {new Date(status.nextAttemptAt).getTime() <= now ? lists.due : <When time={status.nextAttemptAt} />}
              </>
            )}
          </span>
        </>
      )}
      {status?.state === 'PARKED' && (
        <>
          {status.lastFailure ? <Failure type={status.lastFailure.type} /> : <State state="PARKED" />}
          <span className="quiet">{status.parkedBy ? lists.parkedBy(status.parkedBy) : lists.parkedByAttempts}</span>
        </>
      )}
      {status?.state === 'PENDING' && status.attempts > 0 && <span className="quiet">{lists.attempts(status.attempts)}</span>}
      {!isUnderVoucher && status && voucher.partlyExported && (
        <Badge tone="changed" title={lists.partlyHelp}>
          {lists.partly}
        </Badge>
      )}
      {!isUnderVoucher && voucher.balanced === false && <Badge tone="failed">{lists.unbalanced}</Badge>}
      {mark && (
        <span className="quiet">
          <When time={mark.exportedAt} />
        </span>
      )}
      {mark?.reference && <Reference reference={mark.reference} />}
      {mark?.conflict && <Badge tone="failed">{names.conflicts[mark.conflict]}</Badge>}
      {line.entry.withdrawnAt && <State state="WITHDRAWN" />}
      {change && change.version !== change.sentVersion && (
        <Badge tone="changed">{lists.versions(change.sentVersion, change.version)}</Badge>
      )}
    </span>
  );
}

/** The words; nothing where there are none. */
export function useWords(): (line: ListLine) => string | undefined {
  const { lists, names } = useMessages();
  const formats = useFormats();
  const fields = names.fields as Record<string, string>;
  const shown = (field: string, value: string | null): string => {
    if (value === null || value === '') return '∅';
    if (/^(debit|credit|foreign_?[aA]mount)$/.test(field)) return formats.amount(value);
    return value;
  };
  return ({ status, mark, change }) => {
    if (status?.state === 'FAILED') return status.lastFailure?.reason;
    if (status?.state === 'PARKED') return status.parkedReason ?? status.lastFailure?.reason;
    if (mark) return mark.note ?? undefined;
    if (change) {
      if (!change.changes) return lists.changesUnknown;
      return change.changes
        .map(({ field, before, now }) => lists.change(fields[field] ?? field, shown(field, before), shown(field, now)))
        .join(' · ');
    }
    return undefined;
  };
}
