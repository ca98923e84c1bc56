import { useCallback, useEffect, useRef, useState } from 'react';
import type { CombinedError } from '@urql/core';
import { useClient } from 'urql';
import { runInBatches, type Progress } from '../api/batches';
import { callOf, SIZES, type ActionKind, type Words } from './kinds';
import type { Target, Targets } from './targets';

/** How an action stands. */
export type Run =
  | { phase: 'asking' }
  | { phase: 'running'; progress: Progress<Target> }
  | { phase: 'over'; progress: Progress<Target>; isStopped: boolean; error: CombinedError | undefined };

/** Carries out an action on all targets, in calls of as many as one may have. */
export function useRun(kind: ActionKind, systemId: string, targets: Targets) {
  const client = useClient();
  const [run, setRun] = useState<Run>({ phase: 'asking' });
  const stopper = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => stopper.current?.abort(), []);

  const start = useCallback(
    async (words: Words): Promise<Progress<Target> | undefined> => {
      const controller = new AbortController();
      stopper.current = controller;
      let progress: Progress<Target> = { total: targets.items.length, seen: 0, items: 0, entries: 0, failed: [], isWaiting: false };
      const tell = (next: Progress<Target>): void => {
        progress = next;
        setRun({ phase: 'running', progress: next });
      };
      tell(progress);
      try {
        progress = await runInBatches(
          targets.items,
          SIZES[kind],
          callOf(client, kind, systemId, words),
          tell,
          controller.signal,
        );
        setRun({ phase: 'over', progress, isStopped: controller.signal.aborted, error: undefined });
        return controller.signal.aborted ? undefined : progress;
      } catch (error) {
        setRun({ phase: 'over', progress, isStopped: false, error: error as CombinedError });
        return undefined;
      }
    },
    [client, kind, systemId, targets],
  );

  return { run, start, stop: () => stopper.current?.abort() };
}
