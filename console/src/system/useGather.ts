import { useCallback, useEffect, useRef, useState } from 'react';
import type { CombinedError } from '@urql/core';
import { useClient } from 'urql';
import { allPages, type ReadPage } from '../api/pages';
import { Selection, type Picked } from '../list/selection';

/**
 * Chooses all that match, by reading them: what is chosen is then a fixed set, with its sums, and what comes into the list
 * meanwhile is not in it.
 */
export function useGather(read: ReadPage<Picked> | undefined, onDone: (selection: Selection) => void) {
  const client = useClient();
  const [count, setCount] = useState<number>();
  const [error, setError] = useState<CombinedError>();
  const run = useRef(0);
  useEffect(() => () => void (run.current += 1), []);

  const start = useCallback(async () => {
    if (!read) return;
    const mine = ++run.current;
    const picked: Picked[] = [];
    setError(undefined);
    setCount(0);
    try {
      for await (const rows of allPages((after) => read(client, { after, first: 500 }))) {
        if (run.current !== mine) return;
        for (const one of rows) picked.push(one);
        setCount(picked.length);
      }
      onDone(Selection.of(picked));
    } catch (caught) {
      if (run.current === mine) setError(caught as CombinedError);
    }
    if (run.current === mine) setCount(undefined);
  }, [client, read, onDone]);

  const stop = useCallback(() => {
    run.current += 1;
    setCount(undefined);
  }, []);
  return { count, error, start, stop };
}
