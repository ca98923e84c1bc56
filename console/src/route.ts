// The view is in the part of the address behind `#`, with its filters: the server needs no route for it, and the browser's
// back button and bookmarks work.
import { useCallback, useSyncExternalStore } from 'react';
import { useLocation, useSearch, type BaseLocationHook } from 'wouter';

function current(): string {
  return `/${window.location.hash.replace(/^#?\/?/, '')}`;
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  window.addEventListener('popstate', listener);
  return () => {
    window.removeEventListener('hashchange', listener);
    window.removeEventListener('popstate', listener);
  };
}

function go(to: string, { replace = false }: { replace?: boolean } = {}): void {
  const before = window.location.href;
  window.history[replace ? 'replaceState' : 'pushState'](null, '', `#${to}`);
  window.dispatchEvent(new HashChangeEvent('hashchange', { oldURL: before, newURL: window.location.href }));
}

/** wouter's hook for the path: what stands behind `#`, up to a question mark. */
export const useHashPath: BaseLocationHook = () => [
  useSyncExternalStore(subscribe, () => current().split('?', 1)[0] ?? '/'),
  go,
];
useHashPath.hrefs = (href) => `#${href}`;
/** The question mark and what is behind it. */
useHashPath.searchHook = () =>
  useSyncExternalStore(subscribe, () => {
    const address = current();
    const mark = address.indexOf('?');
    return mark < 0 ? '' : address.slice(mark + 1);
  });

/** The parameters of the address, and a way to change some: null takes one away, and the page is then another one to go
 * back from, unless `replace` is set. */
export function useParameters(): [
  URLSearchParams,
  (change: (parameters: URLSearchParams) => void, options?: { replace?: boolean }) => void,
] {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const change = useCallback(
    (edit: (parameters: URLSearchParams) => void, options?: { replace?: boolean }) => {
      const parameters = new URLSearchParams(search);
      edit(parameters);
      const text = parameters.toString();
      navigate(text ? `${path}?${text}` : path, options);
    },
    [search, path, navigate],
  );
  return [new URLSearchParams(search), change];
}

/** The address of an entry's page. */
export function entryAddress(entryId: string): string {
  return `/entries/${encodeURIComponent(entryId)}`;
}

/** The address of a tab of a system. */
export function systemAddress(systemId: string, tab = 'waiting'): string {
  return `/systems/${encodeURIComponent(systemId)}/${tab}`;
}
