// Lists of any length, page by page. What is loaded is kept; the list on the screen draws only what is seen.
import { useCallback, useEffect, useRef, useState } from 'react';
import type { AnyVariables, Client, CombinedError, TypedDocumentNode } from '@urql/core';
import { useClient } from 'urql';
import { plainOf } from './client';
import { useStore } from './store';
import { returnsStore } from './gateway';

/** A page of rows, and the cursor of the next one; null when there is none. */
export interface Page<Row> {
  rows: Row[];
  next: string | null;
}

/** Reads the page that begins after a cursor. */
export type ReadPage<Row> = (client: Client, after: string | null, first: number) => Promise<Page<Row>>;

export interface Pages<Row> {
  rows: Row[];
  /** How often the list was read from its beginning. */
  readings: number;
  /** Whether the first page has come. */
  isLoaded: boolean;
  isLoading: boolean;
  hasMore: boolean;
  error: CombinedError | undefined;
  more(): void;
  /** Reads again what is loaded. The rows stay until the new ones have come. */
  reload(): void;
}

const FIRST = 100;
const LARGEST = 500;
/** What is read again after a change; the rest is then read when it is scrolled to. */
const RELOADED = 1000;

interface State<Row> {
  key: string;
  rows: Row[];
  readings: number;
  next: string | null;
  isLoaded: boolean;
  isLoading: boolean;
  error: CombinedError | undefined;
}

/** Asks past the cache, and throws what went wrong. */
export async function askFor<Data, Variables extends AnyVariables>(
  client: Client,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const { data, error } = await plainOf(client).query(document, variables).toPromise();
  if (error || !data) throw error ?? new Error('no data');
  return data;
}

/** The list that `read` reads. `key` says which list it is: with another one it is begun anew. */
export function usePages<Row>(key: string, read: ReadPage<Row>): Pages<Row> {
  const client = useClient();
  const empty = (): State<Row> => ({
    key,
    rows: [],
    readings: 0,
    next: null,
    isLoaded: false,
    isLoading: true,
    error: undefined,
  });
  const [state, setState] = useState(empty);
  const shown = state.key === key ? state : empty();
  const latest = useRef({ read, state: shown, run: 0, isBusy: false });
  latest.current.read = read;
  latest.current.state = shown;

  const load = useCallback(
    async (wanted: number, isAnew: boolean) => {
      const run = ++latest.current.run;
      latest.current.isBusy = true;
      const before = latest.current.state;
      let rows = isAnew ? [] : before.rows;
      let next = isAnew ? null : before.next;
      setState({ ...before, key, isLoading: true, error: undefined });
      try {
        do {
          const first = Math.max(FIRST, Math.min(LARGEST, wanted - rows.length));
          const page = await latest.current.read(client, next, first);
          if (latest.current.run !== run) return;
          rows = rows.concat(page.rows);
          next = page.next;
        } while (next !== null && rows.length < wanted);
        const readings = before.readings + (isAnew ? 1 : 0);
        setState({ key, rows, readings, next, isLoaded: true, isLoading: false, error: undefined });
      } catch (error) {
        if (latest.current.run !== run) return;
        setState({ ...before, key, isLoading: false, error: error as CombinedError });
      }
      latest.current.isBusy = false;
    },
    [client, key],
  );

  const returns = useStore(returnsStore);
  useEffect(() => {
    void load(Math.min(Math.max(latest.current.state.rows.length, FIRST), RELOADED), true);
    return () => {
      latest.current.run += 1;
    };
  }, [load, returns]);

  const more = useCallback(() => {
    if (latest.current.isBusy || latest.current.state.next === null) return;
    void load(latest.current.state.rows.length + LARGEST / 2, false);
  }, [load]);
  const reload = useCallback(() => {
    void load(Math.min(Math.max(latest.current.state.rows.length, FIRST), RELOADED), true);
  }, [load]);

  return {
    rows: shown.rows,
    readings: shown.readings,
    isLoaded: shown.isLoaded,
    isLoading: shown.isLoading,
    hasMore: shown.next !== null,
    error: shown.error,
    more,
    reload,
  };
}
