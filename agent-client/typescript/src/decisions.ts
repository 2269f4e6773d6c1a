/**
 * Which macro-actions the agents that owe a decision begin: three parallel columns. To be filled, sent, cleared and filled
 * again. Nothing is checked here: the server checks the whole request, and refuses it as a whole.
 */
export class Decisions {
  /** Lane of each decision, 0..N-1. */
  readonly lane: number[] = [];
  /** Seat of each decision, 0..n-1. */
  readonly seat: number[] = [];
  /** Macro-action of each decision, 0..A-1, or -1. */
  readonly action: number[] = [];
  /** Stops each lane after at most this many ticks since its previous row; 0 runs to the next event. */
  maxTicks = 0;
  /** Answers as soon as this many lanes have rows; 0 waits for all that are under way. */
  minReady = 0;

  /**
   * Adds a decision.
   *
   * @param action id of a legal macro-action, or -1 to let the seat's fallback decide
   */
  add(lane: number, seat: number, action: number): this {
    this.lane.push(lane);
    this.seat.push(seat);
    this.action.push(action);
    return this;
  }

  /** Forgets the decisions; the two limits stay. */
  clear(): this {
    this.lane.length = 0;
    this.seat.length = 0;
    this.action.length = 0;
    return this;
  }

  /** The number of decisions, m. */
  get size(): number {
    return this.lane.length;
  }
}
