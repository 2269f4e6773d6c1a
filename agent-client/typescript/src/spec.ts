import { DataType, type EnvSpec, type MacroActionSpec, type TensorSpec } from './gen/macenv/v1/spec.js';

/** Elements of a tensor, flattened; the array's class follows the specification's element type. */
export type TensorArray = Uint8Array | Int32Array | BigInt64Array | Float32Array | Float64Array;

/**
 * An environment as its players see it: the team, its macro-actions, the sizes of everything.
 *
 * {@link message} has the whole of it: bounds, labels, settings.
 */
export class TeamSpec {
  /** The specification as it came. */
  readonly message: EnvSpec;
  /** Place of each agent among those of its group. */
  readonly ranks: readonly number[];
  readonly #observationSizes: readonly number[];
  readonly #actionCounts: readonly number[];

  constructor(message: EnvSpec) {
    this.message = message;
    const sizes = message.groups.map(() => 0);
    this.ranks = message.agents.map((agent) => {
      const rank = at(sizes, agent.group);
      sizes[agent.group] = rank + 1;
      return rank;
    });
    this.groupSizes = sizes;
    this.#observationSizes = message.agents.map(({ group }) => elements(at(message.groups, group).observation));
    this.#actionCounts = message.agents.map(({ group }) => at(message.groups, group).numActions);
    this.stateSize = elements(message.state);
  }

  /** Number of agents of each group. */
  readonly groupSizes: readonly number[];
  /** Elements of the global state, S. */
  readonly stateSize: number;

  /** Registered id, for example `bp-10`. */
  get environment(): string {
    return this.message.id;
  }

  /** Version of the environment's rules. */
  get version(): string {
    return this.message.version;
  }

  /** Hash of everything that bears on trajectories and shapes: 64 hexadecimal digits. */
  get fingerprint(): string {
    return this.message.fingerprint;
  }

  /** The number of agents, n. */
  get size(): number {
    return this.message.agents.length;
  }

  /** Most ticks in an episode; 0 if there is no limit. */
  get horizon(): number {
    return this.message.horizon;
  }

  /** True if all agents share one reward. */
  get cooperative(): boolean {
    return this.message.cooperative;
  }

  /** Name of the agent, unique in the team. */
  agentName(agent: number): string {
    return at(this.message.agents, agent).name;
  }

  /** Index of the agent's group. */
  group(agent: number): number {
    return at(this.message.agents, agent).group;
  }

  /** The agent's macro-actions; a macro-action's place in this list is its id. */
  macroActions(agent: number): readonly MacroActionSpec[] {
    return at(this.message.agents, agent).macroActions;
  }

  /** Number of the agent's macro-actions, A. */
  actionCount(agent: number): number {
    return at(this.#actionCounts, agent);
  }

  /** Elements of the agent's macro-observation, O. */
  observationSize(agent: number): number {
    return at(this.#observationSizes, agent);
  }
}

/** Number of elements of a tensor. */
export function elements(spec: TensorSpec | undefined): number {
  return spec === undefined ? 0 : spec.shape.reduce((product, extent) => product * extent, 1);
}

/** The element, or a RangeError that names the index. */
export function at<T>(list: ArrayLike<T>, index: number): T {
  const value = list[index];
  if (value === undefined) {
    throw new RangeError(`index: ${index} (expected: an integer in 0..${list.length - 1})`);
  }
  return value;
}

if (new Uint8Array(new Uint16Array([1]).buffer)[0] !== 1) {
  throw new Error('byte order: big-endian (expected: little-endian, which slabs are read in)');
}

/** Bytes of one element. */
function width(type: DataType): 1 | 4 | 8 {
  switch (type) {
    case DataType.UINT8:
    case DataType.BOOL:
      return 1;
    case DataType.INT32:
    case DataType.FLOAT32:
      return 4;
    case DataType.INT64:
    case DataType.FLOAT64:
      return 8;
    default:
      throw new TypeError(`dtype: ${type} (expected: one that this client knows; a newer client may)`);
  }
}

/**
 * The bytes as elements, without a copy where they lie at a multiple of the element's width. Where they do not (protobuf
 * aligns nothing) they are copied once.
 */
export function view(type: DataType, bytes: Uint8Array): TensorArray {
  const wide = width(type);
  const source = bytes.byteOffset % wide === 0 ? bytes : Uint8Array.from(bytes);
  const { buffer, byteOffset } = source;
  const length = source.byteLength / wide;
  switch (type) {
    case DataType.INT32:
      return new Int32Array(buffer, byteOffset, length);
    case DataType.INT64:
      return new BigInt64Array(buffer, byteOffset, length);
    case DataType.FLOAT32:
      return new Float32Array(buffer, byteOffset, length);
    case DataType.FLOAT64:
      return new Float64Array(buffer, byteOffset, length);
    default:
      return source;
  }
}

/** {@link view} as unsigned 32-bit integers. */
export function uint32(bytes: Uint8Array): Uint32Array {
  const { buffer, byteOffset, length } = view(DataType.INT32, bytes);
  return new Uint32Array(buffer, byteOffset, length);
}
