import assert from 'node:assert/strict';
import type { MacenvError } from '../../src/index.js';

/** Asserts the class and reason of a failure, and that it says what to do. */
export async function fails(
  call: () => Promise<unknown>,
  type: new (...args: never[]) => MacenvError,
  reason: string,
): Promise<MacenvError> {
  try {
    await call();
  } catch (error) {
    assert.ok(error instanceof type, String(error));
    assert.equal(error.reason, reason, error.message);
    assert.match(error.message, /what to do: \w/);
    return error;
  }
  assert.fail(`no failure (expected: ${reason})`);
}
