import { useEffect } from 'react';

/** The title of the window, which is what tabs, bookmarks and the history show. */
export function useTitle(...parts: string[]): void {
  const title = [...parts, 'ledgate'].join(' · ');
  useEffect(() => {
    document.title = title;
  }, [title]);
}
