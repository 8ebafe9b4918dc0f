/** `1,234,567`. */
export function amount(number: number): string {
  return number.toLocaleString('en');
}

/** `1 segment`, `2 segments`. */
export function count(number: number, thing: string): string {
  return `${amount(number)} ${thing}${number === 1 ? '' : thing.endsWith('ss') ? 'es' : 's'}`;
}
