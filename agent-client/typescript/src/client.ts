import { randomUUID } from 'node:crypto';
import { errorOf } from './errors.js';
import type { Duration } from './gen/google/protobuf/duration.js';
import { CatalogServiceService, type EnvironmentEntry, type ServerLimits } from './gen/macenv/v1/catalog.js';
import { RecordingMode, type RecordingOptions as WireRecordingOptions } from './gen/macenv/v1/recording.js';
import {
  CreateSessionRequest,
  type DeepPartial,
  type InviteOptions,
  JoinRequest,
  Role,
  SeatAssignment,
  SessionServiceService,
  View as ViewMessage,
  ResetMode as WireResetMode,
} from './gen/macenv/v1/session.js';
import type { RecordingOptions } from './recording.js';
import type { Patience } from './retry.js';
import { type Invite, type ResetMode, Session, type SessionKey, type Snapshot } from './session.js';
import { TeamSpec } from './spec.js';
import { type Tls, Transport } from './transport.js';

const PROTOCOL = 'macenv.v1';

/** How a client talks to a server. */
export interface ConnectOptions {
  /** Encryption. Default: none; `true` trusts the authorities that Node.js trusts. */
  readonly tls?: boolean | Tls;
  /** Sent with every call as `authorization: Bearer TOKEN`. Printable ASCII without spaces. */
  readonly token?: string;
  /** How steps travel: on one long-lived stream for each session, the faster one and the default, or as one call each. */
  readonly transport?: 'stream' | 'unary';
  /** How long one attempt at a call may take before it is tried again, in milliseconds. Default: 30,000. */
  readonly attemptTimeoutMs?: number;
  /** How long a call is tried again while the server cannot be reached, in milliseconds. Default: 120,000. */
  readonly patienceMs?: number;
  /** How long a step may take in all, waiting for other players included, in milliseconds. Default: 600,000. */
  readonly stepTimeoutMs?: number;
}

/** What a session receives beyond the ordinary. All but `rewardTrace` is meant for training, not for execution. */
export interface View {
  /** The global state at each event, and metrics of ended episodes. */
  readonly state?: boolean;
  /** Each agent's macro-state at each event. */
  readonly macroState?: boolean;
  /** The macro-actions in force. */
  readonly currentActions?: boolean;
  /** The reward of every single tick. */
  readonly rewardTrace?: boolean;
  /** What belongs to agents outside the session's seats. */
  readonly otherAgents?: boolean;
  /** The right to render. */
  readonly render?: boolean;
}

/** Values of an environment's settings by name. */
export type Settings = Readonly<Record<string, number | boolean | string>>;

/** The session wanted. The server checks it. */
export interface SessionOptions {
  /** Absent ones take their defaults. */
  readonly settings?: Settings;
  /** Copies of the environment, at least 1. Default: 1. */
  readonly lanes?: number;
  /** None (the server draws them), one (lane seeds are derived from it), or one for each lane; 0..2^64-1. */
  readonly seeds?: readonly (bigint | number)[];
  /** Discount per tick in the accumulated rewards, 0..1. Default: 1. */
  readonly gamma?: number;
  /** What follows the end of an episode. Default: AUTO. */
  readonly resetMode?: ResetMode;
  /** What to receive. Default: nothing privileged. */
  readonly view?: View;
  /** Seats that other programs play: nothing runs before all of them have been joined. Default: none. */
  readonly openSeats?: readonly number[];
  /** The most that others may see who have no seat and only `watch`, any number of them. Default: nobody may. */
  readonly spectators?: View;
  /** How long the session survives silence, in milliseconds. Default: the server's. */
  readonly leaseMs?: number;
  /** Every lane begins as a copy (a fork) of it, with its seeds: without `seeds`. Parent and copies share nothing. */
  readonly snapshot?: Snapshot;
  /** What the server records, see `Session.fetchRecording`. Default: nothing. */
  readonly recording?: RecordingOptions;
}

/** The place wanted in a session of somebody else. The server checks it. */
export interface JoinOptions {
  /** Wanted, among the invite's; absent for all of them that are free. */
  readonly seats?: readonly number[];
  /** What to receive, at most what the invite allows. */
  readonly view?: View;
  /** A name for this place: joining again with the same one, from whatever process, comes back to it. */
  readonly requestId?: string;
  /** How long the place is kept through silence, in milliseconds. Default: the server's. */
  readonly leaseMs?: number;
}

/** How to come back to a session. */
export interface AttachOptions {
  /**
   * Number of the last step that was sent, 0 if there was none, to go on in the middle of it: the next `step` is to be given
   * its decisions (and limits) once more. It is executed if the server has not taken it yet; otherwise only its events are
   * waited for, and `session.nextStepTaken` says so. For this a program keeps, before each step, `session.lastStepId + 1n`
   * and the decisions.
   */
  readonly sentStepId?: bigint;
}

/** What a server is. */
export interface ServerInfo {
  /** The protocol packages served, for example `macenv.v1`. */
  readonly protocols: readonly string[];
  readonly server: string;
  readonly version: string;
  /** Optional features present, for example `play`, `seats`. */
  readonly features: readonly string[];
  readonly limits: ServerLimits | undefined;
}

/**
 * A client of the server at a target; does not wait for it to be there.
 *
 * @param target `host:port`, `dns:///host:port` or `unix:/path` (Unix domain socket)
 * @throws RangeError if the target can be none, such as a web address; or an option cannot be used: one out of range, or a certificate that is none
 */
export function connect(target: string, options: ConnectOptions = {}): Client {
  return new Client(target, options);
}

/** A client of an environment server. Made by {@link connect}; close it when done, after the sessions. */
export class Client {
  readonly #transport: Transport;
  readonly #stream: boolean;

  /** @internal */
  constructor(target: string, options: ConnectOptions) {
    // gRPC would look up anything else in vain, for as long as patience lasts.
    if (/^(https?|grpcs?):/.test(target) || !target.includes(':')) {
      throw new RangeError(
        `target: ${target} (expected: host:port, such as localhost:50051, dns:///host:port or unix:/path)`,
      );
    }
    const patience: Patience = {
      attemptTimeoutMs: options.attemptTimeoutMs ?? 30_000,
      patienceMs: options.patienceMs ?? 120_000,
      stepTimeoutMs: options.stepTimeoutMs ?? 600_000,
    };
    for (const [name, value] of Object.entries(patience)) {
      if (!Number.isFinite(value) || value < 0 || (value === 0 && name !== 'patienceMs')) {
        throw new RangeError(`${name}: ${value} (expected: a positive number of milliseconds)`);
      }
    }
    if (options.token !== undefined && !/^[!-~]+$/.test(options.token)) {
      throw new RangeError(
        `token: ${options.token.length} characters, some of which cannot be sent (expected: printable ASCII without spaces)`,
      );
    }
    this.#transport = new Transport(target, options.tls ?? false, options.token, patience);
    this.#stream = options.transport !== 'unary';
  }

  /**
   * What the server is.
   *
   * @throws FeatureAbsentError if it does not speak `macenv.v1`
   */
  async serverInfo(): Promise<ServerInfo> {
    const { protocols, server, version, features, limits } = await this.#transport.call(
      CatalogServiceService.getServerInfo,
      {},
    );
    if (!protocols.includes(PROTOCOL)) {
      throw errorOf({
        code: 'UNIMPLEMENTED',
        reason: '',
        message: `protocols that ${server} ${version} speaks: ${protocols.join(', ')} (expected: ${PROTOCOL})`,
        violations: [],
        metadata: {},
        retryAfterMs: undefined,
      });
    }
    return { protocols, server, version, features, limits };
  }

  /** All environments that the server offers, ascending by id. */
  async environments(): Promise<EnvironmentEntry[]> {
    const entries: EnvironmentEntry[] = [];
    let pageToken = '';
    do {
      const page = await this.#transport.call(CatalogServiceService.listEnvironments, { pageSize: 0, pageToken });
      entries.push(...page.environments);
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    return entries;
  }

  /**
   * The specification of an environment.
   *
   * @param environment `id` or `id@version`
   * @param settings absent ones take their defaults
   */
  async environment(environment: string, settings: Settings = {}): Promise<TeamSpec> {
    const config = { ...settings };
    const { spec } = await this.#transport.call(CatalogServiceService.getEnvironment, { environment, config });
    return new TeamSpec(given('spec', spec));
  }

  /**
   * Creates a session, owned by the caller, who closes it.
   *
   * @param environment `id` or `id@version`
   */
  async createSession(environment: string, options: SessionOptions = {}): Promise<Session> {
    const lanes = options.lanes ?? 1;
    const request = CreateSessionRequest.fromPartial({
      environment,
      config: { ...options.settings },
      lanes,
      seeds: (options.seeds ?? []).map(BigInt),
      gamma: options.gamma ?? 1,
      resetMode: options.resetMode === 'MANUAL' ? WireResetMode.MANUAL : WireResetMode.AUTO,
      ownerView: ViewMessage.fromPartial(options.view ?? {}),
      seats: (options.openSeats ?? []).map((seat) => ({ seat, assignment: SeatAssignment.OPEN })),
      lease: duration(options.leaseMs),
      snapshot: options.snapshot?.data,
      recording: recording(options.recording),
      requestId: randomUUID(),
      invites: invites(options),
    });
    const created = await this.#transport.call(SessionServiceService.createSession, request);
    const { session, token, seeds, gamma, seats } = created;
    return this.#session({ session, token }, 0n, {
      spec: new TeamSpec(given('spec', created.spec)),
      lanes,
      seeds,
      invites: created.invites.map((invite) => ({ session, token: invite.token, seats: invite.options?.seats ?? [] })),
      gamma,
      resetMode: resetMode(created.resetMode),
      seats,
    });
  }

  /**
   * Takes seats in a session of somebody else, next to other players. `session.step` then waits until one of its own seats
   * has to decide, however long others take. The caller closes the session, which gives the seats back.
   */
  async join(invite: Invite, options: JoinOptions = {}): Promise<Session> {
    const { session } = invite;
    const request = JoinRequest.fromPartial({
      session,
      invite: invite.token,
      seats: [...(options.seats ?? [])],
      view: ViewMessage.fromPartial(options.view ?? {}),
      requestId: options.requestId ?? randomUUID(),
      lease: duration(options.leaseMs),
    });
    const joined = await this.#transport.call(SessionServiceService.join, request);
    const key = { session, token: joined.token };
    // A requestId that the caller chose may lead back to a place in which steps have been taken already.
    const lastStepId = options.requestId === undefined ? 0n : await this.#lastStepId(key);
    return this.#session(key, lastStepId, {
      spec: new TeamSpec(given('spec', joined.spec)),
      lanes: joined.lanes,
      seeds: [],
      invites: [],
      gamma: joined.gamma,
      resetMode: resetMode(joined.resetMode),
      seats: joined.seats,
    });
  }

  /**
   * Comes back to a session whose connection or process was lost. Its first `step` without decisions returns the rows that
   * wait for decisions.
   *
   * @throws RequestRefusedError `STEP_ID_MISMATCH`: the session has taken another number of steps than `sentStepId`
   */
  async attach(key: SessionKey, { sentStepId }: AttachOptions = {}): Promise<Session> {
    const { session, token } = key;
    const found = await this.#transport.call(SessionServiceService.getSession, { session, token, includeSpec: true });
    const grant = given('grant', found.grant);
    const taken = grant.lastStepId;
    if (sentStepId !== undefined && sentStepId !== taken && sentStepId !== taken + 1n) {
      throw errorOf({
        code: 'ABORTED',
        reason: 'STEP_ID_MISMATCH',
        message: `sentStepId: ${sentStepId} (expected: ${taken}, the last step that the session has taken, or ${taken + 1n})`,
        violations: [],
        metadata: { expected: String(taken + 1n) },
        retryAfterMs: undefined,
      });
    }
    const last = sentStepId === undefined ? taken : sentStepId === 0n ? 0n : sentStepId - 1n;
    const terms = {
      spec: new TeamSpec(given('spec', found.spec)),
      lanes: found.lanes.length,
      seeds: [],
      invites: [],
      gamma: found.gamma,
      resetMode: resetMode(found.resetMode),
      seats: grant.seats,
    };
    return this.#session({ session, token }, last, terms, taken);
  }

  /**
   * Frees the connection at once. Sessions that were not closed live on until their lease ends. Calls under way reject with
   * a `MacenvError`. Closing twice is fine.
   */
  close(): void {
    this.#transport.close();
  }

  /** {@link close}, for `using` and `await using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  async #lastStepId(key: SessionKey): Promise<bigint> {
    const found = await this.#transport.call(SessionServiceService.getSession, { ...key, includeSpec: false });
    return given('grant', found.grant).lastStepId;
  }

  #session(
    key: SessionKey,
    lastStepId: bigint,
    terms: ConstructorParameters<typeof Session>[3],
    takenStepId = lastStepId,
  ): Session {
    return new Session(this.#transport, this.#stream, key, terms, lastStepId, takenStepId);
  }
}

function resetMode(wire: WireResetMode): ResetMode {
  return wire === WireResetMode.MANUAL ? 'MANUAL' : 'AUTO';
}

function recording(wish: RecordingOptions | undefined): DeepPartial<WireRecordingOptions> | undefined {
  if (wish === undefined) {
    return undefined;
  }
  const mode = wish.events === true ? RecordingMode.EVENTS : RecordingMode.DECISIONS;
  return { mode, privileged: wish.privileged ?? false, maxBytes: BigInt(wish.maxBytes ?? 0) };
}

function duration(ms: number | undefined): Duration | undefined {
  if (ms === undefined) {
    return undefined;
  }
  const seconds = Math.floor(ms / 1000);
  return { seconds: BigInt(seconds), nanos: Math.round((ms - seconds * 1000) * 1e6) };
}

function given<T>(name: string, value: T | undefined): T {
  if (value === undefined) {
    throw new TypeError(`${name}: absent from the server's answer (expected: always given)`);
  }
  return value;
}

/** None are asked for by name unless there may be spectators: whoever names invites names all of them. */
function invites({ openSeats = [], spectators }: SessionOptions): DeepPartial<InviteOptions>[] {
  if (spectators === undefined) {
    return [];
  }
  const players = [...openSeats].sort((a, b) => a - b).map((seat) => ({ seats: [seat], maxUses: 1 }));
  return [...players, { role: Role.SPECTATOR, maxView: spectators }];
}
