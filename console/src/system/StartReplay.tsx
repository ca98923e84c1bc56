import { useEffect, useState } from 'react';
import { TextInput } from '@mantine/core';
import { ConsoleSentKeysDocument, ConsoleStartReplayDocument } from '@ledgate/client/documents';
import { useClient } from 'urql';
import { CallDialog } from '../actions/CallDialog';
import { askFor, change } from '../api/ask';
import { newKey } from '../api/batches';
import { allPages, pageOf } from '../api/pages';
import { useMessages } from '../i18n';
import { LongText } from '../parts/LongText';

/** More marks than these are not counted before the replay is started. */
const MOST_COUNTED = 10_000;

interface Props {
  systemId: string;
  systemName: string;
  onClose: (isDone: boolean) => void;
}

/** Asks from when to when marks are taken back, and counts them first. */
export function StartReplay({ systemId, systemName, onClose }: Props) {
  const { actions } = useMessages();
  const client = useClient();
  const [since, setSince] = useState('');
  const [until, setUntil] = useState('');
  const [reason, setReason] = useState('');
  const count = useMarkCount(systemId, since, until);
  const act = async () => {
    const input = {
      systemId,
      markedSince: new Date(since).toISOString(),
      markedUntil: until ? new Date(until).toISOString() : undefined,
      reason: reason.trim(),
      idempotencyKey: newKey(),
    };
    const done = (await change(client, ConsoleStartReplayDocument, { input })).startReplay;
    return { said: actions.done.replay, faults: done?.userErrors ?? [] };
  };
  return (
    <CallDialog
      title={actions.replay}
      will={actions.will.replay(systemName)}
      confirm={actions.replay}
      isComplete={since !== '' && reason.trim() !== ''}
      act={act}
      onClose={onClose}
    >
      <div className="fields-2">
        <TextInput
          label={actions.markedSince}
          type="datetime-local"
          step={1}
          value={since}
          onChange={(event) => setSince(event.currentTarget.value)}
          required
          data-autofocus
        />
        <TextInput
          label={actions.markedUntil}
          description={actions.markedUntilHelp}
          type="datetime-local"
          step={1}
          value={until}
          onChange={(event) => setUntil(event.currentTarget.value)}
        />
      </div>
      <LongText label={actions.reason} value={reason} onChange={setReason} />
      <p role="status" className="replay-count">
        {since === '' ? '\u00a0' : count === undefined ? actions.countingMarks : actions.marksInRange(count, count >= MOST_COUNTED)}
      </p>
    </CallDialog>
  );
}

/** How many marks are in the range now, up to ten thousand; undefined while they are being counted. */
function useMarkCount(systemId: string, since: string, until: string): number | undefined {
  const client = useClient();
  const [found, setFound] = useState<{ key: string; count: number }>();
  const key = `${since} ${until}`;
  useEffect(() => {
    if (since === '') return undefined;
    let isCurrent = true;
    const gt = new Date(since).toISOString();
    const markedAt = until ? { gt, lte: new Date(until).toISOString() } : { gt };
    const read = async (): Promise<void> => {
      let count = 0;
      for await (const rows of allPages(page)) {
        count += rows.length;
        if (!isCurrent) return;
        if (count >= MOST_COUNTED) break;
      }
      setFound({ key, count });
    };
    const page = async (after: string | null) =>
      pageOf((await askFor(client, ConsoleSentKeysDocument, { systemId, filter: { markedAt }, after })).entryExports);
    const timer = setTimeout(() => void read().catch(() => undefined), 300);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [client, systemId, since, until, key]);
  return found?.key === key ? found.count : undefined;
}
