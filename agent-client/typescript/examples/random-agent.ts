// Plays ten episodes at random:  node dist/examples/random-agent.js [TARGET] [ENVIRONMENT]
import { connect, EpisodeLoop, RandomPolicy, SplittableRandom } from '../src/index.js';

const [target = 'localhost:50051', environment = 'bp-10'] = process.argv.slice(2);

using client = connect(target);
await using session = await client.createSession(environment, { seeds: [7n] });
const episodes = await new EpisodeLoop(session, new RandomPolicy(new SplittableRandom(1))).play(10);
for (const { episode, ticks, decisions, totalReward } of episodes) {
  console.log(`episode ${episode}: return ${totalReward.toFixed(1)} in ${ticks} ticks and ${decisions} decisions`);
}
