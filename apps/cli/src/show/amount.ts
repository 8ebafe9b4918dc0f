/** `1,234,567`. */
export function amount(number: number): string {
  return number.toLocaleString('en');
}
