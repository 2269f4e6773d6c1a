import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { credentials, Client as GrpcClient, Metadata, type ServiceError } from '@grpc/grpc-js';
import { StepRequest } from '../src/gen/macenv/v1/event.js';
import { SessionServiceService } from '../src/gen/macenv/v1/session.js';
import {
  type Client,
  connect,
  Decisions,
  type Events,
  RequestRefusedError,
  type Session,
  type SessionKey,
} from '../src/index.js';
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

  /** A session whose next step, the second, waits for another player, and that player. */
  async function waiting(): Promise<{ owner: Session; other: Session }> {
    const owner = await client.createSession('bp-10', { seeds: [7n], openSeats: [1] });
    const [invite] = owner.invites;
    assert.ok(invite !== undefined);
    const other = await client.join(invite);
    await other.step();
    await owner.step();
    return { owner, other };
  }

  async function untilTaken(key: SessionKey, stepId: bigint): Promise<void> {
    while ((await client.attach(key)).lastStepId < stepId) {
      // asked again
    }
  }

  const mine = (): Decisions => new Decisions().add(0, 0, STAY);
  const theirs = (): Decisions => new Decisions().add(0, 1, STAY);

  test('a step that waits for another player is followed', async () => {
    const { owner, other } = await waiting();
    using doomed = connect(server.target);
    const killed = await doomed.attach(owner.key);
    const lost = killed.step(mine()).catch((error: unknown) => error);
    await untilTaken(owner.key, 2n);
    doomed.close();
    await lost;

    const second = await client.attach(owner.key, { sentStepId: 2n });
    assert.ok(second.nextStepTaken);
    const step = second.step(mine());
    await other.step(theirs());
    assert.deepEqual(places(await step), [[0, 0, 1]]);
    await owner.close();
  });

  test('a stream displaced by an older one before it was answered is opened again', async () => {
    const { owner, other } = await waiting();
    const session = await client.attach(owner.key);
    const step = session.step(mine());
    await untilTaken(owner.key, 2n);
    // The request of an older stream of the same client comes late, and takes over.
    const raw = new GrpcClient(server.target, credentials.createInsecure());
    try {
      const { path, requestSerialize, responseDeserialize } = SessionServiceService.play;
      const late = raw.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, new Metadata(), {
        deadline: Date.now() + 20_000,
      });
      const ended = new Promise<ServiceError>((resolve) => late.on('error', resolve));
      late.write(StepRequest.fromPartial({ ...owner.key, stepId: 2n, lane: [0], seat: [0], action: [STAY] }));
      late.resume();
      assert.deepEqual((await ended).metadata.get('macenv-reason'), ['SUPERSEDED'], 'the session has taken over again');
    } finally {
      raw.close();
    }
    await other.step(theirs());
    assert.deepEqual(places(await step), [[0, 0, 1]]);
    await owner.close();
  });

  // Its stream has been answered before, so whoever has taken over is another client, and is not fought.
  test('a client that is displaced by another is told so', async () => {
    const { owner, other } = await waiting();
    const displaced = assert.rejects(owner.step(mine()), (error: unknown) => {
      assert.ok(error instanceof RequestRefusedError, String(error));
      assert.equal(error.reason, 'SUPERSEDED');
      return true;
    });
    await untilTaken(owner.key, 2n);
    using elsewhere = connect(server.target);
    const second = (await elsewhere.attach(owner.key, { sentStepId: 2n })).step(mine());
    await displaced;
    await other.step(theirs());
    assert.deepEqual(places(await second), [[0, 0, 1]]);
    await owner.close();
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
