import { signal } from '@preact/signals';

const key = 'bitten.token';

/** The secret that lets this page change something; null where nobody has given it. */
export const token = signal<string | null>(localStorage.getItem(key));

/** Takes the token out of the address a person has opened (`/#token=…`), so that it is neither seen nor kept there. */
export function takeToken(): void {
  const given = /^#token=([A-Za-z0-9_-]{20,100})$/.exec(location.hash)?.[1];
  if (given === undefined) return;
  keepToken(given);
  history.replaceState(null, '', '#/now');
}

export function keepToken(given: string | null): void {
  token.value = given;
  if (given === null) localStorage.removeItem(key);
  else localStorage.setItem(key, given);
}
