import { useState } from 'react';
import { Button, SegmentedControl } from '@mantine/core';
import { ConsoleConflictsDocument, ConsoleResolveDocument, type ConsoleConflictsQuery } from '@ledgate/client/documents';
import { useClient } from 'urql';
import { Link } from 'wouter';
import { CallDialog } from '../actions/CallDialog';
import { askFor, change } from '../api/ask';
import { newKey } from '../api/batches';
import { pageOf, usePages } from '../api/pages';
import { useMay } from '../app/viewer';
import { useFormats, useMessages } from '../i18n';
import { Fact } from '../parts/Fact';
import { LongText } from '../parts/LongText';
import { Empty } from '../parts/Notes';
import { Badge } from '../parts/State';
import { When } from '../parts/When';
import { entryAddress, useParameters } from '../route';
import { PagedCards } from './PagedCards';
import { useReloadWhenChanged } from './useReloadWhenChanged';

type Conflict = NonNullable<ConsoleConflictsQuery['exportConflicts']>['nodes'][number];

/** Facts that do not fit together, until a person resolves them. */
export function Conflicts({ systemId, signal, onChanged }: { systemId: string; signal: string; onChanged: () => void }) {
  const { lists } = useMessages();
  const [parameters, set] = useParameters();
  const resolved = parameters.get('show') === 'resolved';
  const pages = usePages<Conflict>(`conflicts ${systemId} ${resolved}`, async (client, { after }) =>
    pageOf((await askFor(client, ConsoleConflictsDocument, { systemId, resolved, first: 100, after })).exportConflicts),
  );
  useReloadWhenChanged(signal, pages, false);
  return (
    <section className="list-view">
      <div className="toolbar">
        <SegmentedControl
          size="xs"
          aria-label={lists.conflict.show}
          value={resolved ? 'resolved' : 'open'}
          onChange={(show) => set((address) => (show === 'resolved' ? address.set('show', show) : address.delete('show')))}
          data={[
            { value: 'open', label: lists.conflict.open },
            { value: 'resolved', label: lists.conflict.resolved },
          ]}
        />
      </div>
      <PagedCards pages={pages} empty={<Empty title={lists.empty.conflicts}>{lists.empty.conflictsHelp}</Empty>}>
        {(conflict) => (
          <ConflictCard key={conflict.conflictId} conflict={conflict} onChanged={() => (pages.reload(), onChanged())} />
        )}
      </PagedCards>
    </section>
  );
}

function ConflictCard({ conflict, onChanged }: { conflict: Conflict; onChanged: () => void }) {
  const { actions, lists, names } = useMessages();
  const formats = useFormats();
  const client = useClient();
  const may = useMay();
  const [isOpen, setOpen] = useState(false);
  const [note, setNote] = useState('');
  const { entry } = conflict;
  const resolve = async () => {
    const input = { conflictId: conflict.conflictId, note: note.trim(), idempotencyKey: newKey() };
    const done = (await change(client, ConsoleResolveDocument, { input })).resolveExportConflict;
    return { said: actions.done.resolve, faults: done?.userErrors ?? [] };
  };
  return (
    <li className="card-row">
      <div className="card-head">
        <Badge tone={conflict.resolvedAt ? 'none' : 'failed'}>{names.conflicts[conflict.kind] ?? conflict.kind}</Badge>
        <Link to={entryAddress(conflict.entryId)} className="card-title clip">
          <bdi>{entry ? `${entry.journalCode} ${entry.entryNumber} · ${entry.description}` : lists.openEntry(conflict.entryId)}</bdi>
        </Link>
        <span className="quiet">
          {lists.conflict.found} <When time={conflict.foundAt} /> <bdi>{lists.conflict.by(conflict.actor)}</bdi>
        </span>
        {may('MANAGE') && !conflict.resolvedAt && (
          <Button size="xs" variant="default" onClick={() => setOpen(true)}>
            {actions.resolve}
          </Button>
        )}
      </div>
      <p className="quiet">{names.conflictHelp[conflict.kind]}</p>
      {conflict.kind === 'POSTED_TWICE' && (
        <dl className="facts inline">
          <Fact name={lists.conflict.first}>
            <bdi>{conflict.firstDocumentId ?? '—'}</bdi>
          </Fact>
          <Fact name={lists.conflict.second}>
            <bdi>{conflict.secondDocumentId ?? '—'}</bdi>
          </Fact>
        </dl>
      )}
      {conflict.resolvedAt && (
        <p>
          {lists.conflict.resolvedBy(conflict.resolvedBy ?? '—', formats.moment(conflict.resolvedAt))}: <bdi>{conflict.note}</bdi>
        </p>
      )}
      {isOpen && (
        <CallDialog
          title={actions.resolve}
          will={actions.will.resolve}
          confirm={actions.resolve}
          isComplete={note.trim() !== ''}
          act={resolve}
          onClose={(isDone) => {
            setOpen(false);
            if (isDone) onChanged();
          }}
        >
          <LongText label={actions.note} value={note} onChange={setNote} isFirst />
        </CallDialog>
      )}
    </li>
  );
}
