import { setTimeout as sleep } from 'node:timers/promises';
import { BusClient } from '@bitten/transport';
import { checkOnce } from './check-once.js';
import { Crew } from './crew.js';
import type { SoakOptions } from './options.js';
import { readProcess } from './proc.js';
import { Samples } from './samples.js';
import { scheduleRestarts } from './schedule.js';
import { Watch } from './watch.js';

/** What an idle process costs. */
interface IdleCost {
  role: string;
  /** Of one core. */
  cpu_share: number;
}

export interface SoakResult {
  samples: Samples;
  /** How long events were published, seconds. */
  duration_s: number;
  published: number;
  /** Time in which publishers held back because too much was unacknowledged, all of them together. */
  throttled_s: number;
  idle: IdleCost[];
  /** What is wrong with what was stored, seen or said; empty where everything is there once. */
  faults: string[];
  storeIsBounded: boolean;
  storedEvents: number;
}

/** A machine with much else to do may have left the collector far behind. */
const settle_ms_max = 1_200_000;
/** Connections close, caches are written: rest begins a moment after work ends. */
const idleLead_ms = 15_000;

export interface RunOptions extends SoakOptions {
  outDir: string;
  signal: AbortSignal;
  say: (text: string) => void;
}

/** Runs the whole soak; ends early, with what there is, where `signal` says so. */
export async function runSoak(options: RunOptions): Promise<SoakResult> {
  const { outDir, signal, say } = options;
  const samples = new Samples(`${outDir}/samples.ndjson`);
  const crew = await Crew.gather(options, outDir);
  const client = new BusClient({ port: crew.busPort, name: 'soak' });
  try {
    await crew.start();
    const watch = new Watch(crew, client, samples);
    await load(options, crew, watch);
    const duration_s = watch.t;
    say('publishers stop; everything must arrive');
    const late = await settle(crew, watch);
    const idle = options.idleMinutes > 0 && !signal.aborted ? await rest(options, crew) : [];
    const lives = [...crew.published.values()];
    const crashes = crew.all.flatMap((member) => member.crashes);
    const bad = await crew.stop();
    const { faults, storedEvents } = checkOnce(crew);
    return {
      samples,
      duration_s,
      published: lives.reduce((sum, { published }) => sum + published, 0),
      throttled_s: lives.reduce((sum, { throttled_ms }) => sum + throttled_ms / 1000, 0),
      idle,
      faults: [...late, ...crashes, ...bad, ...faults],
      storeIsBounded: crew.storeIsBounded,
      storedEvents,
    };
  } finally {
    client.close();
    await crew.kill();
  }
}

/** Publishes for the time asked for, restarts whoever is due, samples all the while. */
async function load(options: RunOptions, crew: Crew, watch: Watch): Promise<void> {
  const { minutes, restarts, seed, every_s, signal, say } = options;
  const duration_s = minutes * 60;
  const members = [crew.bus, crew.collector, ...crew.publishers];
  const plan = scheduleRestarts({ roles: members.map(({ role }) => role), restarts, duration_s, seed });
  let told_s = 0;
  const sampling = setInterval(() => {
    watch.look();
    if (watch.t - told_s < 60) return;
    told_s = watch.t;
    say(progress(watch, crew));
  }, every_s * 1000);
  try {
    while (watch.t < duration_s && !signal.aborted) {
      await sleep(200);
      if (plan[0] === undefined || plan[0].at_s > watch.t) continue;
      const { role, signal: how } = plan.shift()!;
      say(`${clock(watch.t)}  ${role} is restarted (${how})`);
      await members.find((member) => member.role === role)!.restart(how);
    }
  } finally {
    clearInterval(sampling);
  }
}

/** Waits until all that was published is acknowledged, stored and seen; tells what is not. */
async function settle(crew: Crew, watch: Watch): Promise<string[]> {
  for (const publisher of crew.publishers) publisher.signal('SIGUSR2');
  const deadline = performance.now() + settle_ms_max;
  for (;;) {
    await sleep(500);
    const lag = (await watch.ask())?.cursors.find(({ name }) => name === 'collector')?.lag;
    const paused = [...crew.published.values()].filter((each) => each.paused).length;
    const behind = [
      ...(paused < crew.publishers.length ? [`${crew.publishers.length - paused} publishers`] : []),
      ...(lag === 0 ? [] : [`the collector by ${lag ?? 'nobody knows how many'} events`]),
      ...(crew.witnessed?.lag === 0 ? [] : [`the witness by ${crew.witnessed?.lag} events`]),
    ];
    if (behind.length === 0) return [];
    if (performance.now() > deadline) return behind.map((who) => `still behind at the end: ${who}`);
  }
}

/** Leaves everybody alone and looks at the CPU before and after. */
async function rest({ idleMinutes, say, signal }: RunOptions, crew: Crew): Promise<IdleCost[]> {
  say(`rest for ${idleMinutes} minutes`);
  await sleep(idleLead_ms, undefined, { signal }).catch(() => undefined);
  const begun = performance.now();
  const before = crew.all.map(({ pid }) => readProcess(pid!)?.cpu_s ?? 0);
  await sleep(idleMinutes * 60_000, undefined, { signal }).catch(() => undefined);
  const seconds = (performance.now() - begun) / 1000;
  return crew.all.map(({ role, pid }, i) => ({
    role,
    cpu_share: ((readProcess(pid!)?.cpu_s ?? 0) - before[i]!) / seconds,
  }));
}

function progress({ t, stats }: Watch, crew: Crew): string {
  if (stats === null) return `${clock(t)}  the bus is away`;
  const { next, bytes, segments } = stats.log;
  const lag = stats.cursors.find(({ name }) => name === 'collector')?.lag ?? 0;
  const size = `log ${Math.round(bytes / 1e6)} MB in ${segments}`;
  return `${clock(t)}  seq ${next}, ${size}, collector ${lag} behind, witness ${crew.witnessed?.lag ?? 0}`;
}

function clock(seconds: number): string {
  return `${String(Math.floor(seconds / 60)).padStart(3)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
}
