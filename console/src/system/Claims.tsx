import { useState } from 'react';
import { Button } from '@mantine/core';
import { ConsoleClaimsDocument, ConsoleReleaseDocument, type ConsoleClaimsQuery } from '@ledgate/client/documents';
import { useClient } from 'urql';
import { CallDialog } from '../actions/CallDialog';
import { askFor, change } from '../api/ask';
import { newKey } from '../api/batches';
import { pageOf, usePages } from '../api/pages';
import { useMay } from '../app/viewer';
import { useMessages } from '../i18n';
import { Fact } from '../parts/Fact';
import { Fold } from '../parts/Fold';
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
  const pages = usePages<Claim>(`claims ${systemId}`, async (client, { after }) =>
    pageOf((await askFor(client, ConsoleClaimsDocument, { systemId, first: 100, after })).exportClaims),
  );
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
        <Fold isOpen={isOpen} label={`${lists.claim.entries} ${claim.worker}`} onClick={() => setOpen(!isOpen)} />
        <bdi className="card-title clip">{claim.worker}</bdi>
        <Badge tone={claim.live ? 'claimed' : 'parked'}>{claim.live ? lists.claim.live : lists.claim.expired}</Badge>
        <dl className="facts inline">
          <Fact name={lists.claim.actor}>
            <bdi>{claim.actor}</bdi>
          </Fact>
          <Fact name={lists.claim.since}>
            <When time={claim.claimedAt} />
          </Fact>
          <Fact name={lists.claim.until}>
            <When time={claim.expiresAt} />
          </Fact>
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
