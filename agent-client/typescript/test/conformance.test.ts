import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  AgentStatus,
  type Client,
  type ConnectOptions,
  connect,
  Decisions,
  EpisodeLoop,
  EventKind,
  type Events,
  isEnd,
  RandomPolicy,
  type SessionOptions,
  SplittableRandom,
  TrajectoryDigest,
} from '../src/index.js';
import { CuttingProxy } from './support/proxy.js';
import { classPathFile, home, TestServer } from './support/server.js';

const GAMMA = 0.98;
const SEED = 7n;
const LANES = 3;
const EPISODES = 2;
/** Its rules draw lots, so that seeds show in trajectories. */
const SCENARIO = 'ct-10';
const EVERYTHING = { state: true, macroState: true, currentActions: true, rewardTrace: true, otherAgents: true };

/** Decides for each agent of each lane by lot, from a stream of its own, so that nothing depends on how lanes interleave. */
class PrivateStreams {
  readonly #random = new Map<string, SplittableRandom>();

  constructor(private readonly firstLane = 0) {}

  choose(events: Events, row: number, agent: number): number {
    const place = `${this.firstLane + events.lane(row)}/${agent}`;
    let random = this.#random.get(place);
    if (random === undefined) {
      random = new SplittableRandom((this.firstLane + events.lane(row)) * 1000 + agent);
      this.#random.set(place, random);
    }
    const legal = [...events.legal(row, agent).entries()].filter(([, flag]) => flag !== 0).map(([action]) => action);
    return legal[random.nextInt(legal.length)] ?? -1;
  }
}

describe('conformance core', () => {
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

  /** Digests of lanes 0..LANES-1, with decisions from {@link PrivateStreams}. */
  async function digests(
    target: string,
    connecting: ConnectOptions = {},
    limits: { minReady?: number; maxTicks?: number } = {},
    options: SessionOptions = {},
  ): Promise<string[]> {
    using own = connect(target, connecting);
    await using session = await own.createSession(SCENARIO, { lanes: LANES, seeds: [SEED], gamma: GAMMA, ...options });
    const digest = new TrajectoryDigest(LANES, EPISODES);
    const policy = new PrivateStreams();
    const decisions = new Decisions();
    decisions.minReady = limits.minReady ?? 0;
    decisions.maxTicks = limits.maxTicks ?? 0;
    while (!digest.isComplete) {
      const events = await session.step(decisions);
      digest.accept(events);
      decisions.clear();
      for (const { row, lane, agent } of events.pendings()) {
        decisions.add(lane, agent, policy.choose(events, row, agent));
      }
    }
    return Array.from({ length: LANES }, (_, lane) => digest.lane(lane));
  }

  describe('event algebra', () => {
    for (const environment of ['bp-10', 'wtd-s', 'ct-10']) {
      test(`${environment}: clocks, statuses, masks and endings agree with one another`, async () => {
        await using session = await client.createSession(environment, {
          lanes: 2,
          seeds: [SEED],
          gamma: GAMMA,
          view: EVERYTHING,
        });
        const n = session.spec.size;
        const held = new Map<string, unknown>();
        const tick = new Map<number, number>();
        const total = new Map<number, number>();
        let previous: readonly [number, number, number, number] | undefined;
        let ends = 0;
        const loop = new EpisodeLoop(session, new RandomPolicy(new SplittableRandom(SEED)));
        for await (const events of loop) {
          previous = undefined;
          for (let r = 0; r < events.rows; r++) {
            const lane = events.lane(r);
            const kind = events.kind(r);
            const place = [lane, events.episode(r), events.tick(r), kind] as const;
            assert.ok(previous === undefined || ascends(previous, place), 'rows ascend');
            previous = place;

            const trace = events.rewardTrace(r);
            assert.equal(trace.length, events.jointTau(r));
            const discounted = trace.reduceRight((sum, reward) => reward + GAMMA * sum, 0);
            assert.ok(Math.abs(discounted - events.jointReward(r)) < 1e-9, 'joint reward is the discounted trace');
            if (kind === EventKind.START) {
              assert.equal(events.tick(r), 0);
              tick.set(lane, 0);
              total.set(lane, 0);
            }
            assert.equal(events.tick(r), (tick.get(lane) ?? 0) + events.jointTau(r), 'ticks add up to tau');
            tick.set(lane, events.tick(r));
            total.set(lane, (total.get(lane) ?? 0) + trace.reduce((sum, reward) => sum + reward, 0));

            for (let agent = 0; agent < n; agent++) {
              const status = events.status(r, agent);
              const now = [[...events.observation(r, agent)], [...events.legal(r, agent)]];
              const key = `${lane}/${agent}`;
              if (status === AgentStatus.ONGOING || status === AgentStatus.CUT) {
                assert.deepEqual(now, held.get(key), 'who goes on holds what it had');
              }
              held.set(key, now);
              assert.equal(events.currentAction(r, agent) === -1, status === AgentStatus.FRESH);
              assert.equal(events.macroState(r, agent).length, session.spec.stateSize);
              if (events.pending(r, agent)) {
                assert.ok(events.legal(r, agent).includes(1), 'who must decide has a choice');
                assert.deepEqual([...events.macroState(r, agent)], [...events.state(r)]);
              }
              assert.ok(!isEnd(kind) || status === AgentStatus.DONE || status === AgentStatus.CUT);
            }
          }
          const endRows = Array.from({ length: events.rows }, (_, r) => r).filter((r) => isEnd(events.kind(r)));
          assert.equal(events.ended.length, endRows.length, 'a summary for each END row');
          for (const summary of events.ended) {
            ends++;
            assert.ok(endRows.some((r) => events.lane(r) === summary.lane && events.tick(r) === summary.ticks));
          }
          if (ends >= 3) {
            break;
          }
        }
      });
    }

    test('what the view leaves out is refused when it is asked for', async () => {
      await using session = await client.createSession('bp-10', { seeds: [SEED] });
      const events = await session.step();
      assert.throws(() => events.state(0), /view\.state/);
      assert.throws(() => events.currentAction(0, 0), /view\.currentActions/);
      assert.throws(() => events.observation(0, 99), RangeError);
      assert.throws(() => events.kind(99), RangeError);
    });

    test('macro-observations and macro-states are read without moving a clock', async () => {
      await using session = await client.createSession('bp-10', { lanes: 2, seeds: [SEED], view: EVERYTHING });
      const events = await session.step();
      const held = await session.macroObservation(1);
      assert.deepEqual(held.lanes, [1]);
      assert.deepEqual([...held.agents.observation(0, 1)], [...events.observation(1, 1)]);
      assert.deepEqual([...held.pendingSeats], [1, 1]);
      const states = await session.macroState();
      assert.equal(states.macroState.length, 2 * session.spec.size * session.spec.stateSize);
    });
  });

  describe('determinism', () => {
    let expected: string[];
    before(async () => {
      expected = await digests(server.target);
    });

    test('another seed is another trajectory', async () => {
      assert.notDeepEqual(await digests(server.target, {}, {}, { seeds: [8n] }), expected);
    });

    test('unary calls', async () => {
      assert.deepEqual(await digests(server.target, { transport: 'unary' }), expected);
    });

    for (const minReady of [1, 2]) {
      test(`answers as soon as ${minReady} lanes are ready`, async () => {
        assert.deepEqual(await digests(server.target, {}, { minReady }), expected);
      });
    }

    test('a privileged view', async () => {
      assert.deepEqual(await digests(server.target, {}, {}, { view: EVERYTHING }), expected);
    });

    test('lanes in sessions of their own', async () => {
      await using all = await client.createSession(SCENARIO, { lanes: LANES, seeds: [SEED] });
      const alone = await Promise.all(
        all.seeds.map(async (seed, lane) => {
          await using session = await client.createSession(SCENARIO, { seeds: [seed], gamma: GAMMA });
          const digest = new TrajectoryDigest(1, EPISODES);
          const loop = new EpisodeLoop(session, new PrivateStreams(lane), (events) => digest.accept(events));
          while (!digest.isComplete) {
            await loop.play(1);
          }
          return digest.lane(0);
        }),
      );
      assert.deepEqual(alone, expected);
    });

    test('a session left behind and come back to', async () => {
      const session = await client.createSession(SCENARIO, { lanes: LANES, seeds: [SEED], gamma: GAMMA });
      const digest = new TrajectoryDigest(LANES, 1);
      const policy = new PrivateStreams();
      const decisions = new Decisions();
      await session.step(); // its answer is lost with the client
      using other = connect(server.target);
      await using again = await other.attach(session.key);
      while (!digest.isComplete) {
        const events = await again.step(decisions);
        digest.accept(events);
        decisions.clear();
        for (const { row, lane, agent } of events.pendings()) {
          decisions.add(lane, agent, policy.choose(events, row, agent));
        }
      }
      await using whole = await client.createSession(SCENARIO, { lanes: LANES, seeds: [SEED], gamma: GAMMA });
      const undisturbed = new TrajectoryDigest(LANES, 1);
      const loop = new EpisodeLoop(whole, new PrivateStreams(), (events) => undisturbed.accept(events));
      while (!undisturbed.isComplete) {
        await loop.play(1);
      }
      assert.equal(digest.all(), undisturbed.all());
    });

    test('two players in one episode see what one player of both seats does', async () => {
      await using owner = await client.createSession('bp-10', { seeds: [SEED], gamma: GAMMA, openSeats: [1] });
      const [invite] = owner.invites;
      assert.ok(invite !== undefined);
      await using guest = await client.join(invite);
      assert.deepEqual([owner.seats, guest.seats], [[0], [1]]);
      const policy = new PrivateStreams();
      const [mine, theirs] = await Promise.all([
        new EpisodeLoop(owner, policy).play(2),
        new EpisodeLoop(guest, policy).play(2),
      ]);
      await using alone = await client.createSession('bp-10', { seeds: [SEED], gamma: GAMMA });
      const both = await new EpisodeLoop(alone, new PrivateStreams()).play(2);
      assert.deepEqual(
        mine.map(({ ticks, totalReward }) => [ticks, totalReward]),
        both.map(({ ticks, totalReward }) => [ticks, totalReward]),
      );
      assert.equal(theirs.length, 2);
    });

    test('random play has the digest of the Java client', (t) => {
      if (!existsSync(classPathFile)) {
        t.skip(`SKIPPED: no Java client (expected: its class path in ${classPathFile})`);
        return;
      }
      return (async () => {
        const java = execFileSync(
          process.env.JAVA_HOME === undefined ? 'java' : join(process.env.JAVA_HOME, 'bin/java'),
          [
            '-cp',
            readFileSync(classPathFile, 'utf8').trim(),
            join(home, 'test/java/Digest.java'),
            ...[server.target, SCENARIO, LANES, SEED, EPISODES].map(String),
          ],
          { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 120_000 },
        )
          .trim()
          .split('\n')
          .at(-1);
        await using session = await client.createSession(SCENARIO, { lanes: LANES, seeds: [SEED], gamma: GAMMA });
        const digest = new TrajectoryDigest(LANES, EPISODES);
        const policy = new RandomPolicy(new SplittableRandom(SEED));
        const loop = new EpisodeLoop(session, policy, (events) => digest.accept(events));
        while (!digest.isComplete) {
          await loop.play(1);
        }
        assert.equal(digest.all(), java);
      })();
    });
  });

  describe('exactly once', () => {
    for (const transport of ['stream', 'unary'] as const) {
      test(`${transport}: connections cut anywhere change nothing`, async () => {
        const expected = await digests(server.target);
        const random = new SplittableRandom(3);
        let connections = 0;
        const proxy = await CuttingProxy.start(server.port, () => ({
          direction: random.nextInt(2) === 0 ? 'requests' : 'answers',
          bytes: connections++ === 0 ? 6000 : 200 + random.nextInt(700),
        }));
        try {
          assert.deepEqual(await digests(proxy.target, { transport }), expected);
          assert.ok(proxy.cuts >= 5, `${proxy.cuts} cuts (expected: at least 5)`);
        } finally {
          await proxy.close();
        }
      });
    }

    test('a session created through cuts is created once', async () => {
      let connections = 0;
      const proxy = await CuttingProxy.start(server.port, () => ({
        direction: 'answers',
        bytes: connections++ < 3 ? 150 : 1e9,
      }));
      try {
        using own = connect(proxy.target);
        await using session = await own.createSession('bp-10', { seeds: [SEED] });
        assert.equal((await session.step()).rows, 1);
        assert.equal(proxy.cuts, 3);
      } finally {
        await proxy.close();
      }
    });
  });
});

function ascends(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) {
      return (a[i] ?? 0) < (b[i] ?? 0);
    }
  }
  return false;
}
