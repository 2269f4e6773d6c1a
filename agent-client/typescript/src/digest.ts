import { createHash, type Hash } from 'node:crypto';
import { type Events, isEnd } from './events.js';

/**
 * A hash of everything that happened, lane by lane, for telling whether two sessions went through the same trajectories. It
 * does not depend on how rows were divided among answers, nor on how lanes interleave, nor on the client's language: the
 * bytes are those of the Java client's digest.
 */
export class TrajectoryDigest {
  readonly #lanes: Hash[];
  readonly #complete: boolean[];
  readonly #episodes: number;

  /**
   * A digest of the episodes 0..episodes-1 of lanes 0..lanes-1; what comes later does not count.
   *
   * @param episodes absent: all
   */
  constructor(lanes: number, episodes = Number.POSITIVE_INFINITY) {
    this.#lanes = Array.from({ length: lanes }, () => createHash('sha256'));
    this.#complete = this.#lanes.map(() => false);
    this.#episodes = episodes;
  }

  /** Adds rows; those of one lane must come in their order. */
  accept(events: Events): void {
    for (let r = 0; r < events.rows; r++) {
      if (events.episode(r) < this.#episodes) {
        this.#lanes[events.lane(r)]?.update(row(events, r));
      }
      if (events.episode(r) === this.#episodes - 1 && isEnd(events.kind(r))) {
        this.#complete[events.lane(r)] = true;
      }
    }
  }

  /** True if the last episode that counts has ended in every lane. */
  get isComplete(): boolean {
    return this.#complete.every((lane) => lane);
  }

  /** The hash of a lane so far, 64 hexadecimal digits. */
  lane(lane: number): string {
    const hash = this.#lanes[lane];
    if (hash === undefined) {
      throw new RangeError(`lane: ${lane} (expected: an integer in 0..${this.#lanes.length - 1})`);
    }
    return hash.copy().digest('hex');
  }

  /** One hash for all lanes together. */
  all(): string {
    const all = createHash('sha256');
    for (const lane of this.#lanes) {
      all.update(lane.copy().digest());
    }
    return all.digest('hex');
  }
}

/** One row as the Java client writes it: big-endian, observations as single-precision numbers. */
function row(events: Events, r: number): Uint8Array {
  const { spec } = events;
  let size = 21;
  for (let agent = 0; agent < spec.size; agent++) {
    size += 13 + 4 * spec.observationSize(agent) + spec.actionCount(agent);
  }
  const bytes = new DataView(new ArrayBuffer(size));
  let place = 0;
  const int = (value: number): void => {
    bytes.setUint32(place, value);
    place += 4;
  };
  const byte = (value: number): void => {
    bytes.setUint8(place, value);
    place += 1;
  };
  const double = (value: number): void => {
    bytes.setFloat64(place, value);
    place += 8;
  };
  int(events.episode(r));
  int(events.tick(r));
  byte(events.kind(r));
  double(events.jointReward(r));
  int(events.jointTau(r));
  for (let agent = 0; agent < spec.size; agent++) {
    byte(events.status(r, agent));
    double(events.agentReward(r, agent));
    int(events.agentTau(r, agent));
    for (const value of events.observation(r, agent)) {
      bytes.setFloat32(place, Number(value));
      place += 4;
    }
    for (const value of events.legal(r, agent)) {
      byte(value === 0 ? 0 : 1);
    }
  }
  return new Uint8Array(bytes.buffer);
}
