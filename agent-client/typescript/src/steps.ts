import { type ClientDuplexStream, status as Code, type ServiceError } from '@grpc/grpc-js';
import { CallFailure } from './errors.js';
import type { StepRequest, StepResponse } from './gen/macenv/v1/event.js';
import { SessionServiceService } from './gen/macenv/v1/session.js';
import type { SessionKey } from './session.js';
import type { Transport } from './transport.js';

/** One way to carry steps. */
export interface StepCaller {
  /** One attempt at a step. Fails with a {@link CallFailure}; may be called again with the same request. */
  call(request: StepRequest, timeoutMs: number): Promise<StepResponse>;
  close(): void;
}

/** Steps as one call each. */
export class UnarySteps implements StepCaller {
  constructor(
    private readonly transport: Transport,
    private readonly key: SessionKey,
  ) {}

  call(request: StepRequest, timeoutMs: number): Promise<StepResponse> {
    return this.transport.once(SessionServiceService.step, { ...request, ...this.key }, timeoutMs);
  }

  close(): void {}
}

/**
 * Steps on one long-lived `Play` stream. Opened by the first step, and opened again by the next attempt after it broke; the
 * server then displaces the old one, if it has not noticed yet. One request is under way at a time, so the stream needs no
 * flow control.
 */
export class StreamSteps implements StepCaller {
  #live: Stream | undefined;

  constructor(
    private readonly transport: Transport,
    private readonly key: SessionKey,
  ) {}

  async call(request: StepRequest, timeoutMs: number): Promise<StepResponse> {
    let message = request;
    if (this.#live === undefined || this.#live.hasEnded) {
      this.#live = new Stream(this.transport.play());
      message = { ...request, ...this.key };
    }
    const stream = this.#live;
    let response: StepResponse;
    try {
      response = await stream.exchange(message, timeoutMs);
      if (response.stepId !== request.stepId) {
        throw new CallFailure(
          Code.INTERNAL,
          `step_id of the answer: ${response.stepId} (expected: ${request.stepId})`,
          undefined,
          '',
        );
      }
    } catch (failure) {
      stream.abandon();
      this.#live = undefined;
      throw failure instanceof CallFailure && stream.wasDisplacedByAnOlderOne(failure) ? CallFailure.late() : failure;
    }
    if (response.error !== undefined) {
      throw CallFailure.inStream(response.error);
    }
    return response;
  }

  close(): void {
    this.#live?.finish();
    this.#live = undefined;
  }
}

class Stream {
  #end: CallFailure | undefined;
  #answered = false;
  #waiting: { resolve(answer: StepResponse): void; reject(failure: CallFailure): void } | undefined;

  constructor(private readonly call: ClientDuplexStream<StepRequest, StepResponse>) {
    call.on('data', (answer: StepResponse) => {
      this.#answered = true;
      this.#waiting?.resolve(answer);
    });
    call.on('error', (error: ServiceError) => this.#ended(CallFailure.of(error)));
    call.on('end', () =>
      // A status other than OK arrives as an error right after the end, and says more.
      setImmediate(() => this.#ended(new CallFailure(Code.UNAVAILABLE, 'the server ended the stream', undefined, ''))),
    );
  }

  get hasEnded(): boolean {
    return this.#end !== undefined;
  }

  /** Whoever takes over from a client takes over a stream that has been answered; as good as always. */
  wasDisplacedByAnOlderOne(failure: CallFailure): boolean {
    return !this.#answered && failure.toFailure().reason === 'SUPERSEDED';
  }

  exchange(message: StepRequest, timeoutMs: number): Promise<StepResponse> {
    return new Promise<StepResponse>((resolve, reject) => {
      if (this.#end !== undefined) {
        reject(this.#end);
        return;
      }
      const timer = setTimeout(() => reject(CallFailure.timedOut()), timeoutMs);
      this.#waiting = {
        resolve: (answer) => {
          clearTimeout(timer);
          resolve(answer);
        },
        reject: (failure) => {
          clearTimeout(timer);
          reject(failure);
        },
      };
      this.call.write(message);
    });
  }

  finish(): void {
    this.call.end();
  }

  abandon(): void {
    this.call.cancel();
  }

  #ended(failure: CallFailure): void {
    this.#end ??= failure;
    this.#waiting?.reject(this.#end);
    this.#waiting = undefined;
  }
}
