import { useState } from 'react';
import { Button } from '@mantine/core';
import { ConsoleCancelReplayDocument, ConsoleReplaysDocument, type ConsoleReplayFragment } from '@ledgate/client/documents';
import { useClient } from 'urql';
import { CallDialog } from '../actions/CallDialog';
import { askFor, change } from '../api/ask';
import { newKey } from '../api/batches';
import { usePoll } from '../api/live';
import { backwards, pageOf, usePages } from '../api/pages';
import { useMay } from '../app/viewer';
import { useFormats, useMessages } from '../i18n';
import { Fact } from '../parts/Fact';
import { Empty } from '../parts/Notes';
import { Badge } from '../parts/State';
import { PagedCards } from './PagedCards';
import { StartReplay } from './StartReplay';
import { useReloadWhenChanged } from './useReloadWhenChanged';

interface Props {
  systemId: string;
  systemName: string;
  signal: string;
  onChanged: () => void;
}

const isAtWork = ({ state }: ConsoleReplayFragment): boolean => state === 'RUNNING' || state === 'CANCELLING';
const PROGRESS_MILLISECONDS = 1500;

/** Marks that were taken back because the system lost what it was sent, the last replay first. */
export function Replays({ systemId, systemName, signal, onChanged }: Props) {
  const { actions, lists } = useMessages();
  const may = useMay();
  const [isStarting, setStarting] = useState(false);
  const pages = usePages<ConsoleReplayFragment>(`replays ${systemId}`, async (client, { after: before }) =>
    backwards(pageOf((await askFor(client, ConsoleReplaysDocument, { systemId, last: 50, before })).exportReplays)),
  );
  useReloadWhenChanged(signal, pages, false);
  usePoll(() => {
    if (pages.rows.some(isAtWork)) pages.reload();
  }, PROGRESS_MILLISECONDS);
  const done = (): void => {
    pages.reload();
    onChanged();
  };
  return (
    <section className="list-view">
      {may('MANAGE') && (
        <div className="toolbar">
          <Button size="xs" onClick={() => setStarting(true)}>
            {actions.replay}
          </Button>
        </div>
      )}
      <PagedCards
        pages={pages}
        moreLabel={lists.replay.older}
        empty={<Empty title={lists.empty.replays}>{lists.empty.replaysHelp}</Empty>}
      >
        {(replay) => <ReplayCard key={replay.replayId} replay={replay} onChanged={done} />}
      </PagedCards>
      {isStarting && (
        <StartReplay
          systemId={systemId}
          systemName={systemName}
          onClose={(isDone) => {
            setStarting(false);
            if (isDone) done();
          }}
        />
      )}
    </section>
  );
}

const TONES = { RUNNING: 'claimed', DONE: 'exported', CANCELLING: 'changed', CANCELLED: 'none' };

function ReplayCard({ replay, onChanged }: { replay: ConsoleReplayFragment; onChanged: () => void }) {
  const { actions, lists, names } = useMessages();
  const formats = useFormats();
  const client = useClient();
  const may = useMay();
  const [isOpen, setOpen] = useState(false);
  const cancel = async () => {
    const input = { replayId: replay.replayId, idempotencyKey: newKey() };
    const done = (await change(client, ConsoleCancelReplayDocument, { input })).cancelReplay;
    return { said: actions.done.cancelReplay, faults: done?.userErrors ?? [] };
  };
  return (
    <li className="card-row">
      <div className="card-head">
        <Badge tone={TONES[replay.state]}>{names.replays[replay.state]}</Badge>
        <bdi className="card-title wrap">{replay.reason}</bdi>
        {may('MANAGE') && !replay.cancelledAt && (
          <Button size="xs" variant="default" onClick={() => setOpen(true)}>
            {actions.cancelReplay}
          </Button>
        )}
      </div>
      <dl className="facts inline">
        <Fact name={lists.replay.range}>
          {formats.moment(replay.markedSince)} – {formats.moment(replay.markedUntil)}
        </Fact>
        <Fact name={lists.replay.setAside}>{formats.number(replay.setAsideCount)}</Fact>
        {replay.cancelledAt && (
          <Fact name={lists.replay.putBack}>{formats.number(replay.putBackCount)}</Fact>
        )}
      </dl>
      <p className="quiet">
        {lists.replay.started(replay.actor, formats.moment(replay.startedAt))}
        {replay.cancelledBy && ` · ${lists.replay.cancelled(replay.cancelledBy)}`}
      </p>
      {isOpen && (
        <CallDialog
          title={actions.cancelReplay}
          will={actions.will.cancelReplay(replay.setAsideCount)}
          confirm={actions.cancelReplay}
          act={cancel}
          onClose={(isDone) => {
            setOpen(false);
            if (isDone) onChanged();
          }}
        />
      )}
    </li>
  );
}
