/** How a file holds its values: one a line, in one list, or laid out over several lines. */
export type FileForm = 'lines' | 'list' | 'values';

/** The form of a file by its beginning: what stands there first, and how its first line ends. */
export function formOf(head: string): FileForm {
  const [first = '', second = ''] = head
    .replace(/^\ufeff/, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (first.startsWith('[')) return 'list';
  // A broken first line of many is one thing wrong, and must not swallow the lines behind it.
  return first.startsWith('{') && isOpen(first) && /^["}]/.test(second) ? 'values' : 'lines';
}

/** Whether a text ends within an object or list. */
function isOpen(text: string): boolean {
  let depth = 0;
  for (const piece of text.match(/"(?:\\.|[^"\\])*"|[{}[\]]/g) ?? []) {
    if (piece === '{' || piece === '[') depth += 1;
    else if (piece === '}' || piece === ']') depth -= 1;
  }
  return depth > 0;
}
