import { Button } from '@mantine/core';
import type { Pages } from '../api/pages';
import { useMessages } from '../i18n';

/** The way to the next page of a list, where there is one. */
export function More({ pages, label }: { pages: Pages<unknown>; label?: string | undefined }) {
  const { app } = useMessages();
  if (!pages.hasMore) return null;
  return (
    <Button size="xs" variant="default" onClick={pages.more} loading={pages.isLoading}>
      {label ?? app.more}
    </Button>
  );
}
