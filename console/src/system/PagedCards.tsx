import { Button } from '@mantine/core';
import type { Pages } from '../api/pages';
import { useMessages } from '../i18n';
import { ErrorNote, Loading } from '../parts/Notes';

interface Props<Row> {
  pages: Pages<Row>;
  empty: React.ReactNode;
  moreLabel?: string;
  children: (row: Row) => React.ReactNode;
}

/** A list of things of which there are few: what waits for its turn is a button away. */
export function PagedCards<Row>({ pages, empty, moreLabel, children }: Props<Row>) {
  const { app } = useMessages();
  if (!pages.isLoaded) return pages.error ? <ErrorNote error={pages.error} onRetry={pages.reload} /> : <Loading />;
  if (pages.rows.length === 0) return <>{empty}</>;
  return (
    <>
      <ul className="cards">{pages.rows.map(children)}</ul>
      {pages.error && <ErrorNote error={pages.error} onRetry={pages.reload} />}
      {pages.hasMore && (
        <Button size="xs" variant="default" onClick={pages.more} loading={pages.isLoading}>
          {moreLabel ?? app.more}
        </Button>
      )}
    </>
  );
}
