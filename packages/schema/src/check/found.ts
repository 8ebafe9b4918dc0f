/** Longest `Issue.found`, in characters. */
const found_length_max = 80;

/** A value for display in at most 80 characters. Looks one level deep only, so any value may be passed. */
export function showFound(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return showText(value);
    case 'bigint':
      return shorten(`${value}n`);
    case 'function':
      return 'a function';
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? `an array of ${value.length}` : showKeys(value);
    default:
      return shorten(String(value));
  }
}

/** Cuts a text to 80 characters, with `…` where something is missing. */
export function shorten(text: string): string {
  return text.length <= found_length_max ? text : `${text.slice(0, found_length_max - 1)}…`;
}

function showText(text: string): string {
  // Cut before quoting: the text may be a megabyte. The length tells what the cut text cannot.
  if (text.length <= found_length_max) {
    const quoted = JSON.stringify(text);
    if (quoted.length <= found_length_max) return quoted;
  }
  const size = ` (${text.length} characters)`;
  return `${JSON.stringify(text.slice(0, 24)).slice(0, found_length_max - size.length - 1)}…${size}`;
}

function showKeys(value: object): string {
  const keys = Object.keys(value);
  if (keys.length === 0) return 'an empty object';
  const shown = keys.slice(0, 5).map((key) => key.slice(0, 20));
  return shorten(`an object with ${shown.join(', ')}${keys.length > shown.length ? ', …' : ''}`);
}
