// A uniformly random team for a while: play.mjs TARGET stream|unary LANES SECONDS; prints round trips/s and decision events/s.
import { connect, Decisions } from '../../agent-client/typescript/dist/src/index.js';

const [target, transport, lanes, seconds] = process.argv.slice(2);
const client = connect(target, { transport });
const session = await client.createSession('bp-10', { seeds: [7n], lanes: Number(lanes) });
const decisions = new Decisions();
let events = await session.step(decisions);
for (const measured of [false, true]) { // the first time warms up
  let trips = 0;
  let brought = 0;
  const start = performance.now();
  while (performance.now() - start < seconds * 1e3) {
    decisions.clear();
    for (const { lane, agent } of events.pendings()) {
      decisions.add(lane, agent, Math.floor(Math.random() * events.spec.actionCount(agent)));
    }
    events = await session.step(decisions);
    trips++;
    brought += events.rows;
  }
  const spent = (performance.now() - start) / 1e3;
  if (measured) console.log(trips / spent, brought / spent);
}
await session.close();
client.close();
