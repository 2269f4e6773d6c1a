import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

  async function output(example: string, before: string[] = [], after: string[] = []): Promise<string> {
    const file = join(home, 'dist/examples', `${example}.js`);
    const { stdout } = await promisify(execFile)(process.execPath, [file, ...before, server.target, ...after], {
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

  // Those that the Python client's example is tested with; their READMEs say how they were made.
  const fixtures = join(home, '../python/tests/fixtures');
  const exported = join(fixtures, 'exported');

  // ONNX Runtime has no library for these.
  const skip = process.platform === 'darwin' && process.arch === 'x64' && 'no ONNX Runtime for Intel Macs';

  test('an exported policy plays as it does in Python and where it was trained', { skip }, async () => {
    assert.equal(await output('exported-policy', [exported]), 'bp-6: return 99.40 in 6 ticks and 4 decisions\n');
  });

  // In an environment that draws random numbers, with a network that ten agents share, whose hidden state matters.
  test('an exported policy remembers from decision to decision, as it does in Python', { skip }, async () => {
    const directory = join(fixtures, 'exported-ct-10');
    const played = readFileSync(join(directory, 'played.txt'), 'utf8');
    assert.equal(await output('exported-policy', [directory], ['4']), played);
  });

  // As `bin/avf evaluate` of the same run, see the fixture's README.md: 18.4 ticks; else 100 or 33.
  test('exported actors draw their macro-actions', { skip }, async () => {
    const played = await output('exported-policy', [join(fixtures, 'exported-actor')], ['200']);
    const ticks = [...played.matchAll(/in (\d+) ticks/g)].map(([, count]) => Number(count));
    assert.equal(ticks.length, 200);
    const mean = ticks.reduce((sum, count) => sum + count) / ticks.length;
    assert.ok(Math.abs(mean - 18.4) < 4, `${mean} ticks`);
  });

  test('a policy of another environment is refused', { skip }, async () => {
    const directory = mkdtempSync(join(tmpdir(), 'macenv-exported-'));
    try {
      cpSync(exported, directory, { recursive: true });
      const manifest = join(directory, 'manifest.json');
      writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"bp-6"', '"bp-8"'));
      await assert.rejects(output('exported-policy', [directory]), /bp-8: fingerprint .* \(expected: /);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
