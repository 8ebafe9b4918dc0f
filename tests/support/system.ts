import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, type Program, System as ProvedSystem } from '@bitten/proof';
import { onTestFailed, onTestFinished } from 'vitest';
import { component } from './places.js';

/**
 * A bus and a collector, as processes of their own, on free ports and a data folder of their own. Everything
 * started through it is ended, and the folder removed, when the test has finished.
 */
export class System extends ProvedSystem {
  /** Ports and a folder; nothing runs yet. A `dataDir` of its own is for tests that harm it. */
  static async prepare({ dataDir }: { dataDir?: string } = {}): Promise<System> {
    const workDir = mkdtempSync(join(tmpdir(), 'bitten-test-'));
    const system = new System({
      ports: await freePorts(),
      workDir,
      dataDir: dataDir ?? workDir,
      // Whoever stops the tests by Ctrl-C stops all of it.
      detached: false,
    });
    onTestFailed(() => system.#report());
    onTestFinished(() => system.#clear());
    return system;
  }

  /** Bus and collector, both ready. */
  static async start(): Promise<System> {
    const system = await System.prepare();
    await system.startBus();
    await system.startCollector();
    return system;
  }

  /** Starts one of our own components, told what to do as one JSON argument. */
  runComponent(
    name: Parameters<typeof component>[0],
    task: object,
    env: Record<string, string> = {},
  ): Program {
    return this.run(name, component(name), { args: [JSON.stringify(task)], env });
  }

  /** A folder out of the way of bus and collector. */
  get folder(): string {
    return this.workDir;
  }

  #report(): void {
    console.error(this.tails());
    if (process.env.BITTEN_TEST_KEEP === '1') console.error(`kept: ${this.workDir}`);
  }

  async #clear(): Promise<void> {
    await this.close();
    if (process.env.BITTEN_TEST_KEEP !== '1') rmSync(this.workDir, { recursive: true, force: true });
  }
}
