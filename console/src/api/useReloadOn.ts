import { useEffect, useRef } from 'react';

/** Calls `reload` when the signal becomes another one. */
export function useReloadOn(signal: unknown, reload: () => void): void {
  const seen = useRef(signal);
  useEffect(() => {
    if (seen.current !== signal) reload();
    seen.current = signal;
  }, [signal, reload]);
}
