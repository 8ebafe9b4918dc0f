import { expect, it } from 'vitest';
import { Freshest } from '../../web/shell/freshest.js';

/** Asks that are answered by hand. */
function byHand() {
  const asked: Array<{ key: number; answer: (value: string) => void; fail: (error: Error) => void }> = [];
  const heard: string[] = [];
  const freshest = new Freshest<number, string>({
    ask: (key) => new Promise((answer, fail) => asked.push({ key, answer, fail })),
    onAnswer: (value, key) => heard.push(`${key}: ${value}`),
    onError: (error) => heard.push(`failed: ${(error as Error).message}`),
  });
  return { asked, heard, freshest };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

it('asks once at a time, and passes over what is no longer wanted', async () => {
  const { asked, heard, freshest } = byHand();
  for (const key of [1, 2, 3, 4]) freshest.want(key);
  expect(asked.map(({ key }) => key)).toEqual([1]);
  asked[0]!.answer('one');
  await settled();
  expect(asked.map(({ key }) => key)).toEqual([1, 4]);
  asked[1]!.answer('four');
  await settled();
  expect(heard).toEqual(['1: one', '4: four']);
});

it('goes on after a failure', async () => {
  const { asked, heard, freshest } = byHand();
  freshest.want(1);
  asked[0]!.fail(new Error('no store'));
  await settled();
  freshest.want(2);
  asked[1]!.answer('two');
  await settled();
  expect(heard).toEqual(['failed: no store', '2: two']);
});

it('says nothing after it was cancelled, and can be asked anew', async () => {
  const { asked, heard, freshest } = byHand();
  freshest.want(1);
  freshest.want(2);
  freshest.cancel();
  freshest.want(3);
  asked[0]!.answer('late');
  await settled();
  expect(asked.map(({ key }) => key)).toEqual([1, 3]);
  asked[1]!.answer('three');
  await settled();
  expect(heard).toEqual(['3: three']);
});
