import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { FigureName } from './figures.js';
import type { Bench, Scale } from './scenario.js';
import type { Child } from './system/child.js';
import { programFile } from './system/places.js';
import { Program } from './system/program.js';
import type { Programs } from './system/programs.js';
import { System, type SystemOptions } from './system/system.js';

export interface LabOptions {
  scale: Scale;
  /** Folders are made in it. */
  baseDir: string;
  /** Flags of node for a process, by its name. */
  nodeArgs: (name: string) => readonly string[];
  onFigure: (figure: FigureName, value: number) => void;
  onNote: (text: string) => void;
}

const foldersLeft = new Set<string>();

/** Whatever ends us, the gigabytes go. */
process.on('exit', () => {
  for (const dir of foldersLeft) rmSync(dir, { recursive: true, force: true });
});

/** What one run of one scenario works in: it ends every process and removes every folder when it is cleared. */
export class Lab implements Bench {
  readonly scale: Scale;
  readonly #o: LabOptions;
  readonly #children: Child[] = [];
  readonly #systems: System[] = [];
  readonly #folders: string[] = [];

  constructor(options: LabOptions) {
    this.#o = options;
    this.scale = options.scale;
  }

  knobs<Knobs>(of: Record<Scale, Knobs>): Knobs {
    return of[this.scale];
  }

  record(figure: FigureName, value: number): void {
    this.#o.onFigure(figure, value);
  }

  note(text: string): void {
    this.#o.onNote(text);
  }

  folder(): string {
    const dir = mkdtempSync(join(this.#o.baseDir, 'bitten-bench-'));
    this.#folders.push(dir);
    foldersLeft.add(dir);
    return dir;
  }

  async system({ dataDir = this.folder(), collector = true }: SystemOptions = {}): Promise<System> {
    const system = await System.start({
      dataDir,
      collector,
      nodeArgs: this.#o.nodeArgs,
      onStarted: (child) => this.#children.push(child),
    });
    this.#systems.push(system);
    return system;
  }

  async start<Name extends keyof Programs>(name: Name, label: string = name): Promise<Programs[Name]> {
    const program = new Program({
      name: label,
      script: programFile(name),
      cwd: this.folder(),
      nodeArgs: this.#o.nodeArgs(label),
    });
    this.#children.push(program);
    await program.ready();
    return program as unknown as Programs[Name];
  }

  async clear(): Promise<void> {
    const apps = new Set(this.#systems.flatMap(({ bus, collector }) => [bus, collector]));
    // Readers and publishers first: nobody shall spool because the bus went before him.
    for (const child of this.#children) if (!apps.has(child)) await child.stop();
    for (const system of this.#systems) await system.stop();
    await Promise.all(this.#children.map((child) => child.kill()));
    for (const dir of this.#folders) {
      rmSync(dir, { recursive: true, force: true });
      foldersLeft.delete(dir);
    }
  }
}
