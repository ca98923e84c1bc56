import { ConsoleClaimEntriesDocument, type ConsoleClaimEntriesQuery } from '@ledgate/client/documents';
import { Link } from 'wouter';
import { askFor } from '../api/ask';
import { pageOf, usePages } from '../api/pages';
import { useFormats, useMessages } from '../i18n';
import { AmountCells, AmountHeads } from '../parts/Amount';
import { More } from '../parts/More';
import { ErrorNote, Loading } from '../parts/Notes';
import { Badge } from '../parts/State';
import { entryAddress } from '../route';

type Connection = NonNullable<NonNullable<ConsoleClaimEntriesQuery['exportClaim']>['entries']>;

/** What a claim was handed out. */
export function ClaimEntries({ claimId }: { claimId: string }) {
  const { lists, names } = useMessages();
  const formats = useFormats();
  const pages = usePages<Connection['nodes'][number]>(`claim ${claimId}`, async (client, { after }) =>
    pageOf((await askFor(client, ConsoleClaimEntriesDocument, { claimId, after })).exportClaim?.entries),
  );
  if (!pages.isLoaded) return pages.error ? <ErrorNote error={pages.error} onRetry={pages.reload} /> : <Loading />;
  return (
    <div className="table-scroll">
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{names.fields.postingDate}</th>
            <th scope="col">{lists.columns.voucher}</th>
            <th scope="col">{names.fields.accountNumber}</th>
            <th scope="col">{names.fields.description}</th>
            <th scope="col">{lists.columns.status}</th>
            <th scope="col">{lists.claim.dispatchKey}</th>
            <AmountHeads />
          </tr>
        </thead>
        <tbody>
          {pages.rows.map(({ entry, held, dispatchKey }) => (
            <tr key={entry.id}>
              <td>{formats.day(entry.postingDate)}</td>
              <td>
                <bdi>
                  {entry.journalCode} {entry.entryNumber}
                </bdi>
              </td>
              <td>
                <bdi>{entry.accountNumber}</bdi>
              </td>
              <td>
                <Link to={entryAddress(entry.entryId)} className="clip" title={entry.description}>
                  <bdi>{entry.description || lists.openEntry(entry.entryId)}</bdi>
                </Link>
              </td>
              <td>
                <Badge tone={held ? 'claimed' : 'none'}>{held ? lists.claim.held : lists.claim.settled}</Badge>
              </td>
              <td>
                <code>{dispatchKey}</code>
              </td>
              <AmountCells debit={entry.debit} credit={entry.credit} />
            </tr>
          ))}
        </tbody>
      </table>
      <More pages={pages} />
    </div>
  );
}
