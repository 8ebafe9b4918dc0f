import { BittenError } from '@bitten/schema';
import { describe, expect, it } from 'vitest';
import { type CreateLoggerOptions, createLogger } from '../src/logger.js';

function logInto(options: Partial<CreateLoggerOptions> & { isTTY?: boolean } = {}) {
  const lines: string[] = [];
  const { isTTY = false, ...rest } = options;
  const destination = { isTTY, write: (line: string) => void lines.push(line) };
  return { lines, log: createLogger({ app: 'bus', env: {}, destination, ...rest }) };
}

const clock = String.raw`\d\d:\d\d:\d\d\.\d{3}`;

describe('createLogger', () => {
  it('writes JSON lines where nobody watches', () => {
    const { lines, log } = logInto();
    log.child({ component: 'ingest' }).info({ port: 5572 }, 'ready');
    expect(lines).toHaveLength(1);
    const { time, ...line } = JSON.parse(lines[0]!);
    expect(line).toEqual({
      level: 'info',
      app: 'bus',
      pid: process.pid,
      component: 'ingest',
      port: 5572,
      msg: 'ready',
    });
    expect(new Date(time).getTime()).toBeGreaterThan(0);
  });

  it('writes one short line for people on a terminal', () => {
    const { lines, log } = logInto({ isTTY: true, env: { NO_COLOR: '1' } });
    log.child({ component: 'ingest' }).warn({ port: 5572, why: 'no space left', list: [1, 2] }, 'slow');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(
      new RegExp(`^${clock} WARN  bus/ingest slow port=5572 why="no space left" list=\\[1,2\\]\n$`),
    );
  });

  it('obeys the format before the terminal', () => {
    const json = logInto({ isTTY: true, format: 'json' });
    json.log.info('x');
    expect(() => JSON.parse(json.lines[0]!)).not.toThrow();
    const pretty = logInto({ format: 'pretty' });
    pretty.log.info('x');
    expect(pretty.lines[0]).toMatch(new RegExp(`^${clock} INFO  bus x\n$`));
  });

  it('colours on a terminal and for who forces it, never with NO_COLOR', () => {
    const coloured = (options: Parameters<typeof logInto>[0]) => {
      const { lines, log } = logInto({ format: 'pretty', ...options });
      log.info('x');
      return lines[0]!.includes('\u001b[');
    };
    expect(coloured({ isTTY: true })).toBe(true);
    expect(coloured({ isTTY: false })).toBe(false);
    expect(coloured({ isTTY: false, env: { FORCE_COLOR: '1' } })).toBe(true);
    expect(coloured({ isTTY: true, env: { NO_COLOR: '1', FORCE_COLOR: '1' } })).toBe(false);
  });

  it('keeps below its level', () => {
    const { lines, log } = logInto({ level: 'warn' });
    log.info('x');
    log.error('y');
    expect(lines).toHaveLength(1);
  });

  it('says an error of ours with its remedy in one line, any other with its stack and its cause', () => {
    const { lines, log } = logInto({ format: 'pretty' });
    log.error({ err: new BittenError('taken', 'port 1 is taken', { remedy: 'free it' }) }, 'cannot start');
    expect(lines[0]).toMatch(/cannot start error="port 1 is taken; free it"\n$/);
    log.error({ err: new Error('outer', { cause: new Error('inner') }) }, 'odd');
    expect(lines[1]).toContain('logger.test');
    expect(lines[1]).toContain('caused by: Error: inner');
  });
});
