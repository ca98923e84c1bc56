// Lists of any length, page by page.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Client, CombinedError } from '@urql/core';
import type { PlaceFragment } from '@ledgate/client/documents';
import { useClient } from 'urql';
import { useStore } from './store';
import { returnsStore } from './gateway';
import { countOf, trim, type Page, type Way } from './window';

/** Which page: the first rows after a cursor, or the last ones before one. Without a cursor from that end of the list. */
export interface At {
  first?: number;
  after?: string | null;
  last?: number;
  before?: string | null;
}

/** Reads a page. */
export type ReadPage<Row> = (client: Client, at: At) => Promise<Page<Row>>;

export interface Pages<Row> {
  rows: Row[];
  /** How often the list was read anew, and not only more of it. */
  readings: number;
  /** Whether the first page has come. */
  isLoaded: boolean;
  isLoading: boolean;
  /** Whether there are rows before the first one: they were scrolled past and forgotten. */
  hasBefore: boolean;
  hasMore: boolean;
  error: CombinedError | undefined;
  more(): void;
  /** Reads what stands before the first row. */
  earlier(): void;
  /** Reads the list from its beginning or its end. */
  jump(to: 'start' | 'end'): void;
  /** Reads again what is loaded. The rows stay until the new ones have come. */
  reload(): void;
}

const FIRST = 100;
const STEP = 250;
const LARGEST = 500;
/** What a long list keeps. */
export const KEPT = 4000;

interface State<Row> {
  key: string;
  pages: Page<Row>[];
  readings: number;
  isLoaded: boolean;
  isLoading: boolean;
  error: CombinedError | undefined;
}

/** The page that a connection gives; an empty one where there is none. */
export function pageOf<Row>(connection: { nodes: Row[]; pageInfo: PlaceFragment } | null | undefined): Page<Row> {
  const place = connection?.pageInfo;
  return {
    rows: connection?.nodes ?? [],
    previous: place?.hasPreviousPage ? place.startCursor : null,
    next: place?.hasNextPage ? place.endCursor : null,
  };
}

/** The same page for a list that is told from its end. */
export function backwards<Row>({ rows, previous, next }: Page<Row>): Page<Row> {
  return { rows: [...rows].reverse(), previous: next, next: previous };
}

/** The rows of a whole list, a page at a time. */
export async function* allPages<Row>(read: (after: string | null) => Promise<Page<Row>>): AsyncGenerator<Row[]> {
  let after: string | null = null;
  do {
    const page: Page<Row> = await read(after);
    yield page.rows;
    after = page.next;
  } while (after !== null);
}

type Read<Row> = (at: At) => Promise<Page<Row>>;

/** Pages from a cursor on, one way, until they have as many rows as are wanted. They come in the order of the list. */
async function follow<Row>(read: Read<Row>, way: Way, from: string | null, wanted: number): Promise<Page<Row>[]> {
  const pages: Page<Row>[] = [];
  let cursor = from;
  do {
    const size = Math.max(FIRST, Math.min(LARGEST, wanted - countOf(pages)));
    const page = await read(way === 'next' ? { after: cursor, first: size } : { before: cursor, last: size });
    if (way === 'next') pages.push(page);
    else pages.unshift(page);
    cursor = page[way];
  } while (cursor !== null && countOf(pages) < wanted);
  return pages;
}

/** The same part of the list as it is by now. */
async function again<Row>(read: Read<Row>, pages: Page<Row>[]): Promise<Page<Row>[]> {
  const wanted = Math.min(Math.max(countOf(pages), FIRST), KEPT);
  const start = pages[0]?.previous ?? null;
  if (start !== null) {
    // The cursor is the first row's. A page begins behind a cursor, so it takes that of the row before.
    const before = await read({ before: start, last: 1 });
    const same = await follow(read, 'next', before.next ?? before.previous, wanted);
    if (countOf(same) > 0) return same;
  }
  return follow(read, 'next', null, wanted);
}

/**
 * The list that `read` reads. `key` says which list it is: with another one it is begun anew. It keeps at most about `most`
 * rows, those that were asked for last: what is farther away is forgotten, and read again by who comes back to it.
 */
export function usePages<Row>(key: string, read: ReadPage<Row>, most = Number.POSITIVE_INFINITY): Pages<Row> {
  const client = useClient();
  const empty = (): State<Row> => ({ key, pages: [], readings: 0, isLoaded: false, isLoading: true, error: undefined });
  const [state, setState] = useState(empty);
  const shown = state.key === key ? state : empty();
  const latest = useRef({ read, state: shown, run: 0, isBusy: false });
  latest.current.read = read;
  latest.current.state = shown;

  const load = useCallback(
    async (step: (read: Read<Row>, pages: Page<Row>[]) => Promise<Page<Row>[]>, isAnew: boolean) => {
      const run = ++latest.current.run;
      const isPast = (): boolean => latest.current.run !== run;
      latest.current.isBusy = true;
      const before = latest.current.state;
      setState({ ...before, key, isLoading: true, error: undefined });
      try {
        const pages = await step(async (at) => {
          if (isPast()) throw new Error('another load has taken the place of this one');
          return latest.current.read(client, at);
        }, before.pages);
        if (isPast()) return;
        const readings = before.readings + (isAnew ? 1 : 0);
        setState({ key, pages, readings, isLoaded: true, isLoading: false, error: undefined });
      } catch (error) {
        if (isPast()) return;
        setState({ ...before, key, isLoading: false, error: error as CombinedError });
      }
      latest.current.isBusy = false;
    },
    [client, key],
  );

  const returns = useStore(returnsStore);
  useEffect(() => {
    void load(again, true);
    return () => {
      latest.current.run += 1;
    };
  }, [load, returns]);

  const widen = useCallback(
    (way: Way) => {
      const cursor = latest.current.state.pages.at(way === 'next' ? -1 : 0)?.[way] ?? null;
      if (latest.current.isBusy || cursor === null) return;
      void load(async (reader, pages) => {
        const beside = await follow(reader, way, cursor, STEP);
        return trim(way === 'next' ? [...pages, ...beside] : [...beside, ...pages], most, way);
      }, false);
    },
    [load, most],
  );
  const more = useCallback(() => widen('next'), [widen]);
  const earlier = useCallback(() => widen('previous'), [widen]);
  const jump = useCallback(
    (to: 'start' | 'end') => {
      void load((reader) => follow(reader, to === 'start' ? 'next' : 'previous', null, STEP), true);
    },
    [load],
  );
  const reload = useCallback(() => void load(again, true), [load]);

  const rows = useMemo(() => shown.pages.flatMap((page) => page.rows), [shown.pages]);
  return {
    rows,
    readings: shown.readings,
    isLoaded: shown.isLoaded,
    isLoading: shown.isLoading,
    hasBefore: (shown.pages[0]?.previous ?? null) !== null,
    hasMore: (shown.pages.at(-1)?.next ?? null) !== null,
    error: shown.error,
    more,
    earlier,
    jump,
    reload,
  };
}
