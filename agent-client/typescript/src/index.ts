/**
 * Plays multi-agent environments in which agents decide at different times. Start at {@link connect}.
 *
 * @packageDocumentation
 */
export * from './client.js';
export { Decisions } from './decisions.js';
export { TrajectoryDigest } from './digest.js';
export {
  AccessDeniedError,
  type ErrorCode,
  FeatureAbsentError,
  type FieldViolation,
  LimitReachedError,
  MacenvError,
  RequestRefusedError,
  ServerFailureError,
  ServerUnavailableError,
} from './errors.js';
export {
  type AgentSlabs,
  AgentStatus,
  type EpisodeStart,
  type EpisodeSummary,
  EventKind,
  Events,
  isEnd,
  type LaneFault,
  type MacroObservations,
  type MacroStates,
  type Pending,
} from './events.js';
export type { EnvironmentEntry, ServerLimits } from './gen/macenv/v1/catalog.js';
export { DataType, type EnvSpec, type MacroActionSpec, type TensorSpec } from './gen/macenv/v1/spec.js';
export { EpisodeLoop } from './loop.js';
export { type Policy, RandomPolicy, ScriptedPolicy } from './policy.js';
export { episodeSeed, laneSeed, type RandomGenerator, SplittableRandom } from './random.js';
export {
  type RecordedClose,
  type RecordedDecisions,
  type RecordedEntry,
  type RecordedEvents,
  type RecordedGrant,
  type RecordedLane,
  type RecordedReset,
  type RecordedTruncation,
  Recording,
  type RecordingHeader,
  type RecordingOptions,
} from './recording.js';
export type { Drawing, Invite, ResetMode, ResetOptions, Session, SessionKey, Snapshot } from './session.js';
export type { TeamSpec, TensorArray } from './spec.js';
export type { Tls } from './transport.js';
export type { Watch } from './watch.js';
