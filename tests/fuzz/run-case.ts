import { mutate } from './mutate.js';
import { Random } from './random.js';
import type { Target } from './target.js';

/** One input that can be made again at any time: the case of a seed, for one decoder. */
export interface CaseId {
  seed: number;
  index: number;
}

/** What a decoder did that it must not, with the input. */
export interface Failure extends CaseId {
  target: string;
  why: string;
  /** In base64. */
  input: string;
}

/** The input of a case. The first ones are the samples as they are. */
export function inputOf(target: Target, { seed, index }: CaseId): Buffer {
  return target.samples[index] ?? mutate(target.samples, Random.ofCase(seed, index));
}

const roots = [Object.prototype, Array.prototype, Function.prototype];
const pristine = roots.map((root) => Reflect.ownKeys(root).length);

/** Runs one input; undefined where all is well. */
export async function runInput(target: Target, input: Buffer): Promise<string | undefined> {
  try {
    await target.run(input);
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const polluted = roots.some((root, i) => Reflect.ownKeys(root).length !== pristine[i]);
  return polluted ? 'something has got into a prototype' : undefined;
}

export async function runCase(target: Target, id: CaseId): Promise<Failure | undefined> {
  const input = inputOf(target, id);
  const why = await runInput(target, input);
  return why === undefined ? undefined : { ...id, target: target.name, why, input: input.toString('base64') };
}
