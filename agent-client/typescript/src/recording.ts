import { Decisions } from './decisions.js';
import { type EpisodeStart, Events } from './events.js';
import type { Timestamp } from './gen/google/protobuf/timestamp.js';
import {
  type RecordingHeader as HeaderMessage,
  type RecordingOptions as OptionsMessage,
  RecordingEntry,
  RecordingMode,
} from './gen/macenv/v1/recording.js';
import { GrantState } from './gen/macenv/v1/session.js';
import type { ResetMode, Snapshot } from './session.js';
import { TeamSpec } from './spec.js';

const MAGIC = 'MACENV01';
/** Bytes of a record before its payload: length and checksum. */
const HEAD = 8;

/** What the server records of a session, see `Session.fetchRecording`: the decisions, which is enough to play it again. */
export interface RecordingOptions {
  /** Also the rows of every event, as the holder of all seats sees them. */
  readonly events?: boolean;
  /** Of these also states, macro-states, current macro-actions and reward traces. */
  readonly privileged?: boolean;
  /** Recording (not the session) stops at this size. Default: the most that the server allows. */
  readonly maxBytes?: number;
}

/** What the session of a recording is. */
export interface RecordingHeader {
  readonly session: string;
  readonly spec: TeamSpec;
  readonly lanes: number;
  /** One for each lane; empty after a start from a snapshot: then a `lane` entry for each lane follows. */
  readonly laneSeeds: readonly bigint[];
  readonly gamma: number;
  readonly resetMode: ResetMode;
  /** What is recorded; `maxBytes` is what the server allowed. */
  readonly recorded: RecordingOptions;
  readonly created: Date;
  /** Name and version of the server, for people. */
  readonly server: string;
  /** The environment with its version, for `Client.createSession`. */
  readonly environment: string;
  /** For a session that plays the recording again, with all seats. */
  readonly options: {
    readonly settings: Readonly<Record<string, number | boolean | string>>;
    readonly lanes: number;
    readonly seeds: readonly bigint[];
    readonly gamma: number;
    readonly resetMode: ResetMode;
  };
}

/** A grant came into being or changed. */
export interface RecordedGrant {
  readonly kind: 'grant';
  /** Counts the entries; 0 is the header. */
  readonly sequence: bigint;
  /** 0 is the owner's, then 1, 2, ... in order of joining. */
  readonly grant: number;
  /** Given when it comes into being. */
  readonly seats: readonly number[];
  /** Empty when it was given back. */
  readonly state: 'HELD' | 'LAPSED' | '';
}

/** Decisions took effect together: one step, or what the server decided for absent players. */
export interface RecordedDecisions {
  readonly kind: 'decisions';
  readonly sequence: bigint;
  readonly grant: number;
  /** 0: the server decided. */
  readonly stepId: bigint;
  /**
   * Those that took effect, never -1, with the step's `maxTicks`. To play them again wait for all lanes: which of them come
   * first with `minReady` is a matter of time.
   */
  readonly decisions: Decisions;
  /** Of each decision. */
  readonly episode: readonly number[];
  /** When each decision was made. */
  readonly tick: readonly number[];
  /** Whether the server made it. */
  readonly absent: readonly boolean[];
  /** That of the step. */
  readonly minReady: number;
}

/** Lanes stopped; as the holder of all seats sees it, with everything if the recording is `privileged`. */
export interface RecordedEvents {
  readonly kind: 'events';
  readonly sequence: bigint;
  readonly events: Events;
}

/** Episodes were begun by `Session.reset`. */
export interface RecordedReset {
  readonly kind: 'reset';
  readonly sequence: bigint;
  readonly started: readonly EpisodeStart[];
  /** One for each of them, or none if the lanes kept theirs. */
  readonly laneSeeds: readonly bigint[];
}

/** A lane began, or was put back, as a copy. */
export interface RecordedLane {
  readonly kind: 'lane';
  readonly sequence: bigint;
  readonly lane: number;
  readonly snapshot: Snapshot;
  /** `start`, or which call it was. */
  readonly cause: string;
}

/** The server ended an episode because a player was absent. */
export interface RecordedTruncation {
  readonly kind: 'truncation';
  readonly sequence: bigint;
  readonly lane: number;
  readonly episode: number;
  readonly tick: number;
}

/** The session closed; the last entry. */
export interface RecordedClose {
  readonly kind: 'close';
  readonly sequence: bigint;
  /** `OWNER`, `LEASE_EXPIRED` or `SERVER_SHUTDOWN`. */
  readonly cause: string;
  readonly closed: Date;
}

/** An entry of a recording; `kind` tells which. */
export type RecordedEntry =
  | RecordedGrant
  | RecordedDecisions
  | RecordedEvents
  | RecordedReset
  | RecordedLane
  | RecordedTruncation
  | RecordedClose;

/**
 * What was decided in a session, and if wanted what came of it. `for (const entry of recording)` walks over the entries behind
 * the header, as often as wanted, in the order in which they took effect in each lane. Entries of a kind that this client does
 * not know are left out, and so is a last one that was being written when the server died.
 */
export class Recording implements Iterable<RecordedEntry> {
  /** What the session is. */
  readonly header: RecordingHeader;

  /**
   * @param data the file, which is kept and not to be changed
   * @throws RangeError if this is no recording
   */
  constructor(readonly data: Uint8Array) {
    const begin = new TextDecoder().decode(data.subarray(0, MAGIC.length));
    if (begin !== MAGIC) {
      throw new RangeError(`recording: begins with ${JSON.stringify(begin)} (expected: "${MAGIC}")`);
    }
    const first = this.#records().next().value;
    if (first?.header === undefined) {
      throw new RangeError(`recording: no header in its ${data.length} bytes (expected: the first entry)`);
    }
    if (first.header.options === undefined) {
      throw new RangeError("recording: a server's journal (expected: what session.fetchRecording() gives)");
    }
    this.header = header(first.header, first.header.options);
  }

  /** True if the session had closed, so that nothing more will be recorded, and there was room for all of it. */
  get complete(): boolean {
    let complete = false;
    for (const record of this.#records()) {
      complete = record.close !== undefined;
    }
    return complete;
  }

  *[Symbol.iterator](): Generator<RecordedEntry, void> {
    for (const record of this.#records()) {
      const entry = this.#entry(record);
      if (entry !== undefined) {
        yield entry;
      }
    }
  }

  *#records(): Generator<RecordingEntry, undefined> {
    const numbers = new DataView(this.data.buffer, this.data.byteOffset, this.data.byteLength);
    let at = MAGIC.length;
    while (at + HEAD <= this.data.length) {
      const length = numbers.getUint32(at, true);
      const payload = this.data.subarray(at + HEAD, at + HEAD + length);
      if (payload.length < length || crc32c(payload) !== numbers.getUint32(at + 4, true)) {
        return;
      }
      yield RecordingEntry.decode(payload);
      at += HEAD + length;
    }
  }

  #entry(record: RecordingEntry): RecordedEntry | undefined {
    const { sequence, grant, decisions, events, reset, lane, truncation, close } = record;
    if (grant !== undefined) {
      const { seats, grantState } = grant;
      const state = grantState === GrantState.HELD ? 'HELD' : grantState === GrantState.LAPSED ? 'LAPSED' : '';
      return { kind: 'grant', sequence, grant: grant.grant, seats, state };
    }
    if (decisions !== undefined) {
      if (decisions.stepId === 0n && decisions.lane.length === 0) {
        return undefined; // the server looked who is absent, and found nobody
      }
      const made = new Decisions();
      made.maxTicks = decisions.maxTicks;
      decisions.lane.forEach((each, i) => {
        made.add(each, decisions.seat[i] ?? 0, decisions.action[i] ?? 0);
      });
      return {
        kind: 'decisions',
        sequence,
        grant: decisions.grant,
        stepId: decisions.stepId,
        decisions: made,
        episode: decisions.episode,
        tick: decisions.tick,
        absent: decisions.lane.map((_, i) => (decisions.absent[i] ?? 0) !== 0),
        minReady: decisions.minReady,
      };
    }
    if (events !== undefined) {
      const answer = { stepId: 0n, error: undefined, events, lanesRunning: 0, lanesWaitingForOthers: 0 };
      return { kind: 'events', sequence, events: new Events(this.header.spec, answer) };
    }
    if (reset !== undefined) {
      return { kind: 'reset', sequence, started: reset.started, laneSeeds: reset.laneSeeds };
    }
    if (lane !== undefined) {
      const snapshot = { data: lane.snapshot, episode: undefined, tick: undefined };
      return { kind: 'lane', sequence, lane: lane.lane, snapshot, cause: lane.cause };
    }
    if (truncation !== undefined) {
      return { kind: 'truncation', sequence, ...truncation };
    }
    if (close !== undefined) {
      return { kind: 'close', sequence, cause: close.cause, closed: date(close.closed) };
    }
    return undefined;
  }
}

function header(wire: HeaderMessage, options: OptionsMessage): RecordingHeader {
  if (wire.spec === undefined) {
    throw new RangeError('recording: no specification in its header (expected: always given)');
  }
  const spec = new TeamSpec(wire.spec);
  const { session, lanes, laneSeeds, gamma, server } = wire;
  const resetMode = wire.autoReset ? 'AUTO' : 'MANUAL';
  return {
    session,
    spec,
    lanes,
    laneSeeds,
    gamma,
    resetMode,
    recorded: {
      events: options.mode === RecordingMode.EVENTS,
      privileged: options.privileged,
      maxBytes: Number(options.maxBytes),
    },
    created: date(wire.created),
    server,
    environment: `${spec.environment}@${spec.version}`,
    options: { settings: { ...wire.spec.configValues }, lanes, seeds: laneSeeds, gamma, resetMode },
  };
}

function date(time: Timestamp | undefined): Date {
  return new Date(Number(time?.seconds ?? 0n) * 1000 + (time?.nanos ?? 0) / 1e6);
}

/** Castagnoli's polynomial, bits reversed. */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) {
    value = (value >>> 1) ^ (value & 1 ? 0x82f63b78 : 0);
  }
  return value;
});

function crc32c(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc = (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
