/** Up and down go from row to row; Home and End to the first and the last that is loaded. */
export function moveByKeys(event: React.KeyboardEvent<HTMLElement>, count: number, show: (place: number) => void): void {
  const here = (event.target as HTMLElement).closest<HTMLElement>('[data-index]');
  if (!here || event.altKey || event.ctrlKey || event.metaKey) return;
  const place = Number(here.dataset.index);
  const next = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: count - 1 }[event.key];
  if (next === undefined || next < 0 || next >= count) return;
  event.preventDefault();
  const list = event.currentTarget;
  show(next);
  // The row may have to be drawn first.
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      const row = list.querySelector<HTMLElement>(`[data-index="${next}"]`);
      (row?.querySelector<HTMLElement>('[data-focus]') ?? row?.querySelector<HTMLElement>('a, button, input'))?.focus();
    }),
  );
}
