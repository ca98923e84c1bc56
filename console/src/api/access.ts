// The access token, for servers that ask for one. It stays in this tab until the tab is closed: with a page that is loaded
// again it is still there, and nobody finds it in the browser afterwards.
import { createStore } from './store';

const KEY = `ledgate.token ${new URL('.', document.baseURI).pathname}`;

/** What is known of the token: `wanted` when a request without one was refused, `refused` when the token was. */
export type Access = 'unasked' | 'wanted' | 'refused' | 'accepted';

export const accessStore = createStore<Access>('unasked');
/** The token itself. Whoever asks the gateway is made anew when it changes. */
export const tokenStore = createStore(stored());

function stored(): string {
  try {
    return sessionStorage.getItem(KEY) ?? '';
  } catch {
    return '';
  }
}

/** Uses this token from now on; none when it is empty. */
export function enter(token: string): void {
  try {
    if (token) sessionStorage.setItem(KEY, token);
    else sessionStorage.removeItem(KEY);
  } catch {
    // A browser that keeps nothing: the token is used as long as the page is open.
  }
  tokenStore.set(token);
}

/** The header that goes with every request. */
export function authorization(): Record<string, string> {
  const token = tokenStore.get();
  return token ? { authorization: `Bearer ${token}` } : {};
}

/** Learns from the status of an answer. Whether the token is valid is asked before anything else. */
export function learnFrom(status: number, sent: string): void {
  if (sent !== tokenStore.get()) return; // an answer to a token that was replaced meanwhile
  if (status === 401) accessStore.set(sent ? 'refused' : 'wanted');
  else if (sent && status < 500) accessStore.set('accepted');
}
