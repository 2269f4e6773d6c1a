// Generates the messages and codecs of macenv.v1 from the repository's .proto files into a directory.
//   node scripts/generate.mjs DIRECTORY
// The compiler and the generator are packages pinned in package-lock.json; nothing is fetched while it runs.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = join(dirname(fileURLToPath(import.meta.url)), '..');
const [target] = process.argv.slice(2);
if (target === undefined) {
  throw new Error('usage: node scripts/generate.mjs DIRECTORY');
}

const work = mkdtempSync(join(tmpdir(), 'macenv-generate-'));
try {
  // What clients speak; what servers and environment hosts say to each other is none of theirs.
  cpSync(join(here, '../../proto/src/main/protobuf/macenv/v1'), join(work, 'proto/macenv/v1'), { recursive: true });
  cpSync(join(here, 'third-party'), join(work, 'proto'), { recursive: true });
  const template = {
    version: 'v2',
    clean: true,
    plugins: [
      {
        local: [process.execPath, join(here, 'node_modules/ts-proto/protoc-gen-ts_proto')],
        out: resolve(target),
        include_imports: true,
        opt: [
          'esModuleInterop=true',
          'importSuffix=.js',
          'env=both', // bytes are views of the received message
          'forceLong=bigint',
          'useDate=false',
          'outputJsonMethods=false',
          'outputTypeRegistry=false',
          'outputServices=grpc-js',
          'outputClientImpl=false',
          'useExactTypes=false',
          'removeEnumPrefix=true',
          'unrecognizedEnum=true',
          'annotateFilesWithVersion=false',
        ],
      },
    ],
  };
  const buf = join(here, 'node_modules/@bufbuild/buf/bin/buf');
  const run = spawnSync(
    process.execPath,
    [buf, 'generate', join(work, 'proto'), '--template', JSON.stringify(template)],
    { cwd: work, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, BUF_CACHE_DIR: join(work, 'cache') } },
  );
  if (run.status !== 0) {
    throw new Error(`buf generate: exit code ${run.status} (expected: 0)`);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
