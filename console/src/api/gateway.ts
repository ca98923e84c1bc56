// Every request goes through here: it takes the token along, and notices when the gateway is away and when it is back.
import { authorization, learnFrom, tokenStore } from './access';
import { addressOf } from './base';
import { createStore } from './store';

const PROBE_MILLISECONDS = 2000;

/** Whether the gateway answers. */
export const awayStore = createStore(false);
/** Counts how often the gateway came back. What shows something of it asks again when this changes. */
export const returnsStore = createStore(0);

let probing: ReturnType<typeof setTimeout> | undefined;

/** Away means: no answer, that of a proxy with nothing behind it, or that of a gateway without its database. */
export function isAway(status: number): boolean {
  return status === 0 || status === 502 || status === 503;
}

/** Notices that the gateway is away, and asks until it is back. */
export function noticeAway(): void {
  awayStore.set(true);
  probing ??= setTimeout(probe, PROBE_MILLISECONDS);
}

async function probe(): Promise<void> {
  probing = undefined;
  try {
    const { status } = await fetch(addressOf('graphql?query=%7B__typename%7D'), { headers: authorization() });
    if (isAway(status)) throw new Error(String(status));
    awayStore.set(false);
    returnsStore.set(returnsStore.get() + 1);
  } catch {
    noticeAway();
  }
}

/** `fetch` for the gateway. */
export async function ask(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const sent = tokenStore.get();
  const headers = new Headers(init.headers);
  for (const [name, value] of Object.entries(authorization())) headers.set(name, value);
  try {
    const response = await fetch(input, { ...init, headers });
    if (isAway(response.status)) noticeAway();
    else awayStore.set(false);
    learnFrom(response.status, sent);
    return response;
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'AbortError')) noticeAway();
    throw error;
  }
}

/** Resolves when the gateway answers again; at once when it does. */
export function untilBack(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (!awayStore.get() || signal.aborted) return resolve();
    const end = (): void => {
      if (awayStore.get() && !signal.aborted) return;
      stop();
      resolve();
    };
    const stop = awayStore.subscribe(end);
    signal.addEventListener('abort', end, { once: true });
  });
}
