import { spawn } from 'node:child_process';
import type { CommandChannel } from '@bitten/alerts';
import { oneLine } from '../render/text.js';
import { type Channel, DeliveryError } from './channel.js';

const output_bytes_max = 2_000;
/** As in sysexits.h: the program asks to be called again later. */
const tryAgain = 75;

/**
 * A program of one's own. It gets the notification as JSON on its standard input, and what matters most as variables; no
 * shell sees any of it. It has taken the notification when it ends with 0; with 75 it is called again later, with any
 * other code the notification is given up.
 */
export function command({ command: [program, ...args] }: CommandChannel): Channel {
  return {
    send: (notification, { signal }) =>
      new Promise((resolve, reject) => {
        const { id, title, severity, link } = notification;
        const child = spawn(program!, args, {
          stdio: ['pipe', 'ignore', 'pipe'],
          // A group of its own, so that what it has started ends with it.
          detached: true,
          env: {
            ...process.env,
            BITTEN_NOTIFICATION_ID: id,
            BITTEN_ALERT_TITLE: oneLine(title),
            BITTEN_ALERT_SEVERITY: severity,
            BITTEN_ALERT_LINK: link,
          },
        });
        const said = collect(child.stderr);
        // A program that runs on is ended; it, or what it has left behind, would hold up all that comes after.
        const stop = () => {
          endGroup(child.pid);
          child.stderr.destroy();
        };
        signal.addEventListener('abort', stop, { once: true });
        // A program need not read what it is told.
        child.stdin.on('error', () => {});
        child.stdin.end(`${JSON.stringify({ version: 1, ...notification })}\n`);
        const fail = (why: string, isPassing: boolean) => {
          const told = oneLine(said(), 300).trim();
          reject(new DeliveryError(`${program}: ${why}${told === '' ? '' : `: ${told}`}`, { isPassing }));
        };
        child.once('error', (error) => fail(error.message, false));
        child.once('close', (code, by) => {
          signal.removeEventListener('abort', stop);
          if (code === 0) resolve();
          else if (signal.aborted) fail('did not end in time', true);
          else
            fail(code === null ? `ended by ${by}` : `exit code ${code}`, code === null || code === tryAgain);
        });
      }),
  };
}

/** Ends a program and what it has started. */
function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // All of it has ended by itself.
  }
}

/** The first bytes of what a stream brings; the rest is read and forgotten, so that nobody waits for it to be read. */
function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    if (bytes < output_bytes_max) chunks.push(chunk.subarray(0, output_bytes_max - bytes));
    bytes += chunk.length;
  });
  return () => Buffer.concat(chunks).toString('utf8');
}
