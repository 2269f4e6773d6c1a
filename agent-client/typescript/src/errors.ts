import { status as Code, Metadata, type ServiceError } from '@grpc/grpc-js';
import { BadRequest, ErrorInfo, RetryInfo } from './gen/google/rpc/error_details.js';
import { Status } from './gen/google/rpc/status.js';

/** The gRPC codes that the protocol uses; `UNKNOWN` for anything else. */
export type ErrorCode =
  | 'INVALID_ARGUMENT'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'PERMISSION_DENIED'
  | 'UNAUTHENTICATED'
  | 'FAILED_PRECONDITION'
  | 'ABORTED'
  | 'RESOURCE_EXHAUSTED'
  | 'UNIMPLEMENTED'
  | 'INTERNAL'
  | 'DATA_LOSS'
  | 'UNAVAILABLE'
  | 'DEADLINE_EXCEEDED'
  | 'UNKNOWN';

/** What is wrong with one field of a request. */
export interface FieldViolation {
  /** Path in the request, for example `config.grid` or `action[3]`. */
  readonly field: string;
  /** What is wrong, and what was expected. */
  readonly description: string;
}

/** A failure as it came off the wire. */
export interface Failure {
  readonly code: ErrorCode;
  /** The stable reason; empty if the failure did not come from a Macenv server. */
  readonly reason: string;
  readonly message: string;
  readonly violations: readonly FieldViolation[];
  readonly metadata: Readonly<Record<string, string>>;
  /** When trying again may help, in milliseconds. */
  readonly retryAfterMs: number | undefined;
}

/**
 * A call that failed. The subclasses say what a caller can do about it; {@link reason} says what happened, in a form that
 * does not change between releases; the message ends with {@link advice}.
 */
export abstract class MacenvError extends Error {
  /** The gRPC code. */
  readonly code: ErrorCode;
  /** The stable reason, for example `ACTION_ILLEGAL`; empty if the failure did not come from a Macenv server. */
  readonly reason: string;
  /** What is wrong with which field; all problems at once. Empty unless the code is `INVALID_ARGUMENT`. */
  readonly violations: readonly FieldViolation[];
  /** More about the reason, for example lane, seat and action. */
  readonly metadata: Readonly<Record<string, string>>;
  /** When trying again may help, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** What to do about it. */
  readonly advice: string;

  constructor(failure: Failure, cause?: unknown) {
    const advice = adviceFor(failure);
    super(describe(failure, advice), { cause });
    this.name = new.target.name;
    this.code = failure.code;
    this.reason = failure.reason;
    this.violations = failure.violations;
    this.metadata = failure.metadata;
    this.retryAfterMs = failure.retryAfterMs;
    this.advice = advice;
  }
}

/** The server has understood and refused; nothing has changed. A session goes on, unless it is over (`SESSION_CLOSED`). */
export class RequestRefusedError extends MacenvError {}

/** A credential is missing or wrong, or does not reach this far. */
export class AccessDeniedError extends MacenvError {}

/** A limit of the server is reached; later there may be room. */
export class LimitReachedError extends MacenvError {}

/** The server does not have this feature, or does not speak `macenv.v1` at all. */
export class FeatureAbsentError extends MacenvError {}

/** The server could not be reached, or did not finish, for as long as the client's patience lasts. */
export class ServerUnavailableError extends MacenvError {}

/** A defect of the server or of an environment. */
export class ServerFailureError extends MacenvError {}

const ADVICE: Readonly<Record<string, string>> = {
  INVALID_FIELD: 'correct the fields named above',
  ACTION_OUT_OF_RANGE: 'choose a macro-action below spec.actionCount(agent)',
  ACTION_ILLEGAL: 'choose among events.legal(row, agent); nothing has changed, decide again',
  SEAT_ONGOING: 'decide only where events.pending(row, agent); nothing has changed',
  SEAT_NOT_GRANTED: "ask the session's owner for an invite that includes this seat or view",
  OWNER_ONLY: 'only the program that created the session may do this',
  UNAUTHENTICATED:
    'check the token given to connect(); if it is right, the session is not on this server (was it restarted?): create another',
  ENVIRONMENT_NOT_FOUND: 'choose among client.environments()',
  SESSION_CLOSED: 'create another session; a longer leaseMs keeps one alive through longer silence',
  SEAT_TAKEN: 'wait until its lease ends, or take another seat',
  STEP_ID_MISMATCH: 'another program steps with the same key; let one do it, or come back with client.attach(key)',
  STEP_ID_REUSED: 'repeat a step with the decisions and limits that it had',
  STEP_IN_FLIGHT: 'another program steps with the same key; let one do it, or come back with client.attach(key)',
  SUPERSEDED: 'another program plays with the same key; let one do it',
  LANE_ENDED: 'session.reset() the lane first',
  LANE_FAULTED: 'session.reset() the lane first',
  SEATS_MISSING: 'wait until the other players have joined',
  CAPACITY_REACHED: 'close sessions that are no longer needed, or try again later',
  QUOTA_REACHED: 'close sessions that are no longer needed, or try again later',
  FEATURE_ABSENT: 'do without, or use a newer server; client.serverInfo() lists its features',
  NO_FALLBACK: 'choose a macro-action; -1 needs a seat with an absence policy',
  RESPONSE_TOO_LARGE: 'use fewer lanes or a smaller view',
  SERVER_DEFECT: "report it with the trace id above; the server's log has more",
  ENVIRONMENT_FAULT: "report it with the trace id above; the server's log has more",
};

function adviceFor(failure: Failure): string {
  const known = ADVICE[failure.reason];
  if (known !== undefined) {
    return known;
  }
  switch (failure.code) {
    case 'UNAVAILABLE':
      return 'check that the server runs, that the target is right, and that both sides agree on encryption and certificates (tls); a step may be repeated with the same decisions';
    case 'DEADLINE_EXCEEDED':
      return 'the server lives but has not finished; a step may be repeated with the same decisions';
    case 'UNIMPLEMENTED':
      return 'this server does not speak macenv.v1: check the target, or update the server';
    case 'UNAUTHENTICATED':
      return 'check the token given to connect()';
    default:
      return 'see the message';
  }
}

function describe(failure: Failure, advice: string): string {
  const reason = failure.reason === '' ? '' : ` ${failure.reason}`;
  const fields = failure.violations.map((v) => `\n  ${v.field}: ${v.description}`).join('');
  const trace = failure.metadata.trace === undefined ? '' : ` (trace ${failure.metadata.trace})`;
  return `${failure.code}${reason}: ${failure.message}${trace}${fields}\n  what to do: ${advice}`;
}

/** The error that fits the failure's code. */
export function errorOf(failure: Failure, cause?: unknown): MacenvError {
  switch (failure.code) {
    case 'INVALID_ARGUMENT':
    case 'NOT_FOUND':
    case 'ALREADY_EXISTS':
    case 'FAILED_PRECONDITION':
    case 'ABORTED':
      return new RequestRefusedError(failure, cause);
    case 'PERMISSION_DENIED':
    case 'UNAUTHENTICATED':
      return new AccessDeniedError(failure, cause);
    case 'RESOURCE_EXHAUSTED':
      return new LimitReachedError(failure, cause);
    case 'UNIMPLEMENTED':
      return new FeatureAbsentError(failure, cause);
    case 'UNAVAILABLE':
    case 'DEADLINE_EXCEEDED':
      return new ServerUnavailableError(failure, cause);
    case 'INTERNAL':
    case 'DATA_LOSS':
    case 'UNKNOWN':
      return new ServerFailureError(failure, cause);
  }
}

/** A failed attempt at a call: a gRPC status, on its way to being tried again or translated. */
export class CallFailure extends Error {
  constructor(
    readonly code: Code,
    readonly details: string,
    readonly status: Status | undefined,
    readonly trailerReason: string,
  ) {
    super(`${Code[code]}: ${details}`);
  }

  /** Reads what grpc-js reports. */
  static of(error: ServiceError): CallFailure {
    const metadata = error.metadata ?? new Metadata();
    const [binary] = metadata.get('grpc-status-details-bin');
    const [trailer] = metadata.get('macenv-reason');
    let status: Status | undefined;
    try {
      status = binary instanceof Uint8Array ? Status.decode(binary) : undefined;
    } catch {
      status = undefined; // not ours: a proxy's details; code and message remain
    }
    return new CallFailure(error.code, error.details, status, typeof trailer === 'string' ? trailer : '');
  }

  /** Reads the error of one step on a stream. */
  static inStream(status: Status): CallFailure {
    return new CallFailure(status.code, status.message, status, '');
  }

  /** An attempt that ran out of time without a word from the server. */
  static timedOut(): CallFailure {
    return new CallFailure(Code.DEADLINE_EXCEEDED, 'no answer in time', undefined, '');
  }

  /** What broke the connection before may have let its last request through, after the first one of this stream. */
  static late(): CallFailure {
    const message = 'an older stream of this session took over, whose request came late';
    return new CallFailure(Code.UNAVAILABLE, message, undefined, '');
  }

  /** What the failure tells about the way to the server. */
  kind(): 'UNREACHABLE' | 'SLOW' | 'BROKEN_TRANSPORT' | 'ANSWER' {
    switch (this.code) {
      case Code.UNAVAILABLE:
        return 'UNREACHABLE';
      case Code.DEADLINE_EXCEEDED:
        return 'SLOW';
      case Code.INTERNAL:
      case Code.CANCELLED:
      case Code.UNKNOWN:
        return this.toFailure().reason === '' ? 'BROKEN_TRANSPORT' : 'ANSWER';
      default:
        return 'ANSWER';
    }
  }

  toFailure(): Failure {
    const violations: FieldViolation[] = [];
    let reason = this.trailerReason;
    let metadata: Record<string, string> = {};
    let retryAfterMs: number | undefined;
    for (const detail of this.status?.details ?? []) {
      const type = detail.typeUrl.slice(detail.typeUrl.lastIndexOf('/') + 1);
      if (type === 'google.rpc.ErrorInfo') {
        const info = ErrorInfo.decode(detail.value);
        reason = info.reason;
        metadata = Object.fromEntries(Object.entries(info.metadata));
      } else if (type === 'google.rpc.BadRequest') {
        for (const { field, description } of BadRequest.decode(detail.value).fieldViolations) {
          violations.push({ field, description });
        }
      } else if (type === 'google.rpc.RetryInfo') {
        const delay = RetryInfo.decode(detail.value).retryDelay;
        retryAfterMs = delay === undefined ? undefined : Number(delay.seconds) * 1000 + delay.nanos / 1e6;
      }
    }
    return { code: errorCode(this.code), reason, message: this.details, violations, metadata, retryAfterMs };
  }

  toError(): MacenvError {
    return errorOf(this.toFailure(), this);
  }
}

function errorCode(code: Code): ErrorCode {
  switch (code) {
    case Code.OUT_OF_RANGE:
      return 'INVALID_ARGUMENT';
    case Code.OK:
    case Code.CANCELLED:
    case Code.UNKNOWN:
      return 'UNKNOWN';
    default:
      return (Code[code] as ErrorCode | undefined) ?? 'UNKNOWN';
  }
}
