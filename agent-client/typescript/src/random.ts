const MASK = 0xffffffffffffffffn;
const GAMMA = 0x9e3779b97f4a7c15n;

function splitmix64(x: bigint): bigint {
  let z = (x + GAMMA) & MASK;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
  return z ^ (z >> 31n);
}

/**
 * The seed of an episode, as docs/protocol.md defines it.
 *
 * @param laneSeed the lane's seed, 0..2^64-1
 * @param episode episodes begun since the lane's seed was set, from 0
 */
export function episodeSeed(laneSeed: bigint, episode: number): bigint {
  return splitmix64((laneSeed + BigInt(episode) * GAMMA) & MASK);
}

/** The seed of a lane where one seed is given for all, as docs/protocol.md defines it. */
export function laneSeed(seed: bigint, lane: number): bigint {
  return lane === 0 ? seed & MASK : splitmix64((seed + BigInt(lane) * GAMMA) & MASK);
}

/** Draws integers. */
export interface RandomGenerator {
  /** An integer in 0..bound-1, each as likely as any other. */
  nextInt(bound: number): number;
}

/** The numbers of Java's `SplittableRandom`, so that a random agent chooses the same in both languages. */
export class SplittableRandom implements RandomGenerator {
  #seed: bigint;

  constructor(seed: bigint | number) {
    this.#seed = BigInt.asUintN(64, BigInt(seed));
  }

  /** An integer in -2^31..2^31-1. */
  next(): number {
    this.#seed = (this.#seed + GAMMA) & MASK;
    let z = this.#seed;
    z = ((z ^ (z >> 33n)) * 0x62a9d9ed799705f5n) & MASK;
    z = ((z ^ (z >> 28n)) * 0xcb24d0a5c88c35b3n) & MASK;
    return Number(BigInt.asIntN(32, z >> 32n));
  }

  nextInt(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > 0x7fffffff) {
      throw new RangeError(`bound: ${bound} (expected: an integer in 1..2^31-1)`);
    }
    const mask = bound - 1;
    let r = this.next();
    if ((bound & mask) === 0) {
      return r & mask;
    }
    // Rejects the incomplete last interval, as Java does; its overflow test is a comparison here.
    for (let u = r >>> 1; ; u = this.next() >>> 1) {
      r = u % bound;
      if (u + mask - r <= 0x7fffffff) {
        return r;
      }
    }
  }
}
