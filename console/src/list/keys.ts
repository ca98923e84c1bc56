/** Where a key leads from the row that has the keyboard: up and down to its neighbours, Home and End to the ends of the list. */
export function placeByKey(event: React.KeyboardEvent<HTMLElement>): number | 'start' | 'end' | undefined {
  const here = (event.target as HTMLElement).closest<HTMLElement>('[data-index]');
  if (!here || event.altKey || event.ctrlKey || event.metaKey) return undefined;
  const place = Number(here.dataset.index);
  return { ArrowDown: place + 1, ArrowUp: place - 1, Home: 'start' as const, End: 'end' as const }[event.key];
}

/** How long a row may take to be drawn, in frames. */
const PATIENCE = 60;

/** Gives the keyboard to a row, as soon as it is drawn. */
export function focusRow(list: HTMLElement | null, place: number, patience = PATIENCE): void {
  requestAnimationFrame(() => {
    const row = list?.querySelector<HTMLElement>(`[data-index="${place}"]`);
    if (row) (row.querySelector<HTMLElement>('[data-focus]') ?? row.querySelector<HTMLElement>('a, button, input'))?.focus();
    else if (patience > 0) focusRow(list, place, patience - 1);
  });
}
