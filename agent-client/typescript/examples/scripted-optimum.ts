// The best that can be done in Box Pushing: both agents walk to the big box and push it together.
//   node dist/examples/scripted-optimum.js [TARGET] [ENVIRONMENT]
import { connect, EpisodeLoop, ScriptedPolicy } from '../src/index.js';

const SCRIPT = [
  ['Go-to-Big-Box(left)', 'Push'],
  ['Go-to-Big-Box(right)', 'Push'],
];

const [target = 'localhost:50051', environment = 'bp-10'] = process.argv.slice(2);

using client = connect(target);
await using session = await client.createSession(environment, { seeds: [7n] });
const ids = SCRIPT.map((names, agent) =>
  names.map((name) => session.spec.macroActions(agent).findIndex((action) => action.name === name)),
);
for (const { ticks, totalReward } of await new EpisodeLoop(session, new ScriptedPolicy(ids)).play(1)) {
  console.log(`${environment}: return ${totalReward.toFixed(1)} in ${ticks} ticks`);
}
