import { useEffect, useRef } from 'react';
import type { Pages } from '../api/pages';

/**
 * Loads a list again when the figures of its system have changed, unless a person is at work in it: then it says so, and
 * nothing moves under the mouse.
 */
export function useReloadWhenChanged(signal: string, pages: Pages<unknown>, isBusy: boolean): boolean {
  const shown = useRef({ readings: pages.readings, signal });
  if (shown.current.readings !== pages.readings) shown.current = { readings: pages.readings, signal };
  const isStale = signal !== '' && shown.current.signal !== '' && shown.current.signal !== signal;
  if (shown.current.signal === '') shown.current.signal = signal;
  const isAtTop = window.scrollY < 300 && !pages.hasBefore;
  const { reload, isLoaded, isLoading } = pages;
  useEffect(() => {
    if (isStale && isLoaded && !isLoading && !isBusy && isAtTop) reload();
  }, [isStale, isLoaded, isLoading, isBusy, isAtTop, reload]);
  return isStale && (isBusy || !isAtTop);
}
