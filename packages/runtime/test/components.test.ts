import { describe, expect, it } from 'vitest';
import { Components } from '../src/components.js';

async function startAll(stops: Record<string, () => unknown>) {
  const components = new Components();
  const stopped: string[] = [];
  for (const [name, stop] of Object.entries(stops)) {
    await components.use({
      name,
      start: () => `${name} handle`,
      stop: async (handle) => {
        await stop();
        stopped.push(handle);
      },
    });
  }
  return { components, stopped };
}

const nothing = () => {};

describe('Components', () => {
  it('hands out what was started and stops it in reverse', async () => {
    const { components, stopped } = await startAll({ log: nothing, broker: nothing, sockets: nothing });
    expect(await components.use({ name: 'last', start: () => 7 })).toBe(7);
    expect(await components.stop(1_000)).toEqual({ failures: [], hung: undefined });
    expect(stopped).toEqual(['sockets handle', 'broker handle', 'log handle']);
  });

  it('does not stop what never started, and nothing twice', async () => {
    const { components, stopped } = await startAll({ log: nothing });
    const failing = components.use({
      name: 'broken',
      start: () => Promise.reject(new Error('no')),
      stop: () => stopped.push('broken'),
    });
    await expect(failing).rejects.toThrow('no');
    await components.stop(1_000);
    await components.stop(1_000);
    expect(stopped).toEqual(['log handle']);
  });

  it('goes on past a failure and reports it', async () => {
    const error = new Error('trouble');
    const { components, stopped } = await startAll({ log: nothing, broker: () => Promise.reject(error) });
    expect(await components.stop(1_000)).toEqual({
      failures: [{ component: 'broker', error }],
      hung: undefined,
    });
    expect(stopped).toEqual(['log handle']);
  });

  it('names what hangs and leaves what is below it', async () => {
    const { components, stopped } = await startAll({ log: nothing, broker: () => new Promise(nothing) });
    expect((await components.stop(20)).hung?.component).toBe('broker');
    expect(stopped).toEqual([]);
  });

  it('starts nothing once it is closed', async () => {
    const components = new Components();
    components.close();
    await expect(components.use({ name: 'late', start: nothing })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});
