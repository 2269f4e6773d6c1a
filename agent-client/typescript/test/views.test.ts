import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DataType } from '../src/index.js';
import { view } from '../src/spec.js';

test('aligned bytes are read in place, misaligned ones are copied once', () => {
  const message = new Uint8Array(16);
  new DataView(message.buffer).setFloat32(4, 2.5, true);
  const aligned = view(DataType.FLOAT32, message.subarray(4, 12));
  assert.deepEqual([...aligned], [2.5, 0]);
  assert.equal(aligned.buffer, message.buffer);

  new DataView(message.buffer).setFloat32(5, 2.5, true);
  const misaligned = view(DataType.FLOAT32, message.subarray(5, 13));
  assert.deepEqual([...misaligned], [2.5, 0]);
  assert.notEqual(misaligned.buffer, message.buffer);
});

test('64-bit integers are bigints', () => {
  const bytes = new Uint8Array(new BigInt64Array([-(2n ** 62n)]).buffer);
  assert.deepEqual([...view(DataType.INT64, bytes)], [-(2n ** 62n)]);
});
