import { randomUUID } from 'node:crypto';
import { Decisions } from './decisions.js';
import { AgentSlabs, type EpisodeStart, Events, MacroObservations, type MacroStates } from './events.js';
import { StepRequest } from './gen/macenv/v1/event.js';
import { RestoreRequest, SessionServiceService, WatchRequest } from './gen/macenv/v1/session.js';
import { DataType } from './gen/macenv/v1/spec.js';
import { Recording } from './recording.js';
import { type TeamSpec, view } from './spec.js';
import { type StepCaller, StreamSteps, UnarySteps } from './steps.js';
import type { Transport } from './transport.js';
import { Watch } from './watch.js';

const CLOSE_TIMEOUT_MS = 5000;

/** What it takes to come back to a session from another connection or process. The token is a secret. */
export interface SessionKey {
  readonly session: string;
  readonly token: string;
}

/** A secret that makes another program a player of a session. */
export interface Invite {
  readonly session: string;
  readonly token: string;
  /** Seats that may be taken with it. */
  readonly seats: readonly number[];
}

/** What follows the end of an episode: the next one at once, or nothing before `session.reset`. */
export type ResetMode = 'AUTO' | 'MANUAL';

/** A lane as it stood at an event, with everything that its future depends on. `Session.snapshot` takes it. */
export interface Snapshot {
  /** Opaque; good for every server that has the environment in that version and with those settings. */
  readonly data: Uint8Array;
  /** Where the lane stood; undefined where that is not known, as in recordings. */
  readonly episode: number | undefined;
  readonly tick: number | undefined;
}

/** A lane as it stood at its last event, to look at. */
export interface Drawing {
  /** For example `text/plain` (UTF-8) or `image/png`. */
  readonly format: string;
  readonly data: Uint8Array;
  /** What is shown. */
  readonly episode: number;
  readonly tick: number;
}

/** What was agreed when the session began. */
export interface Terms {
  readonly spec: TeamSpec;
  readonly lanes: number;
  readonly seeds: readonly bigint[];
  readonly invites: readonly Invite[];
  readonly gamma: number;
  readonly resetMode: ResetMode;
  readonly seats: readonly number[];
}

/** Which lanes begin anew, and with which seeds. */
export interface ResetOptions {
  /** Lanes to reset; absent for all. */
  readonly lanes?: readonly number[];
  /** A new lane seed for each lane to reset; absent: each goes on with its sequence of seeds. */
  readonly seeds?: readonly (bigint | number)[];
  /** Instead of `seeds`: an episode seed for each lane to reset, as in `EpisodeStart.seed`, for one episode each. */
  readonly episodeSeeds?: readonly (bigint | number)[];
}

/**
 * A session on a server: N copies (lanes) of one environment, played by sending decisions and receiving events.
 *
 * Every method that goes to the server rejects with a `MacenvError`. If it is a `RequestRefusedError`, nothing has changed
 * and the session goes on. One step at a time: a step waits for its events before the next is sent.
 */
export class Session {
  /** What it takes to come back to this session, see `Client.attach`. Not shown when the session is printed. */
  readonly key: SessionKey;
  readonly #transport: Transport;
  readonly #terms: Terms;
  readonly #steps: StepCaller;
  readonly #takenStepId: bigint;
  #lastStepId: bigint;
  #underWay = false;
  #closed = false;

  /** @internal */
  constructor(
    transport: Transport,
    stream: boolean,
    key: SessionKey,
    terms: Terms,
    lastStepId: bigint,
    takenStepId: bigint,
  ) {
    this.key = key;
    Object.defineProperty(this, 'key', { enumerable: false });
    this.#transport = transport;
    this.#terms = terms;
    this.#lastStepId = lastStepId;
    this.#takenStepId = takenStepId;
    this.#steps = stream ? new StreamSteps(transport, key) : new UnarySteps(transport, key);
  }

  /** The environment. */
  get spec(): TeamSpec {
    return this.#terms.spec;
  }

  /** The number of lanes, N. */
  get lanes(): number {
    return this.#terms.lanes;
  }

  /** The N lane seeds in force at creation. Empty for others than the owner, and after `Client.attach`. */
  get seeds(): readonly bigint[] {
    return this.#terms.seeds;
  }

  /**
   * One invite for each open seat, ascending, and one more, without seats, if there may be `spectators`. Empty for
   * others than the owner, and after `Client.attach`.
   */
  get invites(): readonly Invite[] {
    return this.#terms.invites;
  }

  /** The discount per tick used in the accumulated rewards, 0..1. */
  get gamma(): number {
    return this.#terms.gamma;
  }

  /** What follows the end of an episode. */
  get resetMode(): ResetMode {
    return this.#terms.resetMode;
  }

  /** The seats this session decides for, ascending. */
  get seats(): readonly number[] {
    return this.#terms.seats;
  }

  /**
   * The number of the last step whose events have been received, 0 before the first; after `Client.attach` without
   * `sentStepId` that of the last step that the server has taken. The next step has the next number.
   */
  get lastStepId(): bigint {
    return this.#lastStepId;
  }

  /**
   * True if the server has already taken the next step, see `sentStepId` of `Client.attach`: it is under way or over, and to
   * be repeated with the same decisions.
   */
  get nextStepTaken(): boolean {
    return this.#lastStepId < this.#takenStepId;
  }

  /**
   * Sends decisions and waits for the events that follow. Without decisions it collects: first of all the START rows.
   *
   * Executed exactly once, whatever happens to the connection on the way: a lost request or answer is sent again with the
   * same number, and the server answers a number that it knows without executing it again. If this rejects with a
   * `ServerUnavailableError`, it is not known whether the decisions were taken: call it again with the same ones.
   *
   * @param decisions copied before this returns, so they may be cleared and filled while the lanes run
   * @throws Error if a step is under way, or the session is closed
   */
  async step(decisions: Decisions = new Decisions()): Promise<Events> {
    if (this.#underWay) {
      throw new Error('a step is under way (expected: its events to be awaited first)');
    }
    if (this.#closed) {
      throw new Error('the session is closed (expected: steps before close)');
    }
    this.#underWay = true;
    try {
      const request = StepRequest.fromPartial({
        stepId: this.#lastStepId + 1n,
        lane: decisions.lane,
        seat: decisions.seat,
        action: decisions.action,
        minReady: decisions.minReady,
        maxTicks: decisions.maxTicks,
      });
      const response = await this.#transport.step((timeoutMs) => this.#steps.call(request, timeoutMs));
      this.#lastStepId = request.stepId;
      return new Events(this.spec, response);
    } finally {
      this.#underWay = false;
    }
  }

  /**
   * Begins new episodes; their START rows come with the next {@link step}. What runs in these lanes is abandoned. Only for
   * the owner.
   */
  async reset(options: ResetOptions = {}): Promise<readonly EpisodeStart[]> {
    const response = await this.#transport.call(SessionServiceService.reset, {
      ...this.key,
      lanes: [...(options.lanes ?? [])],
      seeds: (options.seeds ?? []).map(BigInt),
      episodeSeeds: (options.episodeSeeds ?? []).map(BigInt),
      requestId: randomUUID(),
    });
    return response.started;
  }

  /**
   * Saves a lane as it stood at its last event; decisions taken since are not part of it. Only for the owner; changes
   * nothing.
   */
  async snapshot(lane = 0): Promise<Snapshot> {
    const request = { ...this.key, lane, store: false };
    const { snapshot: data, episode, tick } = await this.#transport.call(SessionServiceService.snapshot, request);
    return { data, episode, tick };
  }

  /**
   * Puts a lane back to where one was saved that has the same `spec.fingerprint`. Its row comes with the next {@link step}, as
   * if it had just happened, and the same decisions bring the same events again. Only for the owner. The discount must be the
   * same unless the episode had just begun.
   */
  async restore(lane: number, snapshot: Snapshot): Promise<void> {
    const request = RestoreRequest.fromPartial({ ...this.key, lane, requestId: randomUUID() });
    await this.#transport.call(SessionServiceService.restore, { ...request, snapshot: snapshot.data });
  }

  /**
   * Draws a lane. Needs `view.render`. Never moves a clock.
   *
   * @param format one that the environment has; empty for its ordinary one
   */
  async render(lane = 0, format = ''): Promise<Drawing> {
    return this.#transport.call(SessionServiceService.render, { ...this.key, lane, format });
  }

  /**
   * The recording so far, in memory; also after the session has closed, as long as the server keeps it. Only for the owner, of
   * a session created with `recording`.
   */
  async fetchRecording(): Promise<Recording> {
    return new Recording(await this.#transport.fetchRecording({ ...this.key, offset: 0n }));
  }

  /** What the agents of these lanes hold now; of all lanes if none is named. Never moves a clock. */
  async macroObservation(...lanes: number[]): Promise<MacroObservations> {
    const answer = await this.#transport.call(SessionServiceService.getMacroObservation, { ...this.key, lanes });
    return new MacroObservations(
      this.spec,
      answer.lane,
      answer.status,
      answer.pending,
      view(DataType.INT32, answer.currentAction) as Int32Array,
      new AgentSlabs(this.spec, answer.rows, answer.groups),
    );
  }

  /** The macro-states of these lanes now; of all if none is named. Needs `view.macroState`. Never moves a clock. */
  async macroState(...lanes: number[]): Promise<MacroStates> {
    const answer = await this.#transport.call(SessionServiceService.getMacroState, { ...this.key, lanes });
    const type = this.spec.message.state?.dtype ?? DataType.FLOAT32;
    return { lanes: answer.lane, macroState: view(type, answer.macroState), state: view(type, answer.state) };
  }

  /**
   * Looks on at these lanes, at all if none is named; above all for those without seats, see `SessionOptions.spectators`. A
   * newer watch of the same key displaces it, with the reason SUPERSEDED.
   */
  watch(...lanes: number[]): Watch {
    return new Watch(this.#transport, this.spec, WatchRequest.fromPartial({ ...this.key, lanes }));
  }

  /**
   * Ends the session on the server for all its players; for others than the owner: gives the seats back. One attempt: what
   * it does not reach, the lease ends. Closing twice is fine. Never rejects.
   */
  async close(): Promise<void> {
    if (this.#closed) {
      return;
    }
    this.#closed = true;
    this.#steps.close();
    try {
      await this.#transport.once(SessionServiceService.closeSession, { ...this.key }, CLOSE_TIMEOUT_MS);
    } catch {
      // Not reached: the server's lease will end it.
    }
  }

  /** {@link close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
