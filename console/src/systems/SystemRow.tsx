import type { ConsoleSystemFragment } from '@ledgate/client/documents';
import { Link } from 'wouter';
import { useFormats, useMessages } from '../i18n';
import type { Count } from '../i18n/format';
import { When } from '../parts/When';
import { systemAddress } from '../route';
import { countOf, useWork } from './useSystems';

/** How a system stands. Every figure leads to what it counts. */
export function SystemRow({ system }: { system: ConsoleSystemFragment }) {
  const { systems: words } = useMessages();
  const { work } = useWork(system);
  const { systemId } = system;
  const name = system.displayName ?? systemId;
  const live = work?.exportClaims?.nodes.filter((claim) => claim.live) ?? [];
  const workers = [...new Set(live.map(({ worker }) => worker))];
  const replay = work?.exportReplays?.nodes.find(({ state }) => state === 'RUNNING' || state === 'CANCELLING');
  const conflicts = work?.exportConflicts;
  const open: Count = {
    count: conflicts?.nodes.length ?? 0,
    precision: conflicts?.pageInfo.hasNextPage ? 'AT_LEAST' : 'EXACT',
  };
  return (
    <div className="system-row" role="row">
      <span role="cell" className="system-name">
        <Link to={systemAddress(systemId)} aria-label={words.open(name)}>
          <bdi>{name}</bdi>
        </Link>
        {system.displayName && <bdi className="quiet">{systemId}</bdi>}
        {replay && <span className="quiet">{words.replay(replay.setAsideCount)}</span>}
      </span>
      <Figure label={words.waiting} to={systemAddress(systemId, 'waiting')} count={countOf(system, 'PENDING')} />
      <span role="cell" data-label={words.oldest} className="system-cell quiet">
        {system.oldestUnexportedAt ? <When time={system.oldestUnexportedAt} /> : '—'}
      </span>
      <Figure label={words.failed} to={systemAddress(systemId, 'failed')} count={countOf(system, 'FAILED')} tone="failed" />
      <Figure label={words.parked} to={systemAddress(systemId, 'parked')} count={countOf(system, 'PARKED')} tone="parked" />
      <span role="cell" data-label={words.inWork} className="system-cell">
        <Number label={words.inWork} to={systemAddress(systemId, 'work')} count={countOf(system, 'CLAIMED')} tone="claimed" />
        {workers.length > 0 && (
          <bdi className="quiet clip workers" title={words.workers(workers)}>
            {words.workers(workers.slice(0, 3))}
          </bdi>
        )}
      </span>
      <Figure
        label={words.changed}
        to={systemAddress(systemId, 'changed')}
        count={work?.changedEntries?.totalCount ?? undefined}
        tone="changed"
      />
      <Figure
        label={words.conflicts}
        to={systemAddress(systemId, 'conflicts')}
        count={conflicts ? open : undefined}
        tone="failed"
      />
      <span role="cell" data-label={words.lastMark} className="system-cell quiet">
        {system.lastMarkedAt ? <When time={system.lastMarkedAt} /> : words.never}
      </span>
    </div>
  );
}

interface FigureProps {
  label: string;
  to: string;
  count: Count | undefined;
  tone?: string;
}

function Figure({ label, to, count, tone }: FigureProps) {
  return (
    <span role="cell" data-label={label} className="system-cell">
      {count ? (
        <Number to={to} label={label} count={count} tone={tone} />
      ) : (
        <span className="figure" data-tone="none">
          …
        </span>
      )}
    </span>
  );
}

function Number({ label, to, count, tone }: FigureProps & { count: Count }) {
  const formats = useFormats();
  return (
    <Link to={to} className="figure" data-tone={count.count > 0 ? tone : 'none'} aria-label={`${label}: ${formats.count(count)}`}>
      {formats.count(count)}
    </Link>
  );
}
