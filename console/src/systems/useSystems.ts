import { ConsoleSystemsDocument, ConsoleSystemWorkDocument, type ConsoleSystemFragment } from '@ledgate/client/documents';
import { useCallback, useEffect, useState } from 'react';
import { useQuery } from 'urql';
import { returnsStore } from '../api/gateway';
import { useLive, usePoll } from '../api/live';
import { useStore } from '../api/store';
import { useLast } from '../api/useLast';
import type { Count } from '../i18n/format';

/** All systems, kept up to date. There are at most a hundred on the first page; more are shown on demand. */
export function useSystems() {
  const [after, setAfter] = useState<string>();
  const [first, askFirst] = useQuery({ query: ConsoleSystemsDocument });
  const [rest, askRest] = useQuery({ query: ConsoleSystemsDocument, variables: { after }, pause: after === undefined });
  const firstPage = useLast(first.data?.exportSystems, 'first');
  const nextPage = useLast(rest.data?.exportSystems, after ?? '');
  const connections = [firstPage, after === undefined ? undefined : nextPage];
  const systems = connections.flatMap((one) => one?.nodes ?? []);
  const refresh = useCallback(() => {
    askFirst({ requestPolicy: 'network-only' });
    if (after !== undefined) askRest({ requestPolicy: 'network-only' });
  }, [askFirst, askRest, after]);
  useLive(
    systems.map(({ systemId }) => systemId),
    refresh,
  );
  const returns = useStore(returnsStore);
  useEffect(() => {
    if (returns > 0) refresh();
  }, [returns, refresh]);
  const info = connections.findLast((one) => one)?.pageInfo;
  return {
    systems,
    isLoaded: firstPage !== undefined,
    error: firstPage ? undefined : first.error,
    refresh,
    more: info?.hasNextPage && info.endCursor ? () => setAfter(info.endCursor ?? undefined) : undefined,
  };
}

/** How often is asked for what the figures of a system do not tell, such as a correction of what was sent. */
const WORK_MILLISECONDS = 15_000;

/** What is known of the work on a system beyond its own figures. It is asked again when these change, and every so often. */
export function useWork(system: ConsoleSystemFragment | undefined) {
  const systemId = system?.systemId ?? '';
  const [{ data }, ask] = useQuery({ query: ConsoleSystemWorkDocument, variables: { systemId }, pause: !system });
  const figures = JSON.stringify([system?.states, system?.lastMarkedAt]);
  const refresh = useCallback(() => {
    if (systemId) ask({ requestPolicy: 'network-only' });
  }, [ask, systemId]);
  useEffect(refresh, [figures, refresh]);
  usePoll(refresh, WORK_MILLISECONDS);
  return { work: useLast(data, systemId), refresh };
}

/** How many entries of a system are in a state. */
export function countOf(system: ConsoleSystemFragment, state: string): Count {
  return system.states?.find((one) => one.state === state)?.count ?? { count: 0, precision: 'EXACT' };
}
