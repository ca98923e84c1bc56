import { useState } from 'react';
import { ConsoleEntryDocument, type ConsoleEntryQuery } from '@ledgate/client/documents';
import { useQuery } from 'urql';
import { Link } from 'wouter';
import { useLast } from '../api/useLast';
import { useMay } from '../app/viewer';
import { useMessages } from '../i18n';
import { Empty, ErrorNote, Loading } from '../parts/Notes';
import { State } from '../parts/State';
import { useTitle } from '../parts/useTitle';
import { EntryFields } from './EntryFields';
import { EntryStates } from './EntryStates';
import { EntryVoucher } from './EntryVoucher';
import { Timeline } from './Timeline';

export type Entry = NonNullable<ConsoleEntryQuery['accountingEntry']>;

/** An entry: its fields, its voucher, how it stands for every system, and what happened to it. */
export function EntryPage({ entryId }: { entryId: string }) {
  const { app, entry: words } = useMessages();
  const may = useMay();
  useTitle(words.title(entryId));
  const [{ data: answer, error }, ask] = useQuery({ query: ConsoleEntryDocument, variables: { id: entryId } });
  const [version, setVersion] = useState(0);
  const data = useLast(answer, entryId);
  const entry = data?.accountingEntry;
  const refresh = (): void => {
    ask({ requestPolicy: 'network-only' });
    setVersion(version + 1);
  };
  if (!data) {
    return <div className="page">{error ? <ErrorNote error={error} onRetry={refresh} /> : <Loading />}</div>;
  }
  if (!entry) {
    return (
      <div className="page">
        <Empty title={words.notFound}>
          <Link to="/">{app.toSystems}</Link>
        </Empty>
      </div>
    );
  }
  return (
    <div className="page entry-page">
      <div className="page-head">
        <div>
          <p className="crumb">
            <Link to="/ledger">{app.ledger}</Link>
          </p>
          <h1>
            {words.title(entry.entryId)} {entry.withdrawnAt && <State state="WITHDRAWN" />}
          </h1>
          <p className="wrap entry-text">
            <bdi>{entry.description}</bdi>
          </p>
        </div>
      </div>
      <div className="entry-columns">
        <div>
          {may('EXPORT') && <EntryStates entry={entry} refreshed={version} onChanged={refresh} />}
          <EntryVoucher entry={entry} />
          <Timeline id={entry.id} refreshed={version} />
        </div>
        <EntryFields entry={entry} />
      </div>
    </div>
  );
}
