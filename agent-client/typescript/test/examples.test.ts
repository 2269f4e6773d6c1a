import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { home, TestServer } from './support/server.js';

describe('examples', () => {
  let server: TestServer;

  before(async () => {
    server = await TestServer.start();
  });

  after(async () => {
    await server?.kill();
  });

  async function output(example: string, ...args: string[]): Promise<string> {
    const file = join(home, 'dist/examples', `${example}.js`);
    const { stdout } = await promisify(execFile)(process.execPath, [file, server.target, ...args], {
      timeout: 120_000,
    });
    return stdout;
  }

  test('a random agent plays ten episodes', async () => {
    assert.equal((await output('random-agent')).trim().split('\n').length, 10);
  });

  test('the scripted optimum of bp-10', async () => {
    assert.match(await output('scripted-optimum'), /return 98\.9 in 11 ticks/);
  });

  test('a tabular Q-learner solves bp-6', async () => {
    const value = /the learned policies: return (\S+)/.exec(await output('q-learner'))?.[1];
    assert.ok(Number(value) > 95, `return ${value} (expected: above 95, both at the big box)`);
  });
});
