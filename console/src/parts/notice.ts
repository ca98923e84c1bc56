import { createStore } from '../api/store';

/** What was done last, in words. It goes by itself. */
export const noticeStore = createStore<{ text: string; at: number } | undefined>(undefined);

const SHOWN_MILLISECONDS = 10_000;

/** Says what was done. */
export function notice(text: string): void {
  const said = { text, at: Date.now() };
  noticeStore.set(said);
  setTimeout(() => {
    if (noticeStore.get() === said) noticeStore.set(undefined);
  }, SHOWN_MILLISECONDS);
}
