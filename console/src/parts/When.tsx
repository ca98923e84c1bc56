import { createStore, useStore } from '../api/store';
import { useFormats } from '../i18n';

/** The moment that all relative times on the page are told from. */
const nowStore = createStore(Date.now());
setInterval(() => {
  if (!document.hidden) nowStore.set(Date.now());
}, 5000);

/** The moment it is, which moves every few seconds. */
export function useNow(): number {
  return useStore(nowStore);
}

/** How long ago, or in how long, with the exact moment on pointing at it. */
export function When({ time }: { time: string }) {
  const formats = useFormats();
  // That moment may be some seconds old, and what has just happened would lie in the future.
  const now = Math.max(useNow(), Date.now());
  return (
    <time dateTime={time} title={formats.moment(time)}>
      {formats.relative(time, now)}
    </time>
  );
}

/** The exact moment. */
export function Moment({ time }: { time: string }) {
  const formats = useFormats();
  return <time dateTime={time}>{formats.moment(time)}</time>;
}
