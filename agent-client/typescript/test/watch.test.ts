import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  AccessDeniedError,
  AgentStatus,
  type Client,
  connect,
  Decisions,
  EventKind,
  type Events,
  isEnd,
  RequestRefusedError,
  type Session,
} from '../src/index.js';
import { CuttingProxy } from './support/proxy.js';
import { TestServer } from './support/server.js';

/** The first legal macro-action of everybody who is pending. */
function decide(events: Events): Decisions {
  const decisions = new Decisions();
  for (let row = 0; row < events.rows; row++) {
    for (let agent = 0; agent < events.spec.size; agent++) {
      if (events.pending(row, agent)) {
        decisions.add(events.lane(row), agent, events.legal(row, agent).indexOf(1));
      }
    }
  }
  return decisions;
}

describe('watch', () => {
  let server: TestServer;
  let client: Client;

  before(async () => {
    server = await TestServer.start();
    client = connect(server.target);
  });

  after(async () => {
    client?.close();
    await server?.kill();
  });

  function spectate(through: Client, owner: Session): Promise<Session> {
    const invite = owner.invites.at(-1);
    assert.ok(invite !== undefined);
    return through.join(invite);
  }

  test('a spectator sees the course of the game alone', async () => {
    await using owner = await client.createSession('bp-6', { seeds: [7n], spectators: {} });
    const spectator = await spectate(client, owner);
    assert.deepEqual(spectator.seats, []);
    let played = await owner.step();
    let total = 0;
    const watch = spectator.watch();
    // The player goes on when the spectator has seen where the lane stands, so that nothing is left out.
    for await (const seen of watch) {
      for (let row = 0; row < seen.rows; row++) {
        total += seen.jointReward(row);
        assert.deepEqual([seen.status(row, 0), seen.status(row, 1)], [AgentStatus.HIDDEN, AgentStatus.HIDDEN]);
        const stands = seen.kind(row) === played.kind(0) && seen.tick(row) === played.tick(0);
        if (stands && !isEnd(played.kind(0))) {
          played = await owner.step(decide(played));
        }
      }
      const [ended] = seen.ended;
      if (ended !== undefined) {
        assert.equal(ended.totalReward, total);
        break;
      }
    }
    assert.equal(watch.droppedRows, 0n);
  });

  test('it ends with the session', async () => {
    const owner = await client.createSession('bp-10', { spectators: {} });
    const played = await owner.step();
    assert.equal(played.kind(0), EventKind.START);
    for await (const _ of (await spectate(client, owner)).watch()) {
      await owner.close();
    }
  });

  test('refusals have types', async () => {
    await using owner = await client.createSession('bp-10', { spectators: {} });
    const refused = owner.watch(3)[Symbol.asyncIterator]();
    await assert.rejects(
      refused.next(),
      (error) => error instanceof RequestRefusedError && error.reason === 'INVALID_FIELD',
    );
    await assert.rejects((await spectate(client, owner)).macroState(), AccessDeniedError);
    const first = owner.watch()[Symbol.asyncIterator]();
    await first.next();
    const newer = owner.watch()[Symbol.asyncIterator]();
    await newer.next();
    await assert.rejects(
      first.next(),
      (error) => error instanceof RequestRefusedError && error.reason === 'SUPERSEDED',
    );
    await newer.return?.();
  });

  test('it goes on when connections are cut', async () => {
    const owner = await client.createSession('bp-10', { seeds: [7n], spectators: {} });
    let played = await owner.step();
    const proxy = await CuttingProxy.start(server.port, () => ({ direction: 'answers', bytes: 6000 }));
    const through = connect(proxy.target);
    try {
      for await (const _ of (await spectate(through, owner)).watch()) {
        if (proxy.cuts >= 3) {
          await owner.close();
        } else {
          played = await owner.step(decide(played));
        }
      }
      assert.ok(proxy.cuts >= 3);
    } finally {
      through.close();
      await proxy.close();
    }
  });
});
