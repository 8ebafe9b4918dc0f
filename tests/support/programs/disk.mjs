// Loaded before a program (`node --import`): makes its disk slow, or makes it fail, as a small file says at the
// moment: {"bytes_per_s":1000000}, {"fail":"EIO"}, or nothing of both. Only files that are written at a position are
// touched, which are those of the log; standard output and error are not.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const control = process.env.BITTEN_TEST_DISK;
const cell = new Int32Array(new SharedArrayBuffer(4));
const { writeSync, fdatasyncSync, write, fdatasync, readFileSync } = fs;

function orders() {
  try {
    return JSON.parse(readFileSync(control, 'utf8'));
  } catch {
    return {};
  }
}

function failure(code) {
  return Object.assign(new Error(`${code}: made to fail`), { code, errno: -5, syscall: 'write' });
}

/** Waits as a slow disk would, or throws as a failing one. */
function suffer(bytes) {
  const { bytes_per_s, fail } = orders();
  if (bytes_per_s !== undefined && bytes > 0) Atomics.wait(cell, 0, 0, (bytes * 1000) / bytes_per_s);
  if (fail !== undefined) throw failure(fail);
}

fs.writeSync = (fd, buffer, offset, length, position) => {
  if (typeof position === 'number') suffer(length);
  return writeSync(fd, buffer, offset, length, position);
};
fs.fdatasyncSync = (fd) => {
  suffer(0);
  return fdatasyncSync(fd);
};
fs.write = (...call) => {
  const { fail } = orders();
  if (fail === undefined || typeof call[4] !== 'number') return write(...call);
  return process.nextTick(call.at(-1), failure(fail), 0);
};
fs.fdatasync = (fd, done) => {
  const { fail } = orders();
  return fail === undefined ? fdatasync(fd, done) : process.nextTick(done, failure(fail));
};
syncBuiltinESMExports();
