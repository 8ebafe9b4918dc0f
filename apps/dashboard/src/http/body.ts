import type { Context } from 'hono';
import * as v from 'valibot';
import { HttpError } from './errors.js';

const body_bytes_default = 1024 * 1024;

/**
 * The checked body of a request. It has to say that it is JSON: no form of another page can say that.
 * Throws `HttpError` 413, 415 and 400.
 */
export async function readBody<Schema extends v.GenericSchema>(
  c: Context,
  schema: Schema,
  { bytes_max = body_bytes_default }: { bytes_max?: number } = {},
): Promise<v.InferOutput<Schema>> {
  const type = c.req.header('content-type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new HttpError(415, 'content_type', 'the body has to be JSON', {
      found: type === '' ? 'no Content-Type' : type.slice(0, 100),
      expected: 'Content-Type: application/json',
    });
  }
  const value = parse(await readText(c, bytes_max));
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const issues = result.issues.map((issue) => ({
    path: v.getDotPath(issue) ?? '',
    code: issue.kind === 'schema' ? 'type' : issue.type,
    found: issue.received.slice(0, 100),
    expected: issue.expected ?? issue.message,
  }));
  const [first] = issues;
  throw new HttpError(400, 'bad_request', `${first!.path || 'the body'}: ${first!.expected} expected`, {
    found: first!.found,
    expected: first!.expected,
    issues,
  });
}

/** Counted as it comes: what a client says of its length is not believed. */
async function readText(c: Context, bytes_max: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    bytes += (chunk as Uint8Array).length;
    if (bytes > bytes_max) {
      throw new HttpError(413, 'too_large', 'the body is too large', {
        found: `more than ${bytes_max} bytes`,
        expected: `at most ${bytes_max} bytes`,
      });
    }
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const found = error instanceof Error ? error.message.slice(0, 200) : 'no JSON';
    throw new HttpError(400, 'bad_request', 'the body is no JSON', { found, expected: 'one JSON object' });
  }
}
