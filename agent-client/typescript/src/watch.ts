import type { ClientReadableStream, ServiceError } from '@grpc/grpc-js';
import { CallFailure, RequestRefusedError } from './errors.js';
import { Events } from './events.js';
import { StepResponse } from './gen/macenv/v1/event.js';
import { SessionState, type WatchRequest, type WatchResponse } from './gen/macenv/v1/session.js';
import type { TeamSpec } from './spec.js';
import type { Transport } from './transport.js';

/**
 * Looks on at a session: `for await (const events of session.watch())` walks over the newest events until the session has
 * closed.
 *
 * The first have the last row of each lane. Who reads too slowly misses rows, but no result: `events.ended` then has entries
 * without a row, and `jointReward` and `jointTau` of the next row cover what was missed of its episode. The players never
 * wait. If the connection is lost, it is made anew, and the next events begin like the first. The loop throws a
 * `MacenvError`; leaving it ends the stream. One loop at a time.
 */
export class Watch implements AsyncIterable<Events> {
  readonly #transport: Transport;
  readonly #spec: TeamSpec;
  readonly #request: WatchRequest;
  #dropped = 0n;

  /** @internal */
  constructor(transport: Transport, spec: TeamSpec, request: WatchRequest) {
    this.#transport = transport;
    this.#spec = spec;
    this.#request = request;
  }

  /** Rows left out since the connection was made, up to the events that came last. */
  get droppedRows(): bigint {
    return this.#dropped;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Events, void> {
    let stream: ClientReadableStream<WatchResponse> | undefined;
    let messages: AsyncIterator<WatchResponse> | undefined;
    let brought = false; // by this stream
    let begun = false; // by any
    const receive = async (): Promise<WatchResponse | undefined> => {
      if (messages === undefined) {
        stream = this.#transport.watch(this.#request);
        messages = stream[Symbol.asyncIterator]();
        brought = false;
      }
      try {
        const { done, value } = await messages.next();
        brought = true;
        begun = true;
        return done === true ? undefined : value;
      } catch (error) {
        messages = undefined; // another attempt opens another
        throw CallFailure.of(error as ServiceError);
      }
    };
    try {
      for (;;) {
        const news = await this.#transport.news(receive, () => brought);
        if (news === undefined) {
          return;
        }
        this.#dropped = news.droppedRows;
        yield new Events(this.#spec, StepResponse.fromPartial({ events: news.events }));
        if (news.state === SessionState.CLOSED) {
          return;
        }
      }
    } catch (error) {
      // Between two connections, so that nobody could say it.
      if (!(begun && error instanceof RequestRefusedError && error.reason === 'SESSION_CLOSED')) {
        throw error;
      }
    } finally {
      stream?.on('error', () => {}); // cancelled on purpose
      stream?.cancel();
    }
  }
}
