/**
 * What every program here exits with. An app that SIGINT or SIGTERM stops in good order has done what it was
 * asked to and exits with `ok`; a command that a signal cuts short has not, and exits with `interrupted` or
 * `terminated`, as shells expect (128 plus the signal's number).
 */
export const exitCodes = { ok: 0, failure: 1, usage: 2, interrupted: 130, terminated: 143 } as const;
