import { useEffect, useState } from 'react';
import { Button, SegmentedControl } from '@mantine/core';
import { ConsoleEntryStateDocument, type ConsoleSystemFragment, type ExportState } from '@ledgate/client/documents';
import { useQuery } from 'urql';
import { Link } from 'wouter';
import { ActionDialog } from '../actions/ActionDialog';
import { RIGHTS, type ActionKind } from '../actions/kinds';
import { targetsOf, type Targets } from '../actions/targets';
import { useLast } from '../api/useLast';
import { useMay } from '../app/viewer';
import { useMessages } from '../i18n';
import { Selection } from '../list/selection';
import { systemAddress } from '../route';
import { useSystems } from '../systems/useSystems';
import type { Entry } from './EntryPage';
import { StateDetails } from './StateDetails';

const ACTIONS: Partial<Record<ExportState, ActionKind[]>> = {
  PENDING: ['mark', 'fail', 'park'],
  FAILED: ['requeue', 'park', 'mark'],
  PARKED: ['requeue', 'mark'],
  CLAIMED: ['mark'],
  EXPORTED: ['unmark'],
  CHANGED: ['mark', 'unmark'],
};

interface Acting {
  kind: ActionKind;
  system: ConsoleSystemFragment;
  targets: Targets;
  isOfChanged: boolean;
}

/** How the entry stands for each system, and what can be done about it. */
export function EntryStates({ entry, refreshed, onChanged }: { entry: Entry; refreshed: number; onChanged: () => void }) {
  const { entry: words } = useMessages();
  const { systems } = useSystems();
  const may = useMay();
  const [scope, setScope] = useState<'voucher' | 'entry'>('voucher');
  const [acting, setActing] = useState<Acting>();
  const lines = entry.voucher.entries?.nodes ?? [];
  const isWhole = scope === 'voucher' && lines.length > 1;
  const act = (kind: ActionKind, system: ConsoleSystemFragment, state: ExportState): void => {
    const isOfChanged = state === 'CHANGED' && kind === 'mark';
    const areVouchers = isWhole && !isOfChanged;
    const picked = (areVouchers ? lines : [entry]).map((line) => ({ ...line, voucherId: entry.voucher.id }));
    setActing({ kind, system, targets: targetsOf(Selection.of(picked), areVouchers), isOfChanged });
  };
  return (
    <section className="panel" aria-labelledby="states">
      <div className="panel-head">
        <h2 id="states">{words.states}</h2>
        {lines.length > 1 && Object.values(RIGHTS).some(may) && (
          <SegmentedControl
            size="xs"
            aria-label={words.actOn}
            value={scope}
            onChange={(value) => setScope(value as 'voucher' | 'entry')}
            data={[
              { value: 'voucher', label: words.wholeVoucher },
              { value: 'entry', label: words.onlyEntry },
            ]}
          />
        )}
      </div>
      <ul className="state-list">
        {systems.map((system) => (
          <SystemState key={system.id} entry={entry} system={system} refreshed={refreshed} onAct={act} />
        ))}
      </ul>
      {acting && (
        <ActionDialog
          kind={acting.kind}
          targets={acting.targets}
          systemId={acting.system.systemId}
          systemName={acting.system.displayName ?? acting.system.systemId}
          isOfChanged={acting.isOfChanged}
          isUnitVoucher={acting.system.unit === 'VOUCHER'}
          onClose={(isDone) => {
            setActing(undefined);
            if (isDone) onChanged();
          }}
        />
      )}
    </section>
  );
}

interface SystemStateProps {
  entry: Entry;
  system: ConsoleSystemFragment;
  refreshed: number;
  onAct: (kind: ActionKind, system: ConsoleSystemFragment, state: ExportState) => void;
}

function SystemState({ entry, system, refreshed, onAct }: SystemStateProps) {
  const { actions } = useMessages();
  const may = useMay();
  const { systemId } = system;
  const [{ data }, ask] = useQuery({ query: ConsoleEntryStateDocument, variables: { id: entry.id, systemId } });
  const figures = JSON.stringify([system.states, system.lastMarkedAt]);
  useEffect(() => ask({ requestPolicy: 'network-only' }), [refreshed, figures, ask]);
  const status = useLast(data?.accountingEntry?.exportStatus, systemId);
  return (
    <li className="state-row">
      <Link to={systemAddress(systemId)} className="state-system">
        <bdi>{system.displayName ?? systemId}</bdi>
      </Link>
      {status ? <StateDetails status={status} version={entry.version} /> : <span className="quiet">…</span>}
      <span className="state-actions">
        {status &&
          (ACTIONS[status.state] ?? [])
            .filter((kind) => may(RIGHTS[kind]))
            .map((kind) => (
              <Button key={kind} size="compact-xs" variant="default" onClick={() => onAct(kind, system, status.state)}>
                {status.state === 'CHANGED' && kind === 'mark' ? actions.markChanged : actions[kind]}
              </Button>
            ))}
      </span>
    </li>
  );
}
