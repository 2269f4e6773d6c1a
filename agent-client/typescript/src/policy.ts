import { EventKind, type Events } from './events.js';
import type { RandomGenerator } from './random.js';
import { at } from './spec.js';

/** Chooses macro-actions. Called only for agents that are pending, in row order and then in order of seat. */
export interface Policy {
  /**
   * The macro-action for an agent.
   *
   * @param events what the agents see
   * @param row a row in which the agent is pending
   * @param agent the agent's seat
   * @returns id of a legal macro-action, or a promise of it, as runtimes of networks give
   */
  choose(events: Events, row: number, agent: number): number | Promise<number>;
}

/** Chooses uniformly among the legal macro-actions, drawing one number for every choice. */
export class RandomPolicy implements Policy {
  constructor(private readonly random: RandomGenerator) {}

  choose(events: Events, row: number, agent: number): number {
    const legal = events.legal(row, agent);
    let count = 0;
    for (const flag of legal) {
      count += flag;
    }
    let left = this.random.nextInt(count);
    return legal.findIndex((flag) => flag !== 0 && left-- === 0);
  }
}

/**
 * Plays the same macro-actions in every episode: each agent its own list, one after the other, and the last one again when
 * the list is over.
 */
export class ScriptedPolicy implements Policy {
  readonly #script: readonly (readonly number[])[];
  readonly #turns = new Map<number, number>();

  /** @param script ids of macro-actions, a list that is not empty for each agent */
  constructor(script: readonly (readonly number[])[]) {
    script.forEach((actions, agent) => {
      if (actions.length === 0) {
        throw new RangeError(`script[${agent}]: empty (expected: at least one macro-action)`);
      }
    });
    this.#script = script;
  }

  choose(events: Events, row: number, agent: number): number {
    const place = events.lane(row) * this.#script.length + agent;
    const turn = events.kind(row) === EventKind.START ? 0 : (this.#turns.get(place) ?? 0);
    this.#turns.set(place, turn + 1);
    const actions = at(this.#script, agent);
    return at(actions, Math.min(turn, actions.length - 1));
  }
}
