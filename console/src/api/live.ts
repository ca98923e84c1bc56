// What shows how things stand follows them: by the subscription where the gateway has it, and by asking every few seconds
// where it does not. Nothing is asked for while nobody sees the page.
import { useEffect, useRef } from 'react';
import { gql, type Client } from '@urql/core';
import { useClient } from 'urql';
import { plainOf } from './client';
import { createStore, useStore } from './store';
import { returnsStore } from './gateway';

/** How often is asked where nothing tells. */
export const POLL_MILLISECONDS = 3000;
/** How often is asked all the same where something tells: it tells levels, and not all that is shown. */
const CALM_MILLISECONDS = 15_000;
/** More subscriptions than these are not opened. */
const MOST_SUBSCRIPTIONS = 20;

// Not among the typed documents until the schema has it.
const CHANGED = gql`
  subscription ConsoleSystemChanged($systemId: SystemId!) {
    exportSystemChanged(systemId: $systemId) {
      id
      lastMarkedAt
      oldestUnexportedAt
      states {
        state
        count {
          count
          precision
        }
      }
    }
  }
`;

/** After a subscription broke off it is asked for this long, and then subscribed again. */
const REST_MILLISECONDS = 30_000;

const SUBSCRIPTIONS = gql`
  query ConsoleSubscriptions {
    __type(name: "Subscription") {
      fields {
        name
      }
    }
  }
`;

/** Whether the gateway tells what changes: undefined until that is known. */
const tellsStore = createStore<boolean | undefined>(undefined);
returnsStore.subscribe(() => tellsStore.set(undefined));
let isAsking = false;

/** Asks once whether there is such a subscription: to open one in vain is an error in the log of every browser. */
async function findOut(client: Client): Promise<void> {
  if (isAsking || tellsStore.get() !== undefined) return;
  isAsking = true;
  const { data } = await plainOf(client).query(SUBSCRIPTIONS, {}).toPromise();
  const fields = (data as { __type?: { fields?: { name: string }[] } | null } | undefined)?.__type?.fields ?? [];
  tellsStore.set(fields.some(({ name }) => name === 'exportSystemChanged'));
  isAsking = false;
}

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
    tellsStore.set(undefined);
  }, REST_MILLISECONDS);
}

function follow(client: Client, systemId: string, tell: () => void): () => void {
  const { unsubscribe } = client.subscription(CHANGED, { systemId }).subscribe(({ data, error }) => {
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
  useEffect(() => {
    if (tells === undefined) void findOut(client);
  }, [client, tells]);
  const followed = systemIds.length <= MOST_SUBSCRIPTIONS ? systemIds.join(' ') : '';
  useEffect(() => {
    if (!tells || followed === '') return undefined;
    const stops = followed.split(' ').map((systemId) => follow(client, systemId, () => latest.current()));
    return () => stops.forEach((stop) => stop());
  }, [client, tells, followed]);
  const isTold = tells && followed !== '';
  usePoll(refresh, isTold ? CALM_MILLISECONDS : Math.max(POLL_MILLISECONDS, systemIds.length * 200));
}
