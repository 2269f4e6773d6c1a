import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Server, ServerCredentials, type sendUnaryData, type UntypedHandleCall } from '@grpc/grpc-js';
import { CatalogServiceService, GetServerInfoResponse } from '../src/gen/macenv/v1/catalog.js';
import {
  AccessDeniedError,
  type Client,
  connect,
  Decisions,
  EventKind,
  FeatureAbsentError,
  LimitReachedError,
  RequestRefusedError,
  ServerUnavailableError,
} from '../src/index.js';
import { fails } from './support/failures.js';
import { TestServer } from './support/server.js';

const TOKEN = 'correct-horse-battery-staple-0001';

describe('errors', () => {
  const directory = mkdtempSync(join(tmpdir(), 'macenv-errors-'));
  let server: TestServer;
  let client: Client;

  before(async () => {
    const tokens = join(directory, 'tokens.txt');
    writeFileSync(tokens, `tester ${TOKEN}\n`, { mode: 0o600 });
    server = await TestServer.start(
      ...['--tokens', tokens, '--max-sessions', '3', '--set', 'lease.shortestSeconds=1', '--set', 'limits.lanes=8'],
    );
    client = connect(server.target, { token: TOKEN });
  });

  after(async () => {
    client?.close();
    await server?.kill();
    rmSync(directory, { recursive: true, force: true });
  });

  for (const transport of ['stream', 'unary'] as const) {
    test(`${transport}: a refused step changes nothing, and the next one succeeds`, async () => {
      using own = connect(server.target, { token: TOKEN, transport });
      await using session = await own.createSession('bp-10', { seeds: [7], resetMode: 'MANUAL' });
      const start = await session.step();
      const out = await fails(
        () => session.step(new Decisions().add(0, 0, 99)),
        RequestRefusedError,
        'ACTION_OUT_OF_RANGE',
      );
      assert.deepEqual(
        out.violations.map((violation) => violation.field),
        ['action[0]'],
      );
      assert.equal(out.metadata.action, '99');
      const lane = await fails(() => session.step(new Decisions().add(5, 0, 0)), RequestRefusedError, 'INVALID_FIELD');
      assert.deepEqual(
        lane.violations.map((violation) => violation.field),
        ['lane[0]'],
      );
      const masked = start.legal(0, 0).indexOf(0);
      if (masked >= 0) {
        await fails(() => session.step(new Decisions().add(0, 0, masked)), RequestRefusedError, 'ACTION_ILLEGAL');
      }
      await fails(() => session.step(new Decisions().add(0, 0, -1)), RequestRefusedError, 'NO_FALLBACK');
      const decisions = new Decisions();
      for (const { row, lane, agent } of start.pendings()) {
        decisions.add(lane, agent, start.legal(row, agent).indexOf(1));
      }
      assert.equal((await session.step(decisions)).rows, 1);
    });
  }

  test('one step at a time', async () => {
    await using session = await client.createSession('bp-10');
    const first = session.step();
    await assert.rejects(session.step(), /under way/);
    assert.equal((await first).kind(0), EventKind.START);
  });

  test('unknown environment, bad setting, too many lanes', async () => {
    await fails(() => client.createSession('no-such'), RequestRefusedError, 'ENVIRONMENT_NOT_FOUND');
    const bad = await fails(
      () => client.createSession('bp-10', { settings: { nonsense: 1 } }),
      RequestRefusedError,
      'INVALID_FIELD',
    );
    assert.deepEqual(
      bad.violations.map((violation) => violation.field),
      ['config.nonsense'],
    );
    await fails(() => client.createSession('bp-10', { lanes: 9 }), RequestRefusedError, 'INVALID_FIELD');
  });

  test('a full server', async () => {
    const sessions = [];
    try {
      for (let i = 0; i < 3; i++) {
        sessions.push(await client.createSession('bp-10'));
      }
      await fails(() => client.createSession('bp-10'), LimitReachedError, 'CAPACITY_REACHED');
    } finally {
      for (const session of sessions) {
        await session.close();
      }
    }
  });

  test('a closed session', async () => {
    const session = await client.createSession('bp-10');
    using other = connect(server.target, { token: TOKEN });
    const same = await other.attach(session.key);
    await session.close();
    await fails(() => same.step(), RequestRefusedError, 'SESSION_CLOSED');
  });

  test('an expired lease', async () => {
    using own = connect(server.target, { token: TOKEN, transport: 'unary' });
    const session = await own.createSession('bp-10', { leaseMs: 1000 });
    const key = session.key;
    const deadline = Date.now() + 20_000;
    // The server reaps by its own clock, and looking by the session's token would renew the lease: so its place is watched.
    const others = [await own.createSession('bp-10'), await own.createSession('bp-10')];
    try {
      for (;;) {
        try {
          others.push(await own.createSession('bp-10'));
          break;
        } catch (error) {
          assert.ok(error instanceof LimitReachedError && Date.now() < deadline, String(error));
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      }
      const gone = await fails(() => session.step(), RequestRefusedError, 'SESSION_CLOSED');
      assert.equal(gone.metadata.cause, 'LEASE_EXPIRED');
      await fails(() => own.attach(key), RequestRefusedError, 'SESSION_CLOSED');
    } finally {
      for (const other of others) {
        await other.close();
      }
    }
  });

  test('no bearer token, a wrong one, one that cannot be sent; a wrong session token', async () => {
    using nobody = connect(server.target);
    await fails(() => nobody.environments(), AccessDeniedError, 'UNAUTHENTICATED');
    using stranger = connect(server.target, { token: 'wrong' });
    await fails(() => stranger.createSession('bp-10'), AccessDeniedError, 'UNAUTHENTICATED');
    assert.throws(() => connect(server.target, { token: 'two words' }), /printable ASCII/);
    await fails(() => client.attach({ session: 'sessions/none', token: 'x' }), AccessDeniedError, 'UNAUTHENTICATED');
  });

  test('the secrets of a session are not printed with it', async () => {
    await using session = await client.createSession('bp-10');
    const { inspect } = await import('node:util');
    assert.ok(!inspect(session, { depth: 9, showHidden: false }).includes(session.key.token));
  });

  test('a server that does not speak this protocol, though it can tell so', async () => {
    const other = new Server();
    const getServerInfo: UntypedHandleCall = (_: unknown, answer: sendUnaryData<GetServerInfoResponse>) =>
      answer(null, GetServerInfoResponse.fromPartial({ protocols: ['macenv.v9'], server: 'future', version: '9' }));
    other.addService({ getServerInfo: CatalogServiceService.getServerInfo }, { getServerInfo });
    const port = await new Promise<number>((resolve, reject) =>
      other.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      ),
    );
    try {
      using lost = connect(`127.0.0.1:${port}`);
      const error = await fails(() => lost.createSession('bp-10'), FeatureAbsentError, '');
      assert.match(error.advice, /macenv\.v1/);
      const told = await fails(() => lost.serverInfo(), FeatureAbsentError, '');
      assert.match(told.message, /future 9 speaks: macenv\.v9 \(expected: macenv\.v1\)/);
    } finally {
      other.forceShutdown();
    }
  });

  test('what is no address is refused at once', () => {
    for (const target of ['http://localhost:50051', 'https://localhost:50051', 'localhost', '']) {
      assert.throws(() => connect(target), { name: 'RangeError', message: /^target: .* \(expected: host:port/ });
    }
  });

  test('nobody there: fails when patience ends', async () => {
    const listener = createServer();
    const port = await new Promise<number>((resolve) =>
      listener.listen(0, '127.0.0.1', () => resolve((listener.address() as { port: number }).port)),
    );
    await new Promise((resolve) => listener.close(resolve));
    using lost = connect(`127.0.0.1:${port}`, { patienceMs: 300 });
    const error = await fails(() => lost.createSession('bp-10'), ServerUnavailableError, '');
    assert.equal(error.code, 'UNAVAILABLE');
  });

  for (const transport of ['stream', 'unary'] as const) {
    test(`${transport}: a server that dies in the middle of a session: fails when patience ends`, async () => {
      const mortal = await TestServer.start();
      using own = connect(mortal.target, { transport, patienceMs: 300 });
      const session = await own.createSession('bp-10');
      await session.step();
      await mortal.kill();
      const error = await fails(() => session.step(), ServerUnavailableError, '');
      assert.match(error.advice, /check that the server runs/);
    });
  }

  test('somebody there who never answers: fails when the time is up', async () => {
    const sockets: Socket[] = [];
    const mute = createServer((socket) => sockets.push(socket.resume()));
    const port = await new Promise<number>((resolve) =>
      mute.listen(0, '127.0.0.1', () => resolve((mute.address() as { port: number }).port)),
    );
    const lost = connect(`127.0.0.1:${port}`, { patienceMs: 200, attemptTimeoutMs: 200 });
    try {
      const error = await fails(() => lost.createSession('bp-10'), ServerUnavailableError, '');
      assert.equal(error.code, 'DEADLINE_EXCEEDED');
    } finally {
      lost.close();
      mute.close();
      // grpc-js keeps a socket on which no HTTP/2 settings ever came, and the process with it, until the other side closes.
      for (const socket of sockets) {
        socket.destroy();
      }
    }
  });

  test('a server that comes back in time is waited for; its sessions are gone, and that is said', async () => {
    const first = await TestServer.start();
    using own = connect(first.target);
    const session = await own.createSession('bp-10');
    await session.step();
    await first.kill();
    const waiting = own.environments();
    const second = await TestServer.start('--port', String(first.port));
    try {
      assert.ok((await waiting).some((entry) => entry.id === 'bp-10'));
      const error = await fails(() => session.step(), AccessDeniedError, 'UNAUTHENTICATED');
      assert.match(error.advice, /restarted/);
    } finally {
      await second.kill();
    }
  });
});
