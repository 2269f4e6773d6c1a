import { CallFailure } from './errors.js';

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1000;

/** How often a failure of the transport's machinery, which may as well be a defect, is taken for a cut connection. */
const MAX_BROKEN_TRANSPORTS = 3;

/** For how long a client tries; all in milliseconds. */
export interface Patience {
  readonly attemptTimeoutMs: number;
  readonly patienceMs: number;
  readonly stepTimeoutMs: number;
}

/** One attempt at a call: settles within the given time, and fails with a {@link CallFailure}. */
export type Attempt<T> = (timeoutMs: number) => Promise<T>;

/**
 * Tries a call again until it succeeds, is refused, or has used up its time.
 *
 * Only calls that are safe to repeat come here: those that read, and those whose request carries a number (step_id,
 * request_id) by which the server knows it again. Two clocks run: patience for a server that cannot be reached, restarted
 * by every sign of life, and a limit for the call as a whole, for a server that lives but does not finish.
 *
 * @param stopped true once the client has been closed: nothing is tried again
 */
export async function persist<T>(
  attempt: Attempt<T>,
  patience: Patience,
  limitMs: number,
  stopped: () => boolean,
): Promise<T> {
  const begin = performance.now();
  let lastSign = begin;
  let pause = FIRST_PAUSE_MS;
  let brokenTransports = 0;
  for (;;) {
    const left = limitMs - (performance.now() - begin);
    try {
      return await attempt(Math.max(1, Math.min(left, patience.attemptTimeoutMs)));
    } catch (error) {
      if (!(error instanceof CallFailure)) {
        throw error;
      }
      const now = performance.now();
      let worthwhile: boolean;
      switch (error.kind()) {
        case 'UNREACHABLE':
          worthwhile = now - lastSign < patience.patienceMs;
          break;
        case 'SLOW':
          lastSign = now;
          pause = FIRST_PAUSE_MS;
          worthwhile = true;
          break;
        case 'BROKEN_TRANSPORT':
          worthwhile = ++brokenTransports <= MAX_BROKEN_TRANSPORTS;
          break;
        case 'ANSWER':
          worthwhile = false;
          break;
      }
      const translated = error.toError();
      if (!worthwhile || stopped() || now - begin >= limitMs) {
        throw translated;
      }
      const wish = translated.retryAfterMs ?? pause;
      await new Promise((resolve) => setTimeout(resolve, Math.min(wish, LONGEST_PAUSE_MS)));
      pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
    }
  }
}
