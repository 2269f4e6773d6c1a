import { X509Certificate } from 'node:crypto';
import {
  type CallOptions,
  type ChannelCredentials,
  Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  status as Code,
  credentials,
  Metadata,
  type MethodDefinition,
  type ServiceError,
} from '@grpc/grpc-js';
import { CallFailure, ServerUnavailableError } from './errors.js';
import type { StepRequest, StepResponse } from './gen/macenv/v1/event.js';
import {
  type FetchRecordingRequest,
  type FetchRecordingResponse,
  SessionServiceService,
  type WatchRequest,
  type WatchResponse,
} from './gen/macenv/v1/session.js';
import { type Attempt, type Patience, persist } from './retry.js';

/** The server promises smaller answers; this is a guard against garbage. */
const MAX_MESSAGE_BYTES = 64 << 20;

/** Encryption; PEM text or bytes. Absent parts take what Node.js takes. */
export interface Tls {
  /** Certificates of the authorities that may vouch for the server. */
  readonly ca?: string | Uint8Array;
  /** What the client shows to servers that ask for a certificate. */
  readonly cert?: string | Uint8Array;
  /** The private key that belongs to `cert`. */
  readonly key?: string | Uint8Array;
  /** The name that the server's certificate must have; absent for the target's host. */
  readonly serverName?: string;
}

/** A channel to one server, and the ways to call it. */
export class Transport {
  readonly #client: Client;
  readonly #metadata = new Metadata();
  readonly #patience: Patience;
  readonly #streams = new Set<{ cancel(): void }>();
  #closed = false;

  constructor(target: string, tls: Tls | boolean, token: string | undefined, patience: Patience) {
    this.#patience = patience;
    if (token !== undefined) {
      // Not `call credentials`: those refuse a connection that is not encrypted, such as one within the machine.
      this.#metadata.set('authorization', `Bearer ${token}`);
    }
    const { serverName }: Tls = typeof tls === 'boolean' ? {} : tls;
    this.#client = new Client(target, channelCredentials(tls), {
      'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
      'grpc.keepalive_time_ms': 30_000,
      'grpc.keepalive_timeout_ms': 10_000,
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.min_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 1000,
      'grpc.enable_retries': 0, // a retry is ours to decide
      'grpc.use_local_subchannel_pool': 1,
      ...(serverName === undefined
        ? {}
        : { 'grpc.ssl_target_name_override': serverName, 'grpc.default_authority': serverName }),
    });
  }

  /** Calls a method that the server answers at once, again and again as {@link persist} says. */
  call<Q, A>(method: MethodDefinition<Q, A>, request: Q): Promise<A> {
    const { patienceMs, attemptTimeoutMs } = this.#patience;
    return persist(
      (ms) => this.once(method, request, ms),
      this.#patience,
      patienceMs + attemptTimeoutMs,
      this.#stopped,
    );
  }

  /** Tries a step, which may have to wait for other players. */
  step<T>(attempt: Attempt<T>): Promise<T> {
    return persist(attempt, this.#patience, this.#patience.stepTimeoutMs, this.#stopped);
  }

  /** One attempt at a call. */
  once<Q, A>(method: MethodDefinition<Q, A>, request: Q, timeoutMs: number): Promise<A> {
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        this.#metadata,
        { deadline: Date.now() + timeoutMs },
        (error: ServiceError | null, answer?: A) => {
          if (error !== null) {
            reject(CallFailure.of(error));
          } else {
            resolve(answer as A);
          }
        },
      );
    });
  }

  play(): ClientDuplexStream<StepRequest, StepResponse> {
    const { path, requestSerialize, responseDeserialize } = SessionServiceService.play;
    return this.#kept(
      this.#client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, this.#metadata, {}),
    );
  }

  watch(request: WatchRequest): ClientReadableStream<WatchResponse> {
    return this.#stream(SessionServiceService.watch, request, {});
  }

  /** All bytes of a recording; after a cut it goes on where it was. */
  async fetchRecording(request: FetchRecordingRequest): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    let offset = request.offset;
    const fetch = async (timeoutMs: number): Promise<void> => {
      const missing = { ...request, offset };
      const stream = this.#stream(SessionServiceService.fetchRecording, missing, { deadline: Date.now() + timeoutMs });
      try {
        for await (const piece of stream as AsyncIterable<FetchRecordingResponse>) {
          if (piece.offset !== offset) {
            throw new CallFailure(
              Code.INTERNAL,
              `offset of a piece: ${piece.offset} (expected: ${offset})`,
              undefined,
              '',
            );
          }
          pieces.push(piece.data);
          offset += BigInt(piece.data.length);
        }
      } catch (error) {
        throw error instanceof CallFailure ? error : CallFailure.of(error as ServiceError);
      }
    };
    const { patienceMs, attemptTimeoutMs } = this.#patience;
    for (;;) {
      const before = offset;
      try {
        await persist(fetch, this.#patience, patienceMs + attemptTimeoutMs, this.#stopped);
        return Buffer.concat(pieces);
      } catch (error) {
        // A cut after some pieces was no attempt to reach a server that cannot be reached.
        if (!(error instanceof ServerUnavailableError && offset > before) || this.#closed) {
          throw error;
        }
      }
    }
  }

  #stream<Q, A>(method: MethodDefinition<Q, A>, request: Q, options: CallOptions): ClientReadableStream<A> {
    const { path, requestSerialize, responseDeserialize } = method;
    return this.#kept(
      this.#client.makeServerStreamRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        this.#metadata,
        options,
      ),
    );
  }

  /** Until it ends: see {@link close}. */
  #kept<S extends ClientReadableStream<unknown> | ClientDuplexStream<never, unknown>>(stream: S): S {
    this.#streams.add(stream);
    stream.on('close', () => this.#streams.delete(stream));
    return stream;
  }

  /**
   * Waits for news of a stream for as long as they take: only failures are a matter of patience, which begins when a stream
   * breaks that had `brought` something.
   */
  async news<T>(attempt: () => Promise<T>, brought: () => boolean): Promise<T> {
    const { patienceMs, attemptTimeoutMs } = this.#patience;
    for (;;) {
      let stood = false;
      const watched = async (): Promise<T> => {
        try {
          return await attempt();
        } catch (error) {
          stood ||= brought();
          throw error;
        }
      };
      try {
        return await persist(watched, this.#patience, patienceMs + attemptTimeoutMs, this.#stopped);
      } catch (error) {
        if (!(error instanceof ServerUnavailableError && stood) || this.#closed) {
          throw error;
        }
      }
    }
  }

  /** At once: streams of sessions that were not closed would keep the process alive. */
  close(): void {
    this.#closed = true;
    for (const stream of this.#streams) {
      stream.cancel();
    }
    this.#client.close();
  }

  readonly #stopped = (): boolean => this.#closed;
}

function channelCredentials(tls: Tls | boolean): ChannelCredentials {
  if (tls === false) {
    return credentials.createInsecure();
  }
  const { ca, cert, key } = tls === true ? ({} as Tls) : tls;
  try {
    if (ca !== undefined) {
      new X509Certificate(ca); // Node.js would ignore what is none, and then trust nobody
    }
  } catch (error) {
    throw new RangeError(`tls.ca: ${(error as Error).message} (expected: certificates, PEM)`);
  }
  try {
    return credentials.createSsl(pem(ca), pem(key), pem(cert));
  } catch (error) {
    throw new RangeError(
      `tls.cert, tls.key: ${(error as Error).message} (expected: a certificate and its private key, PEM; both or neither)`,
    );
  }
}

function pem(value: string | Uint8Array | undefined): Buffer | null {
  return value === undefined ? null : Buffer.from(value);
}
