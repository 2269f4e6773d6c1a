// Tabular Q-learning with macro-actions: two agents that learn to push the big box of bp-6, each for itself.
//   node dist/examples/q-learner.js [TARGET] [EPISODES]
//
// Each agent has a table over what it sees and what it did last. When its macro-action ends, after tau ticks and a
// discounted reward r on its own clock, Q(h, m) moves towards r + gamma^tau max Q(h', .): quickly up, slowly down
// (hysteresis), because bad luck with a partner who still explores says little about a macro-action.
import { AgentStatus, connect, Decisions, type Events, isEnd, type Session, SplittableRandom } from '../src/index.js';

const GAMMA = 0.95;
const UP = 0.3;
const DOWN = 0.03;
const LANES = 16;

/** One agent: its table, and in each lane what it knew and chose last. */
class Learner {
  readonly #table = new Map<string, Float64Array>();
  readonly #last = new Map<number, { key: string; action: number }>();
  readonly #random: SplittableRandom;

  constructor(readonly seat: number) {
    this.#random = new SplittableRandom(1000 * seat + 21);
  }

  /** Forgets what is under way, not what has been learnt. */
  begin(): void {
    this.#last.clear();
  }

  /** From a macro-action that has ended. */
  learn(events: Events, row: number): void {
    const last = this.#last.get(events.lane(row));
    const over = isEnd(events.kind(row));
    if (last === undefined || events.status(row, this.seat) === AgentStatus.FRESH) {
      return;
    }
    if (!over && !events.pending(row, this.seat)) {
      return;
    }
    let value = events.agentReward(row, this.seat);
    if (!over) {
      const following = this.#values(this.#key(events, row, last.action), events);
      value += GAMMA ** events.agentTau(row, this.seat) * Math.max(...following);
    }
    const values = this.#values(last.key, events);
    const old = values[last.action] ?? 0;
    values[last.action] = old + (value > old ? UP : DOWN) * (value - old);
  }

  /** A macro-action: the best with probability 1 - epsilon. */
  choose(events: Events, row: number, epsilon: number): number {
    const lane = events.lane(row);
    const fresh = events.status(row, this.seat) === AgentStatus.FRESH;
    const key = this.#key(events, row, fresh ? -1 : (this.#last.get(lane)?.action ?? -1));
    const legal = [...events.legal(row, this.seat).entries()]
      .filter(([, flag]) => flag !== 0)
      .map(([action]) => action);
    let action = legal[this.#random.nextInt(legal.length)] ?? 0;
    if (this.#random.nextInt(1_000_000) >= epsilon * 1_000_000) {
      const values = this.#values(key, events);
      action = legal.reduce((best, other) => ((values[other] ?? 0) > (values[best] ?? 0) ? other : best));
    }
    this.#last.set(lane, { key, action });
    return action;
  }

  #key(events: Events, row: number, last: number): string {
    return `${events.observation(row, this.seat)}|${last}`;
  }

  #values(key: string, events: Events): Float64Array {
    let values = this.#table.get(key);
    if (values === undefined) {
      values = new Float64Array(events.spec.actionCount(this.seat));
      this.#table.set(key, values);
    }
    return values;
  }
}

/** Plays this many episodes, exploring less and less if they are for learning; their returns. */
async function play(session: Session, learners: Learner[], episodes: number, learning: boolean): Promise<number[]> {
  const returns: number[] = [];
  const decisions = new Decisions();
  for (const learner of learners) {
    learner.begin();
  }
  while (returns.length < episodes) {
    const events = await session.step(decisions);
    decisions.clear();
    const epsilon = learning ? Math.max(0.05, 1 - (1.5 * returns.length) / episodes) : 0;
    for (let row = 0; row < events.rows; row++) {
      for (const learner of learners) {
        if (learning) {
          learner.learn(events, row);
        }
        if (events.pending(row, learner.seat)) {
          decisions.add(events.lane(row), learner.seat, learner.choose(events, row, epsilon));
        }
      }
    }
    returns.push(...events.ended.map((episode) => episode.totalReward));
  }
  return returns;
}

const [target = 'localhost:50051', episodes = '4000'] = process.argv.slice(2);

using client = connect(target);
await using training = await client.createSession('bp-6', { lanes: LANES, seeds: [7n], gamma: GAMMA });
await using evaluation = await client.createSession('bp-6', { seeds: [8n], gamma: GAMMA });
const learners = training.seats.map((seat) => new Learner(seat));
const returns = await play(training, learners, Number(episodes), true);
const part = Math.ceil(returns.length / 8);
for (let k = 0; k < returns.length; k += part) {
  const slice = returns.slice(k, k + part);
  console.log(
    `episodes ${k}..  mean return ${(slice.reduce((sum, value) => sum + value, 0) / slice.length).toFixed(1)}`,
  );
}
const [greedy = Number.NaN] = await play(evaluation, learners, 1, false);
console.log(`the learned policies: return ${greedy.toFixed(1)}`);
