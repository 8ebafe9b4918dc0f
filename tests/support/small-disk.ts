import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDiskOptions {
  megabytes: number;
  /** `tmpfs`: memory, quickly made. `ext4`: an image on a loop device, with a real disk's habits. */
  kind: 'tmpfs' | 'ext4';
}

/**
 * A file system of its own, so small that it can be filled. Making one takes root and a kernel that allows
 * mounts: see `canMount`.
 */
export class SmallDisk {
  /** Where it is mounted. */
  readonly path: string;
  /** The folder around that. */
  readonly base: string;
  readonly #kind: SmallDiskOptions['kind'];
  #mounted = false;

  constructor({ megabytes, kind }: SmallDiskOptions) {
    this.base = mkdtempSync(join(tmpdir(), 'bitten-disk-'));
    this.#kind = kind;
    this.path = join(this.base, 'disk');
    mkdirSync(this.path);
    try {
      if (kind === 'ext4') this.#format(megabytes);
      this.mount(megabytes);
    } catch (error) {
      rmSync(this.base, { recursive: true, force: true });
      throw error;
    }
  }

  /** Bytes that can still be written. */
  get free(): number {
    const { bavail, bsize } = statfsSync(this.path);
    return bavail * bsize;
  }

  /** Mounts it again, after `unmount`; the content of an ext4 is there again. */
  mount(megabytes?: number): void {
    const size = megabytes === undefined ? [] : [`size=${megabytes}m`];
    if (this.#kind === 'tmpfs')
      run('mount', ['-t', 'tmpfs', '-o', ['mode=0700', ...size].join(), 'none', this.path]);
    else run('mount', ['-o', 'loop,errors=remount-ro', this.#image, this.path]);
    this.#mounted = true;
  }

  unmount(): void {
    if (this.#mounted) run('umount', [this.path]);
    this.#mounted = false;
  }

  /** Makes it read-only or writable; nobody may have a file open for writing. */
  remount(how: 'ro' | 'rw'): void {
    run('mount', ['-o', `remount,${how}`, this.path]);
  }

  /** Takes all space but `left` bytes, in a file of its own; several calls add to each other. */
  fill(left = 0): void {
    const chunk = Buffer.alloc(1024 * 1024);
    for (let size = chunk.length; size >= 512; ) {
      if (this.free - left < size || !append(this.#filler, chunk.subarray(0, size))) size /= 2;
    }
  }

  /** Gives back what `fill` has taken. */
  clear(): void {
    truncateSync(this.#filler, 0);
  }

  /** The kernel finds an error in the file system and goes on with it read-only, as it does on a dying disk. */
  turnReadOnly(): void {
    const { stdout } = run('findmnt', ['-n', '-o', 'SOURCE', this.path]);
    const device = stdout.trim().split('/').at(-1)!;
    writeFileSync(`/sys/fs/ext4/${device}/trigger_fs_error`, '1');
  }

  /** Mends an ext4 that has turned read-only; it must not be mounted. */
  repair(): void {
    spawnSync('e2fsck', ['-p', this.#image], { timeout: 30_000 });
  }

  /** Unmounts it, and nothing is left of it. */
  remove(): void {
    if (this.#mounted) spawnSync('umount', ['-l', this.path], { timeout: 30_000 });
    this.#mounted = false;
    rmSync(this.base, { recursive: true, force: true });
  }

  get #filler(): string {
    return join(this.path, 'filler');
  }

  get #image(): string {
    return join(this.base, 'image');
  }

  #format(megabytes: number): void {
    writeFileSync(this.#image, '');
    truncateSync(this.#image, megabytes * 1024 * 1024);
    // No blocks for root alone: the tests may be root, and full shall mean full for everybody.
    run('mkfs.ext4', ['-q', '-F', '-m', '0', this.#image]);
  }
}

/** Whether small disks of a kind can be made here; undefined where they can, else why not. */
export function whyNoDisk(kind: SmallDiskOptions['kind']): string | undefined {
  if (process.platform !== 'linux') return 'mounts are tried on Linux only';
  if (process.getuid?.() !== 0) return 'mounting needs root';
  try {
    new SmallDisk({ megabytes: 8, kind }).remove();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Makes what can be changed unchangeable, for the superuser too and for files that are open already. */
export function setImmutable(paths: readonly string[], immutable: boolean): void {
  run('chattr', [immutable ? '+i' : '-i', ...paths]);
}

function append(file: string, bytes: Buffer): boolean {
  try {
    writeFileSync(file, bytes, { flag: 'a', flush: true });
    return true;
  } catch {
    return false;
  }
}

function run(command: string, args: readonly string[]): { stdout: string } {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', timeout: 30_000 });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
  return { stdout };
}
