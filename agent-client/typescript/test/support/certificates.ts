import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Why no certificates can be made here; false if they can. */
export const noOpenssl =
  spawnSync('openssl', ['version']).status === 0 ? false : 'no openssl to make certificates with (expected: OpenSSL 3)';

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc'];

/** A certificate with its key. */
export interface Identity {
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

/** Signs certificates, as docs/operations.md says. */
export class Authority {
  /** Its own certificate. */
  readonly file: string;

  constructor(
    private readonly directory: string,
    private readonly name: string,
  ) {
    this.file = join(directory, `${name}.pem`);
    openssl('req', '-x509', ...KEY, '-days', '2', '-subj', `/CN=${name}`, '-keyout', this.#key, '-out', this.file);
  }

  get #key(): string {
    return join(this.directory, `${this.name}.key`);
  }

  get certificate(): string {
    return readFileSync(this.file, 'utf8');
  }

  /** A certificate for a name, good for what `alternatives` says as well, for example `DNS:localhost`. */
  identity(name: string, alternatives: string): Identity {
    const stem = join(this.directory, `${this.name}-${name}`);
    const [request, certificateFile, keyFile] = [`${stem}.csr`, `${stem}.pem`, `${stem}.key`];
    const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=${alternatives}`];
    openssl('req', ...KEY, ...subject, '-keyout', keyFile, '-out', request);
    const signer = ['-CA', this.file, '-CAkey', this.#key, '-CAcreateserial'];
    openssl(
      ...['x509', '-req', '-in', request, ...signer, '-copy_extensions', 'copy', '-days', '2', '-out', certificateFile],
    );
    return {
      certificateFile,
      keyFile,
      cert: readFileSync(certificateFile, 'utf8'),
      key: readFileSync(keyFile, 'utf8'),
    };
  }
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' });
}
