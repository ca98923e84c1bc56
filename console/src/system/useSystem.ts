import { useCallback, useEffect } from 'react';
import { ConsoleSystemDocument } from '@ledgate/client/documents';
import { useQuery } from 'urql';
import { returnsStore } from '../api/gateway';
import { useLive } from '../api/live';
import { useStore } from '../api/store';
import { useLast } from '../api/useLast';
import { useWork } from '../systems/useSystems';

/** A system and the work on it, kept up to date. */
export function useSystem(systemId: string) {
  const [{ data, error }, ask] = useQuery({ query: ConsoleSystemDocument, variables: { systemId } });
  const system = useLast(data?.exportSystem, systemId);
  const { work, refresh: refreshWork } = useWork(system);
  const refreshSystem = useCallback(() => ask({ requestPolicy: 'network-only' }), [ask]);
  const refresh = useCallback(() => {
    refreshSystem();
    refreshWork();
  }, [refreshSystem, refreshWork]);
  useLive([systemId], refresh);
  const returns = useStore(returnsStore);
  useEffect(() => {
    if (returns > 0) refresh();
  }, [returns, refresh]);
  return { system, work, error: system ? undefined : error, refresh };
}
