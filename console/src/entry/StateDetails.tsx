import type { ConsoleEntryStateQuery } from '@ledgate/client/documents';
import { useMessages } from '../i18n';
import { Reference } from '../parts/Reference';
import { Failure, State } from '../parts/State';
import { useNow, When } from '../parts/When';

type Status = NonNullable<NonNullable<ConsoleEntryStateQuery['accountingEntry']>['exportStatus']>;

/** How an entry stands for a system, in words. */
export function StateDetails({ status, version }: { status: Status; version: number }) {
  const { entry: words, lists } = useMessages();
  const now = useNow();
  const { lastFailure, claim } = status;
  const mark = status.export;
  return (
    <span className="state-details">
      <State state={status.state} />
      {lastFailure && (
        <>
          <Failure type={lastFailure.type} />
          <bdi className="wrap">{lastFailure.reason}</bdi>
          <span className="quiet">
            {lists.attempts(status.attempts)}, <When time={lastFailure.failedAt} />
          </span>
        </>
      )}
      {status.state === 'FAILED' && status.nextAttemptAt && (
        <span className="quiet">
          {new Date(status.nextAttemptAt).getTime() <= now ? (
            lists.due
          ) : (
            <>
              {words.next} <When time={status.nextAttemptAt} />
            </>
          )}
        </span>
      )}
      {status.state === 'PARKED' && (
        <span className="quiet">
          {status.parkedBy ? lists.parkedBy(status.parkedBy) : lists.parkedByAttempts}
          {status.parkedReason && (
            <>
              {': '}
              <bdi className="wrap">{status.parkedReason}</bdi>
            </>
          )}
        </span>
      )}
      {claim && (
        <span className="quiet">
          <bdi>{words.claimedBy(claim.worker)}</bdi>, <When time={claim.expiresAt} />
        </span>
      )}
      {mark && (
        <>
          <span className="quiet">
            <When time={mark.exportedAt} />, {words.sentVersion(status.sentVersion ?? mark.version, version)}
          </span>
          {mark.reference && <Reference reference={mark.reference} />}
          {mark.note && <bdi className="wrap">{mark.note}</bdi>}
        </>
      )}
      {status.dispatchKey && (
        <span className="quiet small dispatch" title={words.dispatchHelp}>
          {words.dispatchKey} <code>{status.dispatchKey}</code>
        </span>
      )}
    </span>
  );
}
