import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  AccessDeniedError,
  type Client,
  connect,
  Decisions,
  type Events,
  MacenvError,
  type RecordedEntry,
  Recording,
  RequestRefusedError,
  ServerFailureError,
  type Session,
} from '../src/index.js';
import { CuttingProxy } from './support/proxy.js';
import { TestServer } from './support/server.js';

const GAMMA = 0.95;

/** Choices that differ from row to row and are the same whenever the rows are. */
function firstLegal(events: Events, maxTicks = 0): Decisions {
  const decisions = new Decisions();
  decisions.maxTicks = maxTicks;
  for (const { row, lane, agent } of events.pendings()) {
    const legal = [...events.legal(row, agent).entries()].filter(([, flag]) => flag !== 0).map(([action]) => action);
    decisions.add(lane, agent, legal[(events.tick(row) * 7 + lane * 5 + agent) % legal.length] ?? -1);
  }
  return decisions;
}

/** Everything that every client sees of the rows. */
function rows(events: Events): string[] {
  return Array.from({ length: events.rows }, (_, r) =>
    JSON.stringify([
      ...[events.lane(r), events.episode(r), events.tick(r), events.kind(r), events.jointReward(r)],
      ...Array.from({ length: events.spec.size }, (_, agent) => [
        ...[events.status(r, agent), [...events.observation(r, agent)], [...events.legal(r, agent)]],
      ]),
    ]),
  );
}

/** Plays on, and says what happened. */
async function course(session: Session, steps: number): Promise<string[]> {
  const said: string[] = [];
  let events = await session.step();
  for (let i = 0; i < steps; i++) {
    said.push(...rows(events));
    events = await session.step(firstLegal(events));
  }
  return said;
}

/** Plays what was decided, and says what came of it. */
async function playAgain(client: Client, recording: Recording): Promise<string[]> {
  const happened: string[] = [];
  await using again = await client.createSession(recording.header.environment, recording.header.options);
  for (const entry of recording) {
    switch (entry.kind) {
      case 'decisions':
        happened.push(...rows(await again.step(entry.decisions)));
        break;
      case 'reset': {
        const lanes = entry.started.map(({ lane }) => lane);
        const { laneSeeds, started } = entry;
        await again.reset(
          laneSeeds.length > 0
            ? { lanes, seeds: laneSeeds }
            : { lanes, episodeSeeds: started.map(({ seed }) => BigInt(seed)) },
        );
        break;
      }
      case 'lane':
        await again.restore(entry.lane, entry.snapshot);
        break;
      default:
    }
  }
  return happened;
}

describe('saving, drawing, recording', () => {
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

  const refused = (type: new (...args: never[]) => MacenvError, reason: string) => (error: unknown) => {
    assert.ok(error instanceof type && error instanceof MacenvError, String(error));
    assert.equal(error.reason, reason);
    return true;
  };

  test('a lane that is put back has the same future, and so have its copies', async () => {
    await using session = await client.createSession('ct-2', { seeds: [7n], gamma: GAMMA });
    await course(session, 4);
    const saved = await session.snapshot();
    assert.ok((saved.tick ?? 0) > 0);
    await session.restore(0, saved);
    const first = await course(session, 6);
    await session.restore(0, saved);
    assert.deepEqual(await course(session, 6), first);

    await using fork = await client.createSession('ct-2', { gamma: GAMMA, snapshot: saved });
    assert.deepEqual(fork.seeds, []);
    assert.deepEqual(await course(fork, 6), first);
  });

  test('what is wrong with a snapshot is said', async () => {
    await using session = await client.createSession('ct-2');
    await using other = await client.createSession('bp-10');
    const saved = await session.snapshot();
    await assert.rejects(other.restore(0, saved), refused(RequestRefusedError, 'SNAPSHOT_MISMATCH'));
    const damaged = { ...saved, data: saved.data.subarray(0, -3) };
    await assert.rejects(session.restore(0, damaged), refused(ServerFailureError, 'SNAPSHOT_CORRUPT'));
  });

  test('a lane is drawn', async () => {
    await using session = await client.createSession('bp-10', { view: { render: true } });
    const text = await session.render(0, 'text/plain');
    assert.deepEqual([text.format, text.episode, text.tick], ['text/plain', 0, 0]);
    assert.match(new TextDecoder().decode(text.data), /^bp-10 +tick 0/);
    const png = await session.render(0, 'image/png');
    assert.equal(Buffer.from(png.data.subarray(1, 4)).toString(), 'PNG');
    await assert.rejects(session.render(0, 'image/gif'), refused(RequestRefusedError, 'INVALID_FIELD'));
    await using blind = await client.createSession('bp-10');
    await assert.rejects(blind.render(), refused(AccessDeniedError, 'SEAT_NOT_GRANTED'));
  });

  test('a recorded session plays again', async () => {
    const session = await client.createSession('ct-2', {
      lanes: 2,
      seeds: [7n],
      gamma: GAMMA,
      recording: { events: true, privileged: true },
    });
    let events = await session.step();
    let saved = await session.snapshot(1);
    for (let number = 0; number < 12; number++) {
      if (number === 4) {
        saved = await session.snapshot(1);
        await session.reset({ lanes: [0], seeds: [9n] });
        events = await session.step();
      } else if (number === 8) {
        await session.reset({ lanes: [1], episodeSeeds: [5n] });
        await session.restore(0, saved);
        events = await session.step();
      }
      events = await session.step(firstLegal(events, 3));
    }
    assert.equal((await session.fetchRecording()).complete, false);
    await session.close();
    const recording = new Recording((await session.fetchRecording()).data);

    assert.ok(recording.complete);
    const { header } = recording;
    assert.deepEqual([header.lanes, header.gamma, header.laneSeeds], [2, GAMMA, session.seeds]);
    assert.equal(header.environment, `ct-2@${session.spec.version}`);
    assert.equal(header.spec.fingerprint, session.spec.fingerprint);
    assert.deepEqual([header.recorded.events, header.recorded.privileged], [true, true]);
    const entries: RecordedEntry[] = [...recording];
    const kinds = new Set(entries.map(({ kind }) => kind));
    assert.deepEqual(kinds, new Set(['grant', 'decisions', 'events', 'reset', 'lane', 'close']));
    const last = entries.at(-1);
    assert.ok(last?.kind === 'close' && last.cause === 'OWNER');
    const happened = new Set(
      entries.flatMap((entry) => {
        if (entry.kind === 'events') {
          assert.equal(entry.events.state(0).length, session.spec.stateSize);
          return rows(entry.events);
        }
        return [];
      }),
    );
    const again = await playAgain(client, recording);
    assert.ok(again.length > 20, `${again.length} rows (expected: more than 20)`);
    // Rows that a reset overtook are in the recording, and were never sent.
    assert.deepEqual(
      again.filter((row) => !happened.has(row)),
      [],
    );
  });

  test('a fork is recorded with its snapshots', async () => {
    await using parent = await client.createSession('ct-2', { seeds: [7n] });
    await course(parent, 2);
    await using fork = await client.createSession('ct-2', { snapshot: await parent.snapshot(), recording: {} });
    const played = await course(fork, 4);
    const again = await playAgain(client, await fork.fetchRecording());
    assert.deepEqual(again.slice(0, played.length), played);
  });

  test('a recording is fetched through cuts', async () => {
    await using session = await client.createSession('ct-2', {
      lanes: 4,
      seeds: [7n],
      recording: { events: true, privileged: true },
    });
    await course(session, 400);
    const whole = await session.fetchRecording();
    assert.ok(whole.data.length > 200_000, `${whole.data.length} bytes`);
    let connections = 0;
    const proxy = await CuttingProxy.start(server.port, () => ({
      direction: 'answers',
      bytes: connections++ < 2 ? 90_000 : 1e9,
    }));
    try {
      using through = connect(proxy.target);
      const same = await through.attach(session.key);
      assert.deepEqual((await same.fetchRecording()).data, whole.data);
      assert.equal(proxy.cuts, 2);
    } finally {
      await proxy.close();
    }
  });

  test('a session that is not recorded', async () => {
    await using session = await client.createSession('bp-10');
    await assert.rejects(session.fetchRecording(), refused(RequestRefusedError, 'RECORDING_NOT_FOUND'));
  });

  test('what is no recording', () => {
    assert.throws(() => new Recording(Buffer.from('something else')), /MACENV01/);
    assert.throws(() => new Recording(Buffer.from('MACENV01')), /no header/);
  });

  test('a damaged entry ends a recording', async () => {
    await using session = await client.createSession('bp-10', { recording: { events: true } });
    await course(session, 3);
    const whole = await session.fetchRecording();
    const damaged = Uint8Array.from(whole.data);
    damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1;
    for (const data of [damaged, whole.data.subarray(0, -1)]) {
      assert.equal([...new Recording(data)].length, [...whole].length - 1);
    }
  });
});
