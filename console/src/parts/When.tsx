import { createStore, useStore } from '../api/store';
import { useFormats } from '../i18n';

/** Changes every few seconds, so that what tells how long ago something was is drawn again. */
const tickStore = createStore(0);
setInterval(() => {
  if (!document.hidden) tickStore.set(Date.now());
}, 5000);

/** The moment it is. The component is drawn again every few seconds. */
export function useNow(): number {
  useStore(tickStore);
  return Date.now();
}

/** How long ago, or in how long, with the exact moment on pointing at it. */
export function When({ time }: { time: string }) {
  const formats = useFormats();
  const now = useNow();
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
