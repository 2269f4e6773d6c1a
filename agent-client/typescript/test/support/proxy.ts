import { createServer, connect as dial, type Server, type Socket } from 'node:net';

/** A way to a server that can be cut: after so many bytes of one direction, and again after as many. */
export class CuttingProxy {
  /** Connections cut so far. */
  cuts = 0;
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly upstreamPort: number,
    private readonly budget: () => { direction: 'requests' | 'answers'; bytes: number },
  ) {}

  /** @param budget for each new connection: the direction that is counted, and the bytes that pass before the cut */
  static async start(
    upstreamPort: number,
    budget: () => { direction: 'requests' | 'answers'; bytes: number },
  ): Promise<CuttingProxy> {
    const server = createServer();
    const proxy = new CuttingProxy(server, upstreamPort, budget);
    server.on('connection', (socket) => proxy.#join(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get target(): string {
    const address = this.server.address();
    if (address === null || typeof address === 'string') {
      throw new Error('the proxy does not listen');
    }
    return `127.0.0.1:${address.port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) {
      socket.destroy();
    }
    await new Promise((resolve) => this.server.close(resolve));
  }

  #join(near: Socket): void {
    const far = dial(this.upstreamPort, '127.0.0.1');
    const { direction, bytes } = this.budget();
    let left = bytes;
    let whole = true;
    const cut = (): void => {
      whole = false;
      near.destroy();
      far.destroy();
    };
    for (const [from, to, counted] of [
      [near, far, direction === 'requests'],
      [far, near, direction === 'answers'],
    ] as const) {
      this.#sockets.add(from);
      from.setNoDelay(true);
      from.on('error', cut);
      from.on('close', () => {
        this.#sockets.delete(from);
        cut();
      });
      from.on('data', (chunk: Buffer) => {
        if (!whole) {
          return;
        }
        if (counted && chunk.length >= left) {
          this.cuts++;
          to.write(chunk.subarray(0, left), cut); // the last bytes arrive: half a message, as often as not
          whole = false;
          return;
        }
        left -= counted ? chunk.length : 0;
        to.write(chunk);
      });
    }
  }
}
