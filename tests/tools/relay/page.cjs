// The page: rendered as a person's browser would, paged, refetched, and changed by a mutation.

const { createElement, startTransition, Suspense } = require('react');
const { act, create } = require('react-test-renderer');
const { RelayEnvironmentProvider, useLazyLoadQuery, usePaginationFragment, useMutation } = require('react-relay');
const { Environment, Network, RecordSource, Store } = require('relay-runtime');
const { readdirSync } = require('node:fs');
const { join } = require('node:path');

const artifact = (name) => require(`./__generated__/${name}.graphql.js`);

globalThis.IS_REACT_ACT_ENVIRONMENT = true;

function environment(url, operations) {
  const send = async ({ name, text }, variables) => {
    operations.push(name);
    const body = JSON.stringify({ query: text, variables });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/graphql`, { method: 'POST', headers, body });
    return answer.json();
  };
  return new Environment({ network: Network.create(send), store: new Store(new RecordSource()) });
}

// What the components hand to the test: the newest data, and what pages, refetches and marks.
const shown = { entries: new Map() };

function Entry({ entry }) {
  const page = usePaginationFragment(artifact('Waiting_entry'), entry);
  shown.entries.set(entry.entryId, page);
  return null;
}

function Waiting({ system }) {
  const data = useLazyLoadQuery(artifact('WaitingQuery'), { system });
  const page = usePaginationFragment(artifact('Waiting_entries'), data);
  const [mark] = useMutation(artifact('WaitingMarkMutation'));
  Object.assign(shown, { top: data, page, mark });
  return page.data.unexportedEntries.edges.map(({ node }) => createElement(Entry, { key: node.id, entry: node }));
}

// Lets what was begun come to its end, and the page be drawn again.
const settled = (begin) =>
  act(async () => {
    await new Promise((resolve, reject) => begin({ resolve, reject }));
  });

async function until(holds, what) {
  for (let round = 0; round < 1_000; round += 1) {
    if (holds()) {
      return;
    }
    await act(() => new Promise((resolve) => setTimeout(resolve, 10)));
  }
  throw new Error(`${what} never came`);
}

const ids = () => shown.page.data.unexportedEntries.edges.map(({ node }) => node.id);
const timeline = (entryId) =>
  shown.entries.get(entryId).data.timeline.edges.map(({ node }) => [node.id, node.kind, node.note]);

async function pageThrough(list, items) {
  const pages = [items().length];
  while (list().hasNext) {
    await settled(({ resolve, reject }) => {
      list().loadNext(2, { onComplete: (error) => (error ? reject(error) : resolve()) });
    });
    pages.push(items().length);
  }
  return pages;
}

exports.run = async (url) => {
  const operations = [];
  const relay = environment(url, operations);
  const page = createElement(Suspense, { fallback: null }, createElement(Waiting, { system: 'erp' }));
  let root;
  await act(async () => {
    root = create(createElement(RelayEnvironmentProvider, { environment: relay }, page));
  });
  await until(() => shown.page !== undefined, 'the first page');

  const result = { artifacts: readdirSync(join(__dirname, '__generated__')).sort() };
  result.first = ids();
  result.pages = await pageThrough(() => shown.page, ids);
  result.all = ids();

  const [entryId] = shown.entries.keys();
  result.events = await pageThrough(() => shown.entries.get(entryId), () => timeline(entryId));
  result.timeline = timeline(entryId);

  // A mutation, then the entry asked for again by its id: the page's own query is not run again.
  await settled(({ resolve, reject }) => {
    const entries = [{ entryId: ids()[0], systemId: 'erp', note: 'from Relay' }];
    shown.mark({ variables: { input: { entries } }, onCompleted: resolve, onError: reject });
  });
  result.marked = shown.entries.get(entryId).data.exports;
  // The entry suspends while it waits, so its old data stay on the page until the new ones are there.
  await act(async () => {
    startTransition(() => {
      shown.entries.get(entryId).refetch({ count: 10 }, { fetchPolicy: 'network-only' });
    });
  });
  await until(() => timeline(entryId).some(([, , note]) => note === 'from Relay'), 'the refetched entry');
  result.refetched = timeline(entryId);

  const records = relay.getStore().getSource().toJSON();
  const kept = Object.values(records).filter((record) => record !== null && typeof record.id === 'string');
  result.kept = kept.map((record) => [record.__id, record.__typename, Object.keys(record)]);
  result.viewer = shown.top.viewer;
  result.system = shown.top.exportSystem;
  result.operations = operations;
  await act(async () => root.unmount());
  return result;
};
