import { Button } from '@mantine/core';
import { ConsoleClaimEntriesDocument, type ConsoleClaimEntriesQuery } from '@ledgate/client/documents';
import { Link } from 'wouter';
import { askFor, usePages } from '../api/pages';
import { useFormats, useMessages } from '../i18n';
import { Amount } from '../parts/Amount';
import { ErrorNote, Loading } from '../parts/Notes';
import { Badge } from '../parts/State';
import { entryAddress } from '../route';

type Connection = NonNullable<NonNullable<ConsoleClaimEntriesQuery['exportClaim']>['entries']>;

/** What a claim was handed out. */
export function ClaimEntries({ claimId }: { claimId: string }) {
  const { app, lists, names } = useMessages();
  const formats = useFormats();
  const pages = usePages<Connection['nodes'][number]>(`claim ${claimId}`, async (client, after) => {
    const page = (await askFor(client, ConsoleClaimEntriesDocument, { claimId, after })).exportClaim?.entries;
    return { rows: page?.nodes ?? [], next: page?.pageInfo.hasNextPage ? page.pageInfo.endCursor : null };
  });
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
            <th scope="col" className="figures">
              {lists.debit}
            </th>
            <th scope="col" className="figures">
              {lists.credit}
            </th>
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
              <td className="figures">
                <Amount value={entry.debit} />
              </td>
              <td className="figures">
                <Amount value={entry.credit} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {pages.hasMore && (
        <Button size="xs" variant="default" onClick={pages.more}>
          {app.more}
        </Button>
      )}
    </div>
  );
}
