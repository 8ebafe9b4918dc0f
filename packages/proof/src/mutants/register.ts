// Preloaded (`node --import`) into every program of a system whose built code is to be broken on purpose. The
// changes are in `PROOF_MUTANT`, as JSON; the files on disk stay as they are.
import { register } from 'node:module';
import type { LocatedChange } from './mutation.js';

const data = JSON.parse(process.env.PROOF_MUTANT ?? '[]') as LocatedChange[];
if (data.length > 0) register('./load-hook.js', { parentURL: import.meta.url, data });
