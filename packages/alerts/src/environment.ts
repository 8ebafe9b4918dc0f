/** A variable that is named and not set. */
export interface MissingVariable {
  path: string;
  name: string;
}

const named = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** `${NAME}` in every text becomes the variable's value: what is secret need not stand in the file. */
export function fillIn(
  value: unknown,
  env: Readonly<Record<string, string | undefined>>,
  path: string,
): { value: unknown; missing: MissingVariable[] } {
  const missing: MissingVariable[] = [];
  const filled = walk(value, path, (text, at) =>
    text.replaceAll(named, (whole, name: string) => {
      const found = env[name];
      if (found === undefined) missing.push({ path: at, name });
      return found ?? whole;
    }),
  );
  return { value: filled, missing };
}

function walk(value: unknown, path: string, change: (text: string, path: string) => string): unknown {
  if (typeof value === 'string') return change(value, path);
  if (Array.isArray(value)) return value.map((each, i) => walk(each, `${path}[${i}]`, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, walk(each, `${path}.${key}`, change)]),
  );
}
