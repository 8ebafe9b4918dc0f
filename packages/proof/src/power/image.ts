import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { run } from './commands.js';

export interface ImageOptions {
  /** The image is the file `NAME.img` in this folder, mounted on `NAME` beside it. */
  dir: string;
  name: string;
}

/** Sparse: it takes what is written to it. */
const imageBytes = 256 * 1024 * 1024;

/**
 * So seldom does ext4 commit its journal by itself, in seconds: within a cut nothing becomes durable because time
 * has passed, only because somebody asked for it.
 */
const commitInterval_s = 300;

/**
 * A file system of its own, in a file, on a loop device: a disk whose power can be cut.
 *
 * **What the copy is.** What a program writes stays in the page cache of the mounted file system until ext4
 * hands it to the loop device: on fsync, on a write with O_DSYNC, or when the system writes back old pages. The
 * loop device writes what it is handed to the image file, and `copy` reads that file. So the copy holds every
 * write that the disk had been given by then, in the order ext4 gave them, and nothing of what was only in
 * memory: the disk as it would be found after a power cut at this moment, and mounting it replays the journal as
 * a start after one does. Nobody may write while it is copied: the programs are stopped, and `copy` sees by the
 * device's own counters that nothing came meanwhile.
 *
 * **What it is not.** A disk with a cache of its own may lose or reorder what it was given and not told to flush.
 * The copy has all of it, in order: a missing fsync shows, a missing flush, torn sectors and reorderings do not.
 * Those are what the injected method is for.
 */
export class DiskImage {
  readonly file: string;
  /** Where it is mounted. */
  readonly folder: string;
  #mounted = false;

  private constructor({ dir, name }: ImageOptions) {
    this.file = join(dir, `${name}.img`);
    this.folder = join(dir, name);
  }

  /** Makes an empty disk and mounts it. Throws what `mkfs.ext4` and `mount` say. */
  static create(options: ImageOptions): DiskImage {
    const image = new DiskImage(options);
    const fd = openSync(image.file, 'w', 0o600);
    try {
      ftruncateSync(fd, imageBytes);
    } finally {
      closeSync(fd);
    }
    // Nothing may be left to do in the background: inode tables and journal are written now.
    try {
      run('mkfs.ext4', ['-q', '-F', '-E', 'lazy_itable_init=0,lazy_journal_init=0', image.file]);
      image.#mount();
    } catch (error) {
      image.remove();
      throw error;
    }
    return image;
  }

  /** Keeps the disk as it is now, in a file beside it. Its writers must be stopped. */
  copy(): void {
    for (let before = this.#writes(); ; before = this.#writes()) {
      run('cp', ['--sparse=always', this.file, this.#copyFile]);
      if (this.#writes() === before) return;
    }
  }

  /** Puts the copy in the disk's place, at the same folder, as after a start of the machine. Nobody may use it. */
  restart(): void {
    // What unmounting still writes goes to the old file.
    this.unmount();
    renameSync(this.#copyFile, this.file);
    this.#mount();
  }

  /** Takes it away, with whatever is on it. Nobody may use it any more. */
  remove(): void {
    this.unmount();
    rmSync(this.file, { force: true });
    rmSync(this.#copyFile, { force: true });
    rmSync(this.folder, { recursive: true, force: true });
  }

  unmount(): void {
    if (!this.#mounted) return;
    run('umount', [this.folder]);
    this.#mounted = false;
  }

  get #copyFile(): string {
    return `${this.file}.copy`;
  }

  #mount(): void {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    run('mount', ['-o', `loop,commit=${commitInterval_s}`, this.file, this.folder]);
    this.#mounted = true;
  }

  /** Writes and flushes the device has done and has on its way. */
  #writes(): string {
    const [device = ''] = run('losetup', ['-j', this.file, '-n', '-O', 'NAME']).trim().split('\n');
    const fields = readFileSync(`/sys/block/${basename(device)}/stat`, 'utf8')
      .trim()
      .split(/\s+/);
    // Documented in the kernel's block/stat.rst: writes done, sectors written, in flight, flushes done.
    return [fields[4], fields[6], fields[8], fields[15]].join(' ');
  }
}

/** Why no image can be mounted here; undefined where it can. */
export function whyNoImages(dir: string): string | undefined {
  if (process.platform !== 'linux') return 'mounting an image needs Linux';
  if (process.getuid?.() !== 0) return 'mounting an image needs root';
  if (!existsSync('/dev/loop-control')) return 'there are no loop devices';
  let image: DiskImage | undefined;
  try {
    image = DiskImage.create({ dir, name: `probe-${process.pid}` });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    image?.remove();
  }
}
