import type {
  EpisodeStart,
  EpisodeSummary as EpisodeSummaryMessage,
  EventBatch,
  GroupSlab,
  LaneFault as LaneFaultMessage,
  StepResponse,
} from './gen/macenv/v1/event.js';
import { EventKind as WireKind, AgentStatus as WireStatus } from './gen/macenv/v1/event.js';
import { DataType } from './gen/macenv/v1/spec.js';
import { at, elements, type TeamSpec, type TensorArray, uint32, view } from './spec.js';

export type { EpisodeStart };

/** Why a lane reports: the numbers of the protocol's `EventKind`. A kind that this client does not know reads `TICK_LIMIT`. */
export const EventKind = {
  /** An episode begins: tick 0, every agent pending. */
  START: WireKind.START,
  /** At least one macro-action ended; those agents are pending. */
  DECISION: WireKind.DECISION,
  /** The episode ended by the rules. */
  END_TERMINATED: WireKind.END_TERMINATED,
  /** The episode was cut short: a learner may bootstrap. */
  END_TRUNCATED: WireKind.END_TRUNCATED,
  /** The step's limit of ticks was reached; nobody of this session's seats is pending. */
  TICK_LIMIT: WireKind.TICK_LIMIT,
  /** The environment failed in this lane; `session.reset` brings it back. */
  FAULT: WireKind.FAULT,
} as const;
export type EventKind = (typeof EventKind)[keyof typeof EventKind];

/** What happened to an agent on the tick of an event. A status that this client does not know reads `HIDDEN`. */
export const AgentStatus = {
  /** Not visible to this session's grant. */
  HIDDEN: WireStatus.UNSPECIFIED,
  /** Its macro-action goes on; its macro-observation is the one it last received. */
  ONGOING: WireStatus.ONGOING,
  /** Its macro-action ended; it has a new macro-observation. */
  DONE: WireStatus.DONE,
  /** The episode ended in the middle of its macro-action. */
  CUT: WireStatus.CUT,
  /** Its macro-action could not be carried out; it has a new macro-observation and decides again. */
  FAILED: WireStatus.FAILED,
  /** The episode has just begun. */
  FRESH: WireStatus.FRESH,
} as const;
export type AgentStatus = (typeof AgentStatus)[keyof typeof AgentStatus];

/** True for the two kinds with which an episode ends. */
export function isEnd(kind: EventKind): boolean {
  return kind === EventKind.END_TERMINATED || kind === EventKind.END_TRUNCATED;
}

/** An episode that ended. */
export interface EpisodeSummary {
  readonly lane: number;
  /** Its number in the lane, from 0. */
  readonly episode: number;
  /** The seed the environment was reset with; 0 for others than the owner. */
  readonly seed: bigint;
  /** Its length. */
  readonly ticks: number;
  /** Macro-actions begun by all agents together. */
  readonly decisions: number;
  /** Undiscounted sum of the rewards of all ticks. */
  readonly totalReward: number;
  /** Sum of gamma^t r_t. */
  readonly discountedReward: number;
  /** Figures that the environment adds. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** A lane that failed. */
export interface LaneFault {
  readonly lane: number;
  readonly episode: number;
  /** The last good tick. */
  readonly tick: number;
  readonly message: string;
}

/** A decision that is owed: row and agent of {@link Events}, and the row's lane. */
export interface Pending {
  readonly row: number;
  readonly lane: number;
  readonly agent: number;
}

/** Observations and legal macro-actions of the agents of each group. */
export class AgentSlabs {
  /** For each group: rows x agents of the group x O_g elements. */
  readonly observations: readonly TensorArray[];
  /** For each group: rows x agents of the group x A_g bytes, 1 where legal. */
  readonly legal: readonly Uint8Array[];

  constructor(
    private readonly spec: TeamSpec,
    rows: number,
    groups: readonly GroupSlab[],
  ) {
    const specs = spec.message.groups;
    requireLength('groups', groups.length, specs.length);
    this.observations = groups.map((slab, g) => {
      const tensor = at(specs, g).observation;
      const values = view(tensor?.dtype ?? DataType.FLOAT32, slab.observation);
      requireLength(`groups[${g}].observation`, values.length, rows * at(spec.groupSizes, g) * elements(tensor));
      return values;
    });
    this.legal = groups.map((slab, g) => {
      const length = rows * at(spec.groupSizes, g) * at(specs, g).numActions;
      requireLength(`groups[${g}].legal`, slab.legal.length, length);
      return slab.legal;
    });
  }

  observation(row: number, agent: number): TensorArray {
    const group = this.spec.group(agent);
    const size = this.spec.observationSize(agent);
    const begin = (row * at(this.spec.groupSizes, group) + at(this.spec.ranks, agent)) * size;
    return at(this.observations, group).subarray(begin, begin + size);
  }

  legalOf(row: number, agent: number): Uint8Array {
    const group = this.spec.group(agent);
    const size = this.spec.actionCount(agent);
    const begin = (row * at(this.spec.groupSizes, group) + at(this.spec.ranks, agent)) * size;
    return at(this.legal, group).subarray(begin, begin + size);
  }
}

/**
 * What happened: k rows, each a moment at which a lane stopped, in ascending order of lane, episode, tick and kind.
 *
 * Rows r are 0..k-1 and agents (seats) 0..n-1. Arrays are views of the received message: they stay valid as long as they
 * are referenced, keep that whole message alive, and are not to be written to. Everything of agents that the session may
 * not see is zero, with status `HIDDEN`. What the session's `view` does not include throws an `Error` when asked for. An
 * index out of range throws a `RangeError`.
 */
export class Events {
  /** The environment that the rows are about. */
  readonly spec: TeamSpec;
  /** The number of rows, k. */
  readonly rows: number;
  /** Slabs by group, for those who want whole batches. */
  readonly agents: AgentSlabs;
  /** k lanes. */
  readonly lanes: readonly number[];
  /** k*n bytes, [row][seat]: {@link AgentStatus}. */
  readonly statuses: Uint8Array;
  /** k*n, [row][seat]: discounted reward since the agent's macro-action began. */
  readonly agentRewards: Float64Array;
  /** k*n, [row][seat]: ticks since the agent's macro-action began. */
  readonly agentTaus: Uint32Array;
  /** The episodes that began, one for each START row, in row order. */
  readonly started: readonly EpisodeStart[];
  /** The episodes that ended, one for each END row, in row order. */
  readonly ended: readonly EpisodeSummary[];
  /** The lanes that failed, one for each FAULT row, in row order. */
  readonly faults: readonly LaneFault[];
  /** Lanes still running, whose rows a later step collects; see `Decisions.minReady`. */
  readonly lanesRunning: number;
  /** Lanes that wait for decisions of other players only. */
  readonly lanesWaitingForOthers: number;
  readonly #batch: EventBatch;
  readonly #state: TensorArray;
  readonly #macroState: TensorArray;
  readonly #currentAction: TensorArray;
  readonly #rewardTrace: TensorArray;
  readonly #traceStart: readonly number[];

  /** Of an accepted answer. Throws a `RangeError` if a column has another length than the specification adds up to. */
  constructor(spec: TeamSpec, response: StepResponse) {
    const batch = response.events ?? emptyBatch(spec);
    const n = spec.size;
    const k = batch.rows;
    this.spec = spec;
    this.rows = k;
    this.#batch = batch;
    for (const name of ['lane', 'episode', 'tick', 'kind', 'jointReward', 'jointTau'] as const) {
      requireLength(name, batch[name].length, k);
    }
    this.lanes = batch.lane;
    this.statuses = batch.status;
    requireLength('status', this.statuses.length, k * n);
    this.agents = new AgentSlabs(spec, k, batch.groups);
    this.agentRewards = view(DataType.FLOAT64, batch.agentReward) as Float64Array;
    requireLength('agent_reward', this.agentRewards.length, k * n);
    this.agentTaus = uint32(batch.agentTau);
    requireLength('agent_tau', this.agentTaus.length, k * n);
    const stateType = spec.message.state?.dtype ?? DataType.FLOAT32;
    this.#state = view(stateType, batch.state);
    requireLength('state', this.#state.length, k * spec.stateSize, 0);
    this.#macroState = view(stateType, batch.macroState);
    requireLength('macro_state', this.#macroState.length, k * n * spec.stateSize, 0);
    this.#currentAction = view(DataType.INT32, batch.currentAction);
    requireLength('current_action', this.#currentAction.length, k * n, 0);
    this.#rewardTrace = view(DataType.FLOAT64, batch.rewardTrace);
    const starts = [0];
    let ticks = 0;
    for (const tau of batch.jointTau) {
      ticks += tau;
      starts.push(ticks);
    }
    this.#traceStart = starts;
    requireLength('reward_trace', this.#rewardTrace.length, ticks, 0);
    requireLength('absent', batch.absent.length, k * n, 0);
    this.started = batch.started;
    this.ended = batch.ended.map(summary);
    this.faults = batch.faults.map(fault);
    this.lanesRunning = response.lanesRunning;
    this.lanesWaitingForOthers = response.lanesWaitingForOthers;
  }

  /** The lane. */
  lane(r: number): number {
    return at(this.lanes, r);
  }

  /** Number of the episode in its lane, from 0. */
  episode(r: number): number {
    return at(this.#batch.episode, r);
  }

  /** Ticks since the episode began. */
  tick(r: number): number {
    return at(this.#batch.tick, r);
  }

  /** Why the lane stopped. */
  kind(r: number): EventKind {
    const code = at(this.#batch.kind, r);
    return code >= EventKind.START && code <= EventKind.FAULT ? (code as EventKind) : EventKind.TICK_LIMIT;
  }

  /** What happened to the agent. */
  status(r: number, agent: number): AgentStatus {
    const code = at(this.statuses, this.#cell(r, agent));
    return code <= AgentStatus.FRESH ? (code as AgentStatus) : AgentStatus.HIDDEN;
  }

  /** True if the agent owes a decision, before the lane's clock can move. */
  pending(r: number, agent: number): boolean {
    const kind = this.kind(r);
    if (kind !== EventKind.START && kind !== EventKind.DECISION) {
      return false;
    }
    const status = this.status(r, agent);
    return status === AgentStatus.DONE || status === AgentStatus.FAILED || status === AgentStatus.FRESH;
  }

  /** Every decision that is owed, in order of row and then of seat. Leave out seats that others play. */
  *pendings(): Generator<Pending> {
    for (let row = 0; row < this.rows; row++) {
      for (let agent = 0; agent < this.spec.size; agent++) {
        if (this.pending(row, agent)) {
          yield { row, lane: this.lane(row), agent };
        }
      }
    }
  }

  /** The macro-observation that the agent holds: `spec.observationSize(agent)` elements. */
  observation(r: number, agent: number): TensorArray {
    this.#cell(r, agent);
    return this.agents.observation(r, agent);
  }

  /** For each macro-action, 1 if the agent may choose it; if it is not pending: as of when it last could. */
  legal(r: number, agent: number): Uint8Array {
    this.#cell(r, agent);
    return this.agents.legalOf(r, agent);
  }

  /** Discounted sum of the shared rewards of the {@link jointTau} ticks since the lane's previous row. */
  jointReward(r: number): number {
    return at(this.#batch.jointReward, r);
  }

  /** Ticks since the lane's previous row; the discount between the two rows is gamma to this power. */
  jointTau(r: number): number {
    return at(this.#batch.jointTau, r);
  }

  /** Discounted sum of the rewards of the {@link agentTau} ticks since the agent's macro-action began. */
  agentReward(r: number, agent: number): number {
    return at(this.agentRewards, this.#cell(r, agent));
  }

  /** Ticks since the agent's macro-action began; of the one that has just ended, if one has. */
  agentTau(r: number, agent: number): number {
    return at(this.agentTaus, this.#cell(r, agent));
  }

  /** The global state: `spec.stateSize` elements. Needs `view.state`. */
  state(r: number): TensorArray {
    this.#row(r);
    requireView(this.#state.length > 0 || this.spec.stateSize === 0, 'state');
    return this.#state.subarray(r * this.spec.stateSize, (r + 1) * this.spec.stateSize);
  }

  /** The global state when the agent last received a macro-observation: `spec.stateSize` elements. Needs `view.macroState`. */
  macroState(r: number, agent: number): TensorArray {
    const cell = this.#cell(r, agent);
    requireView(this.#macroState.length > 0 || this.spec.stateSize === 0, 'macroState');
    return this.#macroState.subarray(cell * this.spec.stateSize, (cell + 1) * this.spec.stateSize);
  }

  /** The macro-action in force on the last tick; -1 at the start of an episode. Needs `view.currentActions`. */
  currentAction(r: number, agent: number): number {
    const cell = this.#cell(r, agent);
    requireView(this.#currentAction.length > 0, 'currentActions');
    return Number(at<number | bigint>(this.#currentAction, cell));
  }

  /** The shared reward of each of the {@link jointTau} ticks since the lane's previous row. Needs `view.rewardTrace`. */
  rewardTrace(r: number): Float64Array {
    this.#row(r);
    requireView(this.#rewardTrace.length > 0 || at(this.#traceStart, this.rows) === 0, 'rewardTrace');
    return this.#rewardTrace.subarray(at(this.#traceStart, r), at(this.#traceStart, r + 1)) as Float64Array;
  }

  /** True if the agent's macro-action was chosen by the server, because its player was absent. */
  absent(r: number, agent: number): boolean {
    const cell = this.#cell(r, agent);
    return this.#batch.absent.length > 0 && this.#batch.absent[cell] !== 0;
  }

  /** One line for each row. */
  toString(): string {
    const lines: string[] = [];
    for (let r = 0; r < this.rows; r++) {
      lines.push(`lane ${this.lane(r)} episode ${this.episode(r)} tick ${this.tick(r)} ${WireKind[this.kind(r)]}`);
    }
    return lines.join('\n');
  }

  #row(r: number): void {
    if (!Number.isInteger(r) || r < 0 || r >= this.rows) {
      throw new RangeError(`row: ${r} (expected: an integer in 0..${this.rows - 1})`);
    }
  }

  #cell(r: number, agent: number): number {
    this.#row(r);
    if (!Number.isInteger(agent) || agent < 0 || agent >= this.spec.size) {
      throw new RangeError(`agent: ${agent} (expected: an integer in 0..${this.spec.size - 1})`);
    }
    return r * this.spec.size + agent;
  }
}

/** What the agents of some lanes hold now: row r is the r-th lane asked for, ascending. Arrays as in {@link Events}. */
export class MacroObservations {
  constructor(
    readonly spec: TeamSpec,
    /** k lanes. */
    readonly lanes: readonly number[],
    /** k*n bytes: {@link AgentStatus} at the lane's last event. */
    readonly statuses: Uint8Array,
    /** k*n bytes: 1 where the seat owes a decision now. */
    readonly pendingSeats: Uint8Array,
    /** k*n: the current macro-action; -1 before the first. */
    readonly currentActions: Int32Array,
    /** Observations and legal macro-actions. */
    readonly agents: AgentSlabs,
  ) {}
}

/** Macro-states of some lanes now: row r is the r-th lane asked for, ascending. */
export interface MacroStates {
  /** k lanes. */
  readonly lanes: readonly number[];
  /** k*n*S elements, [row][seat][element]. A row as one vector is the joint macro-state. */
  readonly macroState: TensorArray;
  /** k*S elements; empty without `view.state`. */
  readonly state: TensorArray;
}

function requireLength(name: string, length: number, expected: number, orElse = expected): void {
  if (length !== expected && length !== orElse) {
    throw new RangeError(`${name}: length ${length} (expected: ${expected})`);
  }
}

function requireView(present: boolean, name: string): void {
  if (!present) {
    throw new Error(`${name}: not received (expected: a session with view.${name})`);
  }
}

function emptyBatch(spec: TeamSpec): EventBatch {
  const none = new Uint8Array(0);
  return {
    rows: 0,
    lane: [],
    episode: [],
    tick: [],
    kind: none,
    status: none,
    groups: spec.message.groups.map(() => ({ observation: none, legal: none })),
    jointReward: [],
    jointTau: [],
    agentReward: none,
    agentTau: none,
    state: none,
    macroState: none,
    currentAction: none,
    rewardTrace: none,
    absent: none,
    ended: [],
    faults: [],
    started: [],
  };
}

function summary(message: EpisodeSummaryMessage): EpisodeSummary {
  return { ...message, metrics: Object.fromEntries(Object.entries(message.metrics)) };
}

function fault(message: LaneFaultMessage): LaneFault {
  const { lane, episode, tick, status } = message;
  return { lane, episode, tick, message: status?.message ?? '' };
}
