import { useEffect, useRef, useState } from 'react';
import { Button, NativeSelect } from '@mantine/core';
import { ConsoleFailureTypesDocument, ConsoleRequeueFailuresDocument, type FailureType } from '@ledgate/client/documents';
import type { Client } from '@urql/core';
import { useClient } from 'urql';
import { CallDialog } from '../actions/CallDialog';
import { askFor, change } from '../api/ask';
import { newKey, type UserFault } from '../api/batches';
import { allPages, pageOf } from '../api/pages';
import { useFormats, useMessages } from '../i18n';

/** More entries than these are not counted before. */
const MOST_COUNTED = 10_000;

interface Props {
  systemId: string;
  systemName: string;
  onDone: () => void;
}

/** Requeues all that failed for one reason, in steps of the server's size. */
export function RequeueType(props: Props) {
  const { actions } = useMessages();
  const [isOpen, setOpen] = useState(false);
  const close = (isDone: boolean): void => {
    setOpen(false);
    if (isDone) props.onDone();
  };
  return (
    <>
      <Button variant="default" size="xs" onClick={() => setOpen(true)}>
        {actions.requeueType}
      </Button>
      {isOpen && <RequeueTypeDialog {...props} onClose={close} />}
    </>
  );
}

type Counts = Map<FailureType, number>;

/** How many entries failed for which reason. */
async function countTypes(client: Client, systemId: string, isWanted: () => boolean): Promise<Counts> {
  const counts: Counts = new Map();
  let read = 0;
  for await (const rows of allPages(ask)) {
    for (const { exportStatus } of rows) {
      const type = exportStatus?.parkedBy ? undefined : exportStatus?.lastFailure?.type;
      if (type) counts.set(type, (counts.get(type) ?? 0) + 1);
    }
    read += rows.length;
    if (read >= MOST_COUNTED || !isWanted()) break;
  }
  return counts;

  async function ask(after: string | null) {
    return pageOf((await askFor(client, ConsoleFailureTypesDocument, { systemId, after })).unexportedEntries);
  }
}

function RequeueTypeDialog({ systemId, systemName, onClose }: Props & { onClose: (isDone: boolean) => void }) {
  const { actions, names } = useMessages();
  const formats = useFormats();
  const client = useClient();
  const [counts, setCounts] = useState<Counts>();
  const [chosen, setChosen] = useState<FailureType>();
  const [done, setDone] = useState(0);
  const isShown = useRef(true);
  useEffect(() => {
    isShown.current = true;
    countTypes(client, systemId, () => isShown.current).then(setCounts, () => setCounts(new Map()));
    return () => {
      isShown.current = false;
    };
  }, [client, systemId]);
  const types = [...(counts?.keys() ?? [])];
  const type = chosen ?? types[0];

  const act = async (): Promise<{ said: string; faults: UserFault[] }> => {
    let count = 0;
    for (;;) {
      const input = { systemId, type: type ?? 'OTHER', idempotencyKey: newKey() };
      const step = (await change(client, ConsoleRequeueFailuresDocument, { input })).requeueFailures;
      count += step?.entryCount ?? 0;
      setDone(count);
      const faults = step?.userErrors ?? [];
      // Closing the dialog stops it.
      if (faults.length > 0 || !step?.hasMore || !isShown.current) return { said: actions.done.requeueType(count), faults };
    }
  };
  return (
    <CallDialog
      title={actions.requeueType}
      will={actions.will.requeueType(systemName)}
      confirm={actions.requeue}
      isComplete={type !== undefined}
      act={act}
      onClose={onClose}
    >
      <NativeSelect
        label={actions.type}
        value={type ?? ''}
        disabled={types.length === 0}
        onChange={(event) => setChosen(event.currentTarget.value as FailureType)}
        data={types.map((value) => ({ value, label: `${names.failures[value]} (${formats.number(counts?.get(value) ?? 0)})` }))}
        data-autofocus
      />
      <p className="quiet" role="status">
        {!counts && actions.countingFailures}
        {counts && types.length === 0 && actions.noFailures}
        {done > 0 && actions.done.requeueType(done)}
      </p>
    </CallDialog>
  );
}
