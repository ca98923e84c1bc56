import { useCallback, useMemo, useState } from 'react';

const KEY = 'ledgate.folded';

function kept(): boolean {
  try {
    return localStorage.getItem(KEY) === 'true';
  } catch {
    return false;
  }
}

/** Which vouchers show their lines. All do, or none, but for those that were turned over one by one. */
export function useFolds() {
  const [state, setState] = useState(() => ({ areFolded: kept(), turned: new Set<string>() }));
  const isFolded = useCallback((id: string) => state.areFolded !== state.turned.has(id), [state]);
  const toggle = useCallback((id: string) => {
    setState(({ areFolded, turned }) => {
      const next = new Set(turned);
      if (!next.delete(id)) next.add(id);
      return { areFolded, turned: next };
    });
  }, []);
  const toggleAll = useCallback(() => {
    setState(({ areFolded }) => {
      try {
        localStorage.setItem(KEY, String(!areFolded));
      } catch {
        // It holds as long as the page is open.
      }
      return { areFolded: !areFolded, turned: new Set() };
    });
  }, []);
  return useMemo(
    () => ({ isFolded, toggle, toggleAll, areFolded: state.areFolded }),
    [isFolded, toggle, toggleAll, state.areFolded],
  );
}
