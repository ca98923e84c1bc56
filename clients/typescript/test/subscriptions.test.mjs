import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildSchema, GraphQLError, parse } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocket, WebSocketServer } from 'ws';
import { WakeUpDocument } from '../dist/documents.js';
import { createClient, LedgateError, work } from '../dist/index.js';
import { addressOf } from '../dist/socket.js';
import { fakeGateway, vouchers } from './fake-gateway.mjs';

const schema = buildSchema(`
  scalar SystemId
  type Query { nothing: String }
  type ExportSystem { systemId: SystemId! }
  type ExportEvent { cursor: String! }
  type Subscription {
    exportSystemChanged(systemId: SystemId!): ExportSystem!
    exportEvents(systemId: SystemId, kinds: [String!], after: String): ExportEvent!
  }
`);
const EVENTS = parse('subscription Events($after: String) { exportEvents(systemId: "erp", after: $after) { cursor } }');

/** A gateway that tells, when a test wants it: `tell()` says that the system has changed. */
async function telling(context, options = {}) {
  const gateway = await fakeGateway(options);
  const sockets = new WebSocketServer({ server: gateway.server, path: '/graphql' });
  const [told, seen, listeners] = [[], [], new Set()];
  const roots = {
    async *exportSystemChanged({ systemId }) {
      told.push(systemId);
      yield { exportSystemChanged: { systemId } };
      for (;;) {
        await new Promise((resolve) => listeners.add(resolve));
        yield { exportSystemChanged: { systemId } };
      }
    },
    async *exportEvents({ after }) {
      if (after === 'another') throw new GraphQLError('read on elsewhere', { extensions: { code: 'CURSOR_LOST' } });
      for (let cursor = Number(after ?? 0) + 1; ; cursor += 1) yield { exportEvents: { cursor: String(cursor) } };
    },
  };
  const onConnect = ({ connectionParams, extra }) => {
    seen.push({ connectionParams, protocol: extra.socket.protocol });
    return connectionParams?.authorization !== 'Bearer revoked';
  };
  useServer({ schema, roots: { subscription: roots }, onConnect }, sockets);
  const close = () => {
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
    gateway.close();
  };
  context.after(close);
  const tell = () => {
    for (const listener of listeners) listener();
    listeners.clear();
  };
  const hangUp = () => {
    for (const socket of sockets.clients) socket.terminate();
  };
  return { ...gateway, told, seen, tell, hangUp, sockets };
}

const until = async (isSo) => {
  const end = performance.now() + 20_000;
  while (!isSo()) {
    assert.ok(performance.now() < end, `in vain: ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

describe('subscriptions', { concurrency: true }, () => {
  test('the address is the same with the other scheme', () => {
    assert.equal(addressOf('http://127.0.0.1:8080/ledgers/annex/graphql'), 'ws://127.0.0.1:8080/ledgers/annex/graphql');
    assert.equal(addressOf('https://ledgate.example/graphql'), 'wss://ledgate.example/graphql');
  });

  test('events come in their order, with the token, until nobody reads on', async (context) => {
    const gateway = await telling(context);
    const client = createClient({ url: gateway.url, token: 'lgt_1', webSocketImpl: WebSocket });
    const cursors = [];
    for await (const { exportEvents } of client.subscribe(EVENTS, { after: '41' })) {
      cursors.push(exportEvents.cursor);
      if (cursors.length === 3) break;
    }
    assert.deepEqual(cursors, ['42', '43', '44']);
    assert.deepEqual(gateway.seen, [
      { connectionParams: { authorization: 'Bearer lgt_1' }, protocol: 'graphql-transport-ws' },
    ]);
    await until(() => gateway.sockets.clients.size === 0);
  });

  test('what ends a subscription is told with its code', async (context) => {
    const gateway = await telling(context);
    const read = async (options, variables) => {
      for await (const _ of createClient({ url: gateway.url, ...options }).subscribe(EVENTS, variables));
    };
    const why = async (...given) => {
      const error = await read(...given).catch((error) => error);
      assert.ok(error instanceof LedgateError, String(error));
      return [error.code, error.retryable];
    };
    assert.deepEqual(await why({ webSocketImpl: WebSocket }, { after: 'another' }), ['CURSOR_LOST', false]);
    assert.deepEqual(await why({ webSocketImpl: WebSocket, token: 'revoked' }, {}), ['FORBIDDEN', false]);
    const away = { webSocketImpl: WebSocket, url: 'http://127.0.0.1:1/graphql' };
    assert.deepEqual(await why(away, {}), [undefined, true]);
    if (!globalThis.WebSocket) assert.deepEqual(await why({}, {}), [undefined, false]);
  });

  test('a trusted subscription is named by its hash', async (context) => {
    const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1', path: '/graphql' });
    context.after(() => {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
    });
    const payloads = [];
    sockets.on('connection', (socket) =>
      socket.on('message', (text) => {
        const { type, id, payload } = JSON.parse(String(text));
        if (type === 'connection_init') socket.send(JSON.stringify({ type: 'connection_ack' }));
        if (type !== 'subscribe') return;
        payloads.push(payload);
        socket.send(JSON.stringify({ type: 'complete', id }));
      }),
    );
    await new Promise((resolve) => sockets.once('listening', resolve));
    const url = `http://127.0.0.1:${sockets.address().port}/graphql`;
    for (const trustedDocuments of [true, false]) {
      const client = createClient({ url, webSocketImpl: WebSocket, trustedDocuments });
      for await (const _ of client.subscribe(WakeUpDocument, { systemId: 'erp' })) assert.fail('it has ended');
    }
    const [trusted, plain] = payloads;
    assert.deepEqual(trusted, {
      documentId: WakeUpDocument.__meta__.hash,
      operationName: 'WakeUp',
      variables: { systemId: 'erp' },
    });
    assert.match(plain.query, /^subscription WakeUp/);
  });

  test('a signal ends a subscription, and close ends all', async (context) => {
    const gateway = await telling(context);
    const client = createClient({ url: gateway.url, webSocketImpl: WebSocket });
    const changed = parse('subscription { exportSystemChanged(systemId: "erp") { systemId } }');
    const ends = [new AbortController(), undefined];
    const reading = ends.map(async (end) => {
      for await (const _ of client.subscribe(changed, {}, { signal: end?.signal }));
    });
    await until(() => gateway.told.length === 2);
    ends[0].abort();
    await reading[0];
    client.close();
    await reading[1].catch(() => {});
    for await (const _ of client.subscribe(changed, {}, { signal: AbortSignal.abort() })) assert.fail('it was aborted');
  });

  test('a worker is woken up when something changes', async (context) => {
    const gateway = await telling(context);
    const stop = new AbortController();
    context.after(() => stop.abort());
    const errors = [];
    const working = work({
      url: gateway.url,
      webSocketImpl: WebSocket,
      systemId: 'erp',
      signal: stop.signal,
      waitSeconds: { from: 600, to: 600 },
      handler: () => {},
      onError: (error, { during }) => errors.push([during, error]),
    });
    await until(() => gateway.told.length === 1 && gateway.of('ClaimExports').length === 2);
    gateway.add(vouchers(3));
    const began = performance.now();
    gateway.tell();
    await until(() => gateway.states().EXPORTED === 3);
    assert.ok(performance.now() - began < 2_000);

    // A connection that breaks is made again, and what came meanwhile is found.
    gateway.hangUp();
    gateway.add(vouchers(5).slice(3));
    await until(() => gateway.states().EXPORTED === 5 && gateway.told.length === 2);
    assert.deepEqual(
      errors.map(([during]) => during),
      ['wake-up'],
    );
    assert.deepEqual(gateway.told, ['erp', 'erp']);
    stop.abort();
    assert.equal((await working).exported, 5);
    await until(() => gateway.sockets.clients.size === 0);
  });

  test('a worker polls where nothing is told', async (context) => {
    const gateway = await fakeGateway();
    context.after(gateway.close);
    for (const webSocketImpl of [WebSocket, undefined]) {
      const stop = new AbortController();
      context.after(() => stop.abort());
      const done = gateway.states().EXPORTED ?? 0;
      const working = work({
        client: createClient({ url: gateway.url, webSocketImpl }),
        systemId: 'erp',
        signal: stop.signal,
        waitSeconds: { from: 0.1, to: 0.3 },
        handler: () => {},
        onError: (error) => assert.fail(error),
      });
      const asked = gateway.of('ClaimExports').length;
      await until(() => gateway.of('ClaimExports').length > asked + 2);
      gateway.add([{ ...vouchers(1)[0], id: `voucher/${done}` }]);
      await until(() => gateway.states().EXPORTED === done + 1);
      stop.abort();
      await working;
    }
  });
});
