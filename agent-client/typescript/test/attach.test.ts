import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Client, connect, Decisions, type Events, RequestRefusedError } from '../src/index.js';
import { TestServer } from './support/server.js';

/** Takes one tick in Box Pushing. */
const STAY = 7;

describe('coming back to a session', () => {
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

  function limited(decisions: Decisions): Decisions {
    decisions.maxTicks = 3;
    return decisions;
  }

  const places = (events: Events): number[][] =>
    Array.from({ length: events.rows }, (_, r) => [events.lane(r), events.episode(r), events.tick(r)]);

  // A program that is killed does not know whether its last step arrived; its successor need not know either.
  for (const transport of ['stream', 'unary'] as const) {
    for (const arrived of [true, false]) {
      test(`${transport}: a step that ${arrived ? 'arrived' : 'was lost'} is repeated by a successor`, async () => {
        using own = connect(server.target, { transport });
        const first = await own.createSession('bp-10', { seeds: [7n] });
        await first.step();
        const sent = limited(new Decisions().add(0, 0, STAY).add(0, 1, 0));
        const sentStepId = first.lastStepId + 1n;
        if (arrived) {
          await first.step(sent);
        }

        await using second = await own.attach(first.key, { sentStepId });
        assert.deepEqual([second.lastStepId, second.nextStepTaken], [1n, arrived]);
        assert.deepEqual(places(await second.step(sent)), [[0, 0, 1]]);
        assert.deepEqual([second.lastStepId, second.nextStepTaken], [2n, false]);
        assert.deepEqual(places(await second.step(limited(new Decisions().add(0, 0, STAY)))), [[0, 0, 2]]);
      });
    }
  }

  test('a step that waits for another player is followed', async () => {
    await using owner = await client.createSession('bp-10', { seeds: [7n], openSeats: [1] });
    const [invite] = owner.invites;
    assert.ok(invite !== undefined);
    await using other = await client.join(invite);
    await other.step();
    await owner.step();
    const sent = new Decisions().add(0, 0, STAY);
    using doomed = connect(server.target);
    const killed = await doomed.attach(owner.key);
    const lost = killed.step(sent).catch((error: unknown) => error);
    let taken = false;
    while (!taken) {
      using observer = connect(server.target);
      taken = (await observer.attach(owner.key)).lastStepId === 2n;
    }
    doomed.close();
    await lost;

    const second = await client.attach(owner.key, { sentStepId: 2n });
    assert.ok(second.nextStepTaken);
    const waiting = second.step(sent);
    await other.step(new Decisions().add(0, 1, STAY));
    assert.deepEqual(places(await waiting), [[0, 0, 1]]);
  });

  test('that the session has gone on is said', async () => {
    await using session = await client.createSession('bp-10');
    assert.equal((await client.attach(session.key, { sentStepId: 0n })).lastStepId, 0n);
    for (let i = 0; i < 3; i++) {
      await session.step();
    }
    for (const sentStepId of [2n, 5n]) {
      await assert.rejects(client.attach(session.key, { sentStepId }), (error: unknown) => {
        assert.ok(error instanceof RequestRefusedError, String(error));
        assert.equal(error.reason, 'STEP_ID_MISMATCH');
        assert.match(error.message, new RegExp(`sentStepId: ${sentStepId} \\(expected: 3,`));
        return true;
      });
    }
  });
});
