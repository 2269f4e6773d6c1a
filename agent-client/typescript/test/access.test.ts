// Whom a protected server lets in, and what everybody else is told.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { AccessDeniedError, type ConnectOptions, connect, ServerUnavailableError, type Tls } from '../src/index.js';
import { Authority, type Identity, noOpenssl } from './support/certificates.js';
import { fails } from './support/failures.js';
import { TestServer } from './support/server.js';

const ALICE = '0123456789abcdef0123456789abcdef';
const HASTY = { patienceMs: 300, attemptTimeoutMs: 20_000 };

/** Begins an episode with the server at a target; how many rows that brings. */
async function play(target: string, options: ConnectOptions): Promise<number> {
  using client = connect(target, { ...HASTY, ...options });
  await using session = await client.createSession('bp-10');
  return (await session.step()).rows;
}

describe('access', () => {
  const directory = mkdtempSync(join(tmpdir(), 'macenv-access-'));
  const tokens = join(directory, 'tokens.txt');
  writeFileSync(tokens, `alice ${ALICE}\n`, { mode: 0o600 });

  after(() => rmSync(directory, { recursive: true, force: true }));

  describe('encrypted', { skip: noOpenssl }, () => {
    // The laboratory vouches for the servers and alice, another authority for mallory.
    let laboratory: Authority;
    let alice: Identity;
    let mallory: Identity;
    let elsewhere: Authority;
    let encrypted: TestServer;
    /** Wants a certificate and a token. */
    let guarded: TestServer;

    before(async () => {
      laboratory = new Authority(directory, 'laboratory');
      elsewhere = new Authority(directory, 'elsewhere');
      alice = laboratory.identity('alice', 'DNS:alice');
      mallory = elsewhere.identity('mallory', 'DNS:mallory');
      const own = laboratory.identity('server', 'DNS:sim.example.org,DNS:localhost,IP:127.0.0.1');
      const tls = ['--tls-cert', own.certificateFile, '--tls-key', own.keyFile];
      encrypted = await TestServer.start(...tls);
      guarded = await TestServer.start(...tls, '--tls-client-ca', laboratory.file, '--tokens', tokens);
    });

    after(async () => {
      await encrypted?.kill();
      await guarded?.kill();
    });

    const alices = (): Tls => ({ ca: laboratory.certificate, cert: alice.cert, key: alice.key });

    test('encryption takes the authority, as text or bytes, and nothing else', async () => {
      assert.equal(await play(encrypted.target, { tls: { ca: laboratory.certificate } }), 1);
      assert.equal(await play(encrypted.target, { tls: { ca: Buffer.from(laboratory.certificate) } }), 1);
      const named = { ca: laboratory.certificate, serverName: 'sim.example.org' };
      assert.equal(await play(encrypted.target, { tls: named }), 1);
    });

    for (const transport of ['stream', 'unary'] as const) {
      test(`${transport}: a certificate and a token open a guarded server`, async () => {
        assert.equal(await play(guarded.target, { tls: alices(), token: ALICE, transport }), 1);
      });
    }

    const NOT_LET_IN: Record<string, () => boolean | Tls> = {
      'plain text': () => false,
      'an authority that the server is not of': () => ({ ...alices(), ca: elsewhere.certificate }),
      'the well-known authorities': () => true,
      'a name that the server does not have': () => ({ ...alices(), serverName: 'elsewhere.org' }),
      'no certificate': () => ({ ca: laboratory.certificate }),
      'a certificate of another authority': () => ({ ...alices(), cert: mallory.cert, key: mallory.key }),
    };
    for (const [who, tls] of Object.entries(NOT_LET_IN)) {
      test(`who comes with ${who} is told to look at the encryption`, { timeout: 30_000 }, async () => {
        const error = await fails(() => play(guarded.target, { tls: tls(), token: ALICE }), ServerUnavailableError, '');
        assert.match(error.advice, /encryption and certificates \(tls\)/);
      });
    }

    test('a missing or wrong token is told so', { timeout: 30_000 }, async () => {
      for (const token of [{}, { token: 'wrong'.repeat(8) }]) {
        const error = await fails(
          () => play(guarded.target, { tls: alices(), ...token }),
          AccessDeniedError,
          'UNAUTHENTICATED',
        );
        assert.match(error.advice, /token given to connect/);
        assert.doesNotMatch(error.message, /wrongwrong/);
      }
    });

    test('certificates and keys that cannot be used are named at once', () => {
      const { ca, cert, key } = { ca: laboratory.certificate, cert: alice.cert, key: alice.key };
      for (const [tls, complaint] of [
        [{ ca: 'garbage' }, /tls\.ca: .*\(expected: certificates, PEM\)/],
        [{ ca, cert: 'garbage', key }, /tls\.cert, tls\.key: .*\(expected: a certificate and its private key/],
        [{ ca, cert, key: mallory.key }, /tls\.cert, tls\.key: .*key values mismatch/],
        [{ ca, cert }, /tls\.cert, tls\.key: .*both or neither/],
      ] as const) {
        assert.throws(() => connect('localhost:1', { tls }), { name: 'RangeError', message: complaint });
      }
    });
  });

  test('a Unix domain socket, with a token', { timeout: 60_000 }, async () => {
    const socket = join(directory, 'macenv.sock');
    const server = await TestServer.start('--uds', socket, '--tokens', tokens);
    try {
      assert.equal(server.target, `unix:${socket}`);
      for (const target of [`unix:${socket}`, `unix://${socket}`]) {
        assert.equal(await play(target, { token: ALICE }), 1);
        await fails(() => play(target, {}), AccessDeniedError, 'UNAUTHENTICATED');
      }
    } finally {
      await server.kill();
    }
  });

  test('a Unix domain socket that does not exist is named', { timeout: 30_000 }, async () => {
    const error = await fails(() => play(`unix:${join(directory, 'nowhere.sock')}`, {}), ServerUnavailableError, '');
    assert.match(error.message, /nowhere\.sock/);
    assert.match(error.advice, /check that the server runs/);
  });
});
