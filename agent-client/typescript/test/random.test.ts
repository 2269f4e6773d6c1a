import assert from 'node:assert/strict';
import { test } from 'node:test';
import { episodeSeed, laneSeed, SplittableRandom } from '../src/index.js';

test('episode and lane seeds are those of the published test vectors', () => {
  assert.deepEqual(
    [0, 1, 2].map((e) => episodeSeed(0x2an, e)),
    [0xbdd732262feb6e95n, 0x28efe333b266f103n, 0x47526757130f9f52n],
  );
  assert.deepEqual(
    [0, 1, 2].map((e) => episodeSeed(0xffffffffffffffffn, e)),
    [0xe4d971771b652c20n, 0xe99ff867dbf682c9n, 0x382ff84cb27281e9n],
  );
  assert.deepEqual(
    [0, 1, 2, 3].map((l) => laneSeed(7n, l)),
    [0x7n, 0x044c3cd7f43c661cn, 0xe6984080bab12a02n, 0x953aeb70673e29cbn],
  );
});

test('a bounded draw stays within its bound, and every value comes', () => {
  const random = new SplittableRandom(1n);
  const seen = new Set(Array.from({ length: 500 }, () => random.nextInt(7)));
  assert.deepEqual([...seen].sort(), [0, 1, 2, 3, 4, 5, 6]);
  assert.throws(() => random.nextInt(0), RangeError);
});
