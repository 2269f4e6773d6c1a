// Plays with a policy that the trainer has exported (bin/avf export RUN), in the environment that it was trained on.
//   node dist/examples/exported-policy.js DIRECTORY [TARGET] [EPISODES]
// docs/export.md says what is in the directory.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import {
  connect,
  EpisodeLoop,
  EventKind,
  type Events,
  type Policy,
  type RandomGenerator,
  SplittableRandom,
} from '../src/index.js';

/** The parts of manifest.json that it takes to play. */
interface Manifest {
  readonly environment: {
    readonly id: string;
    readonly fingerprint: string;
    readonly settings: Readonly<Record<string, number | boolean | string>>;
  };
  readonly networks: readonly {
    readonly file: string;
    readonly joint: boolean;
    readonly inputs: readonly { readonly name: string; readonly size: number }[];
    readonly agents: readonly { readonly seat: number }[];
  }[];
}

/** Decides with exported networks, one step of a network for each decision of its agent. */
class ExportedPolicy implements Policy {
  readonly #networks = new Map<number, { session: InferenceSession; inputs: Manifest['networks'][number]['inputs'] }>();
  /** By lane and seat, from one decision to the next: hidden states and macro-actions. */
  readonly #carried = new Map<string, Record<string, Tensor>>();
  readonly #random: RandomGenerator;

  private constructor(
    readonly manifest: Manifest,
    random: RandomGenerator,
  ) {
    this.#random = random;
  }

  /** Loads all networks; the generator draws the choices of those that are not greedy (actors). */
  static async load(directory: string, random: RandomGenerator): Promise<ExportedPolicy> {
    const policy = new ExportedPolicy(JSON.parse(await readFile(join(directory, 'manifest.json'), 'utf8')), random);
    for (const { file, joint, inputs, agents } of policy.manifest.networks) {
      if (joint) {
        throw new Error(`${file}: decides for the team (expected: a network for one agent at a time)`);
      }
      const session = await InferenceSession.create(join(directory, file));
      for (const { seat } of agents) {
        policy.#networks.set(seat, { session, inputs });
      }
    }
    return policy;
  }

  async choose(events: Events, row: number, agent: number): Promise<number> {
    const network = this.#networks.get(agent);
    if (network === undefined) {
      throw new Error(`agent ${agent}: no network (expected: one of ${[...this.#networks.keys()].join(', ')})`);
    }
    const place = `${events.lane(row)}/${agent}`;
    let given = this.#carried.get(place);
    if (given === undefined || events.kind(row) === EventKind.START) {
      given = Object.fromEntries(network.inputs.map(({ name, size }) => [name, rowOf(new Float32Array(size))]));
      if ('agent' in given) {
        given.agent = oneHot(agent, network.inputs.find(({ name }) => name === 'agent')?.size ?? 0);
      }
      this.#carried.set(place, given);
    }
    given.observation = rowOf(Float32Array.from<number | bigint>(events.observation(row, agent), Number));
    const { utilities, logits, nextHidden } = await network.session.run(given);

    const values = (utilities ?? logits)?.data as Float32Array;
    const legal = events.legal(row, agent);
    let chosen = -1;
    let highest = Number.NEGATIVE_INFINITY;
    values.forEach((value, action) => {
      // With Gumbel's noise the highest is a draw from the softmax.
      const noisy = logits === undefined ? value : value - Math.log(-Math.log(uniform(this.#random)));
      if (legal[action] !== 0 && noisy > highest) {
        chosen = action;
        highest = noisy;
      }
    });
    if (nextHidden !== undefined) {
      given.hidden = nextHidden;
    }
    if ('lastMacroAction' in given) {
      given.lastMacroAction = oneHot(chosen, values.length);
    }
    return chosen;
  }
}

function rowOf(values: Float32Array): Tensor {
  return new Tensor('float32', values, [1, values.length]);
}

function oneHot(index: number, size: number): Tensor {
  return rowOf(Float32Array.from({ length: size }, (_, i) => (i === index ? 1 : 0)));
}

/** Between 0 and 1, and neither of them. */
function uniform(random: RandomGenerator): number {
  return (random.nextInt(2 ** 31 - 1) + 0.5) / (2 ** 31 - 1);
}

const [directory, target = 'localhost:50051', episodes = '1'] = process.argv.slice(2);
if (directory === undefined) {
  throw new Error('usage: node dist/examples/exported-policy.js DIRECTORY [TARGET] [EPISODES]');
}
const policy = await ExportedPolicy.load(directory, new SplittableRandom(1));
const { id, settings, fingerprint } = policy.manifest.environment;

using client = connect(target);
await using session = await client.createSession(id, { settings, seeds: [7n] });
if (session.spec.fingerprint === fingerprint) {
  for (const { ticks, decisions, totalReward } of await new EpisodeLoop(session, policy).play(Number(episodes))) {
    console.log(`${id}: return ${totalReward.toFixed(2)} in ${ticks} ticks and ${decisions} decisions`);
  }
} else {
  console.error(
    `${id}: fingerprint ${session.spec.fingerprint} (expected: ${fingerprint}, that of the environment that the policy was trained on)`,
  );
  process.exitCode = 1;
}
