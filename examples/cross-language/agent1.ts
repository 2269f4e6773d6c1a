// Agent 1. From some episode on it asks before each of its decisions until it is told not to, so that whoever watches over the match can do something meanwhile.
import { createInterface } from 'node:readline';
import { connect, Decisions } from 'macenv';

interface Task {
  target: string;
  session: string;
  invite: string;
  seats: number[];
  seed: number;
  episodes: number;
  askFromEpisode: number;
}

/** One of the legal macro-actions; the same one in every language. */
function choose(seed: number, episode: number, tick: number, seat: number, legal: number[]): number {
  let h = 0;
  for (const value of [seed, episode, tick, seat]) {
    h = Math.imul(h ^ value, 0x9e3779b1);
    h ^= h >>> 15;
  }
  return legal[(h >>> 0) % legal.length] as number;
}

const input = createInterface({ input: process.stdin });
const lines = input[Symbol.asyncIterator]();
const line = async (): Promise<string> => (await lines.next()).value ?? '';

const task: Task = JSON.parse(await line());
using client = connect(task.target);
await using session = await client.join({ session: task.session, token: task.invite, seats: task.seats });
console.log(`joined ${session.spec.environment} in process ${process.pid}`);
await line(); // nobody decides before everybody has joined

let asks = true;
let over = false;
const decisions = new Decisions();
while (!over) {
  const events = await session.step(decisions);
  decisions.clear();
  for (const { episode, totalReward, ticks } of events.ended) {
    console.log(`episode ${episode}: return ${totalReward.toFixed(1)} in ${ticks} ticks`);
    over ||= episode === task.episodes - 1;
  }
  for (const { row, lane, agent } of over ? [] : events.pendings()) {
    const [episode, tick] = [events.episode(row), events.tick(row)];
    if (asks && episode >= task.askFromEpisode) {
      console.log(`has to decide at tick ${tick} of episode ${episode}`);
      asks = (await line()) === 'decide';
    }
    const legal = Array.from(events.legal(row, agent), (allowed, action) => (allowed ? action : -1));
    const may = legal.filter((action) => action >= 0);
    decisions.add(lane, agent, choose(task.seed, episode, tick, agent, may));
  }
}
input.close();
