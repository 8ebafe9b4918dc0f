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

/** Cuts a text to 80 printable characters, with `…` where something is missing. */
export function shorten(text: string): string {
  const start = printable(text.slice(0, found_length_max));
  if (text.length <= found_length_max && start.length <= found_length_max) return start;
  // A cut must not leave half of a character that takes two units.
  return `${start.slice(0, found_length_max - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** Longest key and longest path shown in `Issue.path`, in characters: a key may be a megabyte. */
const key_length_max = 60;
const path_length_max = 300;

/** Where something stands, outermost key first: `data.details.note`. Keys are shown printable and cut. */
export function pathOf(keys: readonly string[]): string {
  const shown = keys.map((key) => {
    const start = printable(key.slice(0, key_length_max));
    return key.length > key_length_max ? `${start}…` : start;
  });
  const path = shown.join('.');
  // What is innermost tells most.
  return path.length <= path_length_max ? path : `…${path.slice(1 - path_length_max)}`;
}

/**
 * Controls, line breaks, marks that turn the direction of text, and halves of surrogate pairs: none of them
 * may reach a terminal or a log file as they are.
 */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

function printable(text: string): string {
  return text.replace(
    unprintable,
    (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}

function showText(text: string): string {
  // Cut before quoting: the text may be a megabyte. The length tells what the cut text cannot.
  if (text.length <= found_length_max) {
    const quoted = printable(JSON.stringify(text));
    if (quoted.length <= found_length_max) return quoted;
  }
  const size = ` (${text.length} characters)`;
  const start = printable(JSON.stringify(text.slice(0, 24)));
  return `${start.slice(0, found_length_max - size.length - 1)}…${size}`;
}

function showKeys(value: object): string {
  const keys = Object.keys(value);
  if (keys.length === 0) return 'an empty object';
  const shown = keys.slice(0, 5).map((key) => key.slice(0, 20));
  return shorten(`an object with ${shown.join(', ')}${keys.length > shown.length ? ', …' : ''}`);
}
