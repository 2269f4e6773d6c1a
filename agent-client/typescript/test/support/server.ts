import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The package's directory. */
export const home = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

/** The launcher of the server: of MACENV_SERVER, otherwise of the repository around this package. */
export const launcher = process.env.MACENV_SERVER ?? join(home, '../../bin/macenv');

/** Where the server's class path stands once the launcher has built it; the Java client is on it, too. */
export const classPathFile = join(dirname(launcher), '../target/bin/macenv/class-path');

/** A real server, in a process of its own. */
export class TestServer {
  private constructor(
    private readonly process: ChildProcess,
    /** Where it listens. */
    readonly target: string,
  ) {}

  /** Starts one, by default on a free port, and waits until it serves. */
  static async start(...options: string[]): Promise<TestServer> {
    if (!existsSync(launcher)) {
      throw new Error(`no server at ${launcher} (expected: MACENV_SERVER to name the launcher bin/macenv)`);
    }
    const port = options.includes('--port') || options.includes('--uds') ? [] : ['--port', '0'];
    const child = spawn(launcher, ['serve', ...port, ...options], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { MACENV_JAVA_OPTS: '-XX:+UseSerialGC -XX:TieredStopAtLevel=1', ...process.env },
    });
    const output: string[] = [];
    return new Promise((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on('line', (line) => {
          output.push(line);
          const target = / served at (\S+)/.exec(line)?.[1];
          if (target !== undefined) {
            resolve(new TestServer(child, target));
          }
        });
      }
      child.on('error', reject);
      child.on('exit', (code) => reject(new Error(`the server ended with ${code}:\n${output.join('\n')}`)));
    });
  }

  /** Port of the TCP address it listens on. */
  get port(): number {
    return Number(this.target.slice(this.target.lastIndexOf(':') + 1));
  }

  /** Ends it without a word, as a crash does. */
  async kill(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      await new Promise((resolve) => {
        this.process.once('exit', resolve);
        this.process.kill('SIGKILL');
      });
    }
  }
}
