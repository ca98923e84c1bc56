import { useState } from 'react';
import { Button } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { ConsoleClaimsDocument, ConsoleReleaseDocument, type ConsoleClaimsQuery } from '@ledgate/client/documents';
import { useClient } from 'urql';
import { CallDialog } from '../actions/CallDialog';
import { change } from '../actions/kinds';
import { newKey } from '../api/batches';
import { askFor, usePages } from '../api/pages';
import { useMay } from '../app/viewer';
import { useMessages } from '../i18n';
import { Empty } from '../parts/Notes';
import { Badge } from '../parts/State';
import { When } from '../parts/When';
import { ClaimEntries } from './ClaimEntries';
import { PagedCards } from './PagedCards';
import { useReloadWhenChanged } from './useReloadWhenChanged';

type Claim = NonNullable<ConsoleClaimsQuery['exportClaims']>['nodes'][number];

/** Who works on the system now, and with what. */
export function Claims({ systemId, signal, onChanged }: { systemId: string; signal: string; onChanged: () => void }) {
  const { lists } = useMessages();
  const pages = usePages<Claim>(`claims ${systemId}`, async (client, after) => {
    const page = (await askFor(client, ConsoleClaimsDocument, { systemId, first: 100, after })).exportClaims;
    return { rows: page?.nodes ?? [], next: page?.pageInfo.hasNextPage ? page.pageInfo.endCursor : null };
  });
  useReloadWhenChanged(signal, pages, false);
  return (
    <PagedCards pages={pages} empty={<Empty title={lists.empty.work}>{lists.empty.workHelp}</Empty>}>
      {(claim) => <ClaimCard key={claim.id} claim={claim} onChanged={() => (pages.reload(), onChanged())} />}
    </PagedCards>
  );
}

function ClaimCard({ claim, onChanged }: { claim: Claim; onChanged: () => void }) {
  const { actions, lists } = useMessages();
  const client = useClient();
  const may = useMay();
  const [isOpen, setOpen] = useState(false);
  const [isReleasing, setReleasing] = useState(false);
  const release = async () => {
    const input = { claimId: claim.claimId, idempotencyKey: newKey() };
    const done = (await change(client, ConsoleReleaseDocument, { input })).releaseClaim;
    return { said: actions.done.release(done?.entryCount ?? 0), faults: done?.userErrors ?? [] };
  };
  return (
    <li className="card-row">
      <div className="card-head">
        <button type="button" className="fold" aria-expanded={isOpen} aria-label={`${lists.claim.entries} ${claim.worker}`} onClick={() => setOpen(!isOpen)}>
          <IconChevronRight size={15} stroke={2} aria-hidden />
        </button>
        <bdi className="card-title clip">{claim.worker}</bdi>
        <Badge tone={claim.live ? 'claimed' : 'parked'}>{claim.live ? lists.claim.live : lists.claim.expired}</Badge>
        <dl className="facts inline">
          <div>
            <dt>{lists.claim.actor}</dt>
            <dd>
              <bdi>{claim.actor}</bdi>
            </dd>
          </div>
          <div>
            <dt>{lists.claim.since}</dt>
            <dd>
              <When time={claim.claimedAt} />
            </dd>
          </div>
          <div>
            <dt>{lists.claim.until}</dt>
            <dd>
              <When time={claim.expiresAt} />
            </dd>
          </div>
        </dl>
        {may('MARK') && claim.live && (
          <Button size="xs" variant="default" onClick={() => setReleasing(true)}>
            {actions.release}
          </Button>
        )}
      </div>
      {isOpen && <ClaimEntries claimId={claim.claimId} />}
      {isReleasing && (
        <CallDialog
          title={actions.release}
          will={actions.will.release(claim.worker)}
          confirm={actions.release}
          act={release}
          onClose={(isDone) => {
            setReleasing(false);
            if (isDone) onChanged();
          }}
        />
      )}
    </li>
  );
}
