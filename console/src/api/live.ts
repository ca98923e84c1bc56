// What shows how things stand follows them: by the subscription, and by asking every few seconds where that does not come
// through, such as behind a proxy without WebSockets. Nothing is asked for while nobody sees the page.
import { useEffect, useRef } from 'react';
import { ConsoleSystemChangedDocument } from '@ledgate/client/documents';
import type { Client } from '@urql/core';
import { useClient } from 'urql';
import { createStore, useStore } from './store';
import { returnsStore } from './gateway';

/** How often is asked where nothing tells. */
export const POLL_MILLISECONDS = 3000;
/** How often is asked all the same where something tells: it tells levels, and not all that is shown. */
const CALM_MILLISECONDS = 15_000;
/** More subscriptions than these are not opened. */
const MOST_SUBSCRIPTIONS = 20;

/** After a subscription broke off it is asked for this long, and then subscribed again. */
const REST_MILLISECONDS = 30_000;

/** Whether the subscription is followed; not for a while after it broke off. */
const tellsStore = createStore(true);
returnsStore.subscribe(() => tellsStore.set(true));

/** Calls `tick` every so often while the page is seen, and when it is seen again. */
export function usePoll(tick: () => void, milliseconds: number): void {
  const latest = useRef(tick);
  latest.current = tick;
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) latest.current();
    }, milliseconds);
    const seen = (): void => {
      if (!document.hidden) latest.current();
    };
    document.addEventListener('visibilitychange', seen);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', seen);
    };
  }, [milliseconds]);
}

let resting: ReturnType<typeof setTimeout> | undefined;

function rest(): void {
  tellsStore.set(false);
  resting ??= setTimeout(() => {
    resting = undefined;
    tellsStore.set(true);
  }, REST_MILLISECONDS);
}

function follow(client: Client, systemId: string, tell: () => void): () => void {
  const { unsubscribe } = client.subscription(ConsoleSystemChangedDocument, { systemId }).subscribe(({ data, error }) => {
    if (error) rest();
    else if (data) tell();
  });
  return unsubscribe;
}

/** Calls `refresh` when something of these systems may have changed. */
export function useLive(systemIds: string[], refresh: () => void): void {
  const client = useClient();
  const tells = useStore(tellsStore);
  const latest = useRef(refresh);
  latest.current = refresh;
  const followed = systemIds.length <= MOST_SUBSCRIPTIONS ? systemIds.join(' ') : '';
  useEffect(() => {
    if (!tells || followed === '') return undefined;
    const stops = followed.split(' ').map((systemId) => follow(client, systemId, () => latest.current()));
    return () => stops.forEach((stop) => stop());
  }, [client, tells, followed]);
  const isTold = tells && followed !== '';
  usePoll(refresh, isTold ? CALM_MILLISECONDS : Math.max(POLL_MILLISECONDS, systemIds.length * 200));
}
