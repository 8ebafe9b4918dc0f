import { userInfo } from 'node:os';

const by_length_max = 100;

/** Who decides, as `by` says it: the name given, else the user this program runs as. */
export function deciderName(given?: string): string {
  return (given ?? userName()).slice(0, by_length_max);
}

/** A process may run as a user that has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'bitten';
  }
}
