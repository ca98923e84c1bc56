import type { Pages } from '../api/pages';
import { More } from '../parts/More';
import { ErrorNote, Loading } from '../parts/Notes';

interface Props<Row> {
  pages: Pages<Row>;
  empty: React.ReactNode;
  moreLabel?: string;
  children: (row: Row) => React.ReactNode;
}

/** A list of things of which there are few: what waits for its turn is a button away. */
export function PagedCards<Row>({ pages, empty, moreLabel, children }: Props<Row>) {
  if (!pages.isLoaded) return pages.error ? <ErrorNote error={pages.error} onRetry={pages.reload} /> : <Loading />;
  if (pages.rows.length === 0) return <>{empty}</>;
  return (
    <>
      <ul className="cards">{pages.rows.map(children)}</ul>
      {pages.error && <ErrorNote error={pages.error} onRetry={pages.reload} />}
      <More pages={pages} label={moreLabel} />
    </>
  );
}
