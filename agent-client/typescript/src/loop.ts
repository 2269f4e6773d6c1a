import { Decisions } from './decisions.js';
import { type EpisodeSummary, EventKind, type Events, isEnd } from './events.js';
import type { Policy } from './policy.js';
import type { Session } from './session.js';

/**
 * Lets a policy play the seats of a session. Either for a number of episodes,
 *
 * ```ts
 * const episodes = await new EpisodeLoop(session, policy).play(10);
 * ```
 *
 * or event by event, for as long as one cares to look:
 *
 * ```ts
 * for await (const events of new EpisodeLoop(session, policy)) { ... }
 * ```
 *
 * Lanes that fail are reset, and so are lanes that end in manual mode.
 */
export class EpisodeLoop implements AsyncIterable<Events> {
  readonly #decisions = new Decisions();

  /** @param listener is handed everything that happens, before the policy sees it */
  constructor(
    private readonly session: Session,
    private readonly policy: Policy,
    private readonly listener: (events: Events) => void = () => {},
  ) {}

  /**
   * Plays until this many episodes have ended, over all lanes together. Lanes that are in the middle of an episode stay
   * there: a second call goes on with them.
   *
   * @param episodes at least 1
   * @returns the episodes that ended, in the order of their ends; with several lanes it may be a few more
   */
  async play(episodes: number): Promise<EpisodeSummary[]> {
    const ended: EpisodeSummary[] = [];
    while (ended.length < episodes) {
      ended.push(...(await this.#turn()).ended);
    }
    return ended;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Events, never, void> {
    for (;;) {
      yield await this.#turn();
    }
  }

  /** One step, and the decisions for the next. */
  async #turn(): Promise<Events> {
    const events = await this.session.step(this.#decisions);
    this.listener(events);
    this.#decisions.clear();
    const toReset: number[] = [];
    for (let r = 0; r < events.rows; r++) {
      for (const agent of this.session.seats) {
        if (events.pending(r, agent)) {
          const choice = this.policy.choose(events, r, agent);
          // Awaiting a number would cost a turn of the event loop's queue for each decision.
          this.#decisions.add(events.lane(r), agent, typeof choice === 'number' ? choice : await choice);
        }
      }
      const kind = events.kind(r);
      if (kind === EventKind.FAULT || (isEnd(kind) && this.session.resetMode === 'MANUAL')) {
        toReset.push(events.lane(r));
      }
    }
    if (toReset.length > 0) {
      await this.session.reset({ lanes: toReset });
    }
    return events;
  }
}
