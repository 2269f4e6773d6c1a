import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { home } from './support/server.js';

function tree(root: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    const path = join(root, name);
    if (statSync(path).isFile()) {
      files.set(relative(root, path), readFileSync(path, 'utf8'));
    }
  }
  return files;
}

test('src/gen is what the generator makes of the .proto files now', () => {
  const fresh = mkdtempSync(join(tmpdir(), 'macenv-generated-'));
  try {
    const run = spawnSync(process.execPath, [join(home, 'scripts/generate.mjs'), fresh], { encoding: 'utf8' });
    assert.equal(run.status, 0, run.stderr);
    const committed = tree(join(home, 'src/gen'));
    const expected = tree(fresh);
    assert.deepEqual([...committed.keys()].sort(), [...expected.keys()].sort(), 'files; run `npm run generate`');
    for (const [name, text] of expected) {
      assert.ok(committed.get(name) === text, `src/gen/${name} is stale or was edited: run \`npm run generate\``);
    }
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
});
