// The part of a long list that is kept.

/** A page of rows, and the cursors at its ends: where there are none, nothing comes before it or after it. */
export interface Page<Row> {
  rows: Row[];
  /** The cursor of its first row; the page before ends there. */
  previous: string | null;
  /** The cursor of its last row; the next page begins behind it. */
  next: string | null;
}

/** Which way a list is read on. */
export type Way = 'next' | 'previous';

export function countOf(pages: Page<unknown>[]): number {
  return pages.reduce((sum, { rows }) => sum + rows.length, 0);
}

/**
 * The pages without those that are farthest from where was read, when there are more than `most` rows. Half of the rows are
 * then left, so that it seldom happens.
 */
export function trim<Row>(pages: Page<Row>[], most: number, way: Way): Page<Row>[] {
  let count = countOf(pages);
  if (count <= most) return pages;
  const kept = [...pages];
  while (kept.length > 1) {
    const farthest = kept.at(way === 'next' ? 0 : -1)?.rows.length ?? 0;
    if (count - farthest < most / 2) break;
    count -= farthest;
    if (way === 'next') kept.shift();
    else kept.pop();
  }
  return kept;
}
