import { useEffect, useRef } from 'react';
import type { ConsoleSystemFragment, ConsoleSystemWorkQuery } from '@ledgate/client/documents';
import { Link } from 'wouter';
import { useMay } from '../app/viewer';
import { useFormats, useMessages } from '../i18n';
import type { Count } from '../i18n/format';
import { Fact } from '../parts/Fact';
import { Empty, ErrorNote, Loading } from '../parts/Notes';
import { useTitle } from '../parts/useTitle';
import { When } from '../parts/When';
import { systemAddress } from '../route';
import { SystemSettings } from '../settings/SystemSettings';
import { countOf } from '../systems/useSystems';
import { Claims } from './Claims';
import { Conflicts } from './Conflicts';
import { EntryListView } from './EntryListView';
import { Replays } from './Replays';
import { ENTRY_TABS, TABS, type EntryTabName, type Tab } from './tabs';
import { useSystem } from './useSystem';

/** A system: its figures as tabs, and the list that one of them counts. */
export function SystemPage({ systemId, tab }: { systemId: string; tab: string }) {
  const { app, lists, systems: words } = useMessages();
  const { system, work, error, refresh } = useSystem(systemId);
  const may = useMay();
  const name = system?.displayName ?? systemId;
  useTitle(lists.tabs[tab as Tab] ?? '', name);
  const bar = useRef<HTMLElement>(null);
  const isCounted = system !== undefined && work !== undefined;
  useEffect(() => {
    // In a narrow window the tabs are wider than it, and wider still with their counts.
    bar.current?.querySelector('[aria-current]')?.scrollIntoView({ inline: 'center', block: 'nearest' });
  }, [tab, isCounted]);
  const counts = system ? countsOf(system, work) : {};
  const tabs = [...TABS, ...(may('ADMIN') ? (['settings'] as const) : [])];
  return (
    <div className="page">
      <div className="page-head system-head">
        <div>
          <p className="crumb">
            <Link to="/">{app.systems}</Link>
          </p>
          <h1>
            <bdi>{name}</bdi>
          </h1>
          {system?.description && <p className="quiet wrap">{system.description}</p>}
        </div>
        {system && (
          <dl className="facts">
            <Fact name={words.oldest}>{system.oldestUnexportedAt ? <When time={system.oldestUnexportedAt} /> : words.nothing}</Fact>
            <Fact name={words.lastMark}>{system.lastMarkedAt ? <When time={system.lastMarkedAt} /> : words.never}</Fact>
          </dl>
        )}
      </div>
      {system && !system.knownSince && <p className="hint">{lists.unknownSystem}</p>}
      <nav className="tabs" aria-label={lists.tabsLabel} ref={bar}>
        {tabs.map((one) => (
          <TabLink key={one} tab={one} systemId={systemId} isHere={one === tab} count={counts[one as Tab]} />
        ))}
      </nav>
      {error && <ErrorNote error={error} onRetry={refresh} />}
      {!error && !system && <Loading />}
      {system && <Content system={system} name={name} tab={tab} refresh={refresh} work={work} />}
    </div>
  );
}

function countsOf(system: ConsoleSystemFragment, work: ConsoleSystemWorkQuery | undefined): Partial<Record<Tab, Count>> {
  const conflicts = work?.exportConflicts;
  return {
    waiting: countOf(system, 'PENDING'),
    failed: countOf(system, 'FAILED'),
    parked: countOf(system, 'PARKED'),
    work: countOf(system, 'CLAIMED'),
    changed: work?.changedEntries?.totalCount ?? undefined,
    conflicts: conflicts
      ? { count: conflicts.nodes.length, precision: conflicts.pageInfo.hasNextPage ? 'AT_LEAST' : 'EXACT' }
      : undefined,
  };
}

function TabLink({ tab, systemId, isHere, count }: { tab: Tab | 'settings'; systemId: string; isHere: boolean; count?: Count }) {
  const { lists } = useMessages();
  const formats = useFormats();
  return (
    <Link to={systemAddress(systemId, tab)} aria-current={isHere ? 'page' : undefined} data-tab={tab}>
      {lists.tabs[tab]}
      {count && (
        <span className="tab-count" data-tone={count.count > 0 ? tab : 'none'}>
          {formats.count(count)}
        </span>
      )}
    </Link>
  );
}

interface ContentProps {
  system: ConsoleSystemFragment;
  name: string;
  tab: string;
  refresh: () => void;
  work: ConsoleSystemWorkQuery | undefined;
}

function Content({ system, name, tab, refresh, work }: ContentProps) {
  const { app } = useMessages();
  const { systemId } = system;
  if (tab in ENTRY_TABS) {
    const one = tab as EntryTabName;
    return (
      <EntryListView
        key={one}
        name={one}
        tab={ENTRY_TABS[one]}
        systemId={systemId}
        systemName={name}
        isUnitVoucher={system.unit === 'VOUCHER'}
        signal={JSON.stringify([system.states, system.lastMarkedAt])}
        onChanged={refresh}
      />
    );
  }
  const signal = JSON.stringify([work, system.states]);
  if (tab === 'work') return <Claims systemId={systemId} signal={signal} onChanged={refresh} />;
  if (tab === 'conflicts') return <Conflicts systemId={systemId} signal={signal} onChanged={refresh} />;
  if (tab === 'replays') return <Replays systemId={systemId} systemName={name} signal={signal} onChanged={refresh} />;
  if (tab === 'settings') return <SystemSettings system={system} onSaved={refresh} />;
  return <Empty title={app.notFound} />;
}
