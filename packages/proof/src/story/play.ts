import { setTimeout as sleep } from 'node:timers/promises';
import { placeOf } from '../points.js';
import { until } from '../system/until.js';
import { corrupt } from './corrupt.js';
import type { Fault } from './fault.js';
import { untilSpooled } from './spooling.js';
import type { Stage } from './stage.js';

type Of<Kind extends Fault['kind']> = Extract<Fault, { kind: Kind }>;

/** Lets one thing go wrong. Throws where it could not be brought about, and where the system did not take it as it must. */
export async function play(stage: Stage, fault: Fault): Promise<void> {
  switch (fault.kind) {
    case 'point':
      return playPoint(stage, fault);
    case 'kill':
      return playKill(stage, fault);
    case 'freeze':
      return playFreeze(stage, fault);
    case 'net':
      return playNet(stage, fault);
    case 'corrupt':
      return corrupt(stage, fault);
    case 'clock':
      return playClock(stage, fault);
    case 'full':
      return playFull(stage, fault);
  }
}

const retention = { BITTEN_RETENTION_BYTES: String(1024 * 1024) };

async function playPoint(stage: Stage, { point, nth, share, who }: Of<'point'>): Promise<void> {
  const { victim, circumstance } = placeOf(point);
  const crash = { point, nth, share };
  stage.callClients();
  if (circumstance === 'busAway') await stage.kill('bus');
  if (circumstance === 'tornTail') await tearTail(stage);
  if (circumstance === 'spoolLeft') await leaveSpool(stage, who);
  if (circumstance === 'retention') await stage.held();
  await stage.kill(victim, who);
  if (victim === 'collector' || circumstance === 'spoolLeft') await stage.ensure('bus');
  const env = circumstance === 'retention' ? retention : {};
  const program = stage.launch(victim, { plan: stage.plan({ crash }), env, who });
  await stage.diedAt(program, victim, crash);
}

/** A bus that dies within a commit leaves part of it. */
async function tearTail(stage: Stage): Promise<void> {
  await stage.kill('bus');
  const crash = { point: 'midAppend', nth: 1, share: 0.5 } as const;
  const program = stage.launch('bus', { plan: stage.plan({ crash }) });
  await stage.diedAt(program, 'bus', crash);
}

/** A publisher that dies while the bus is away leaves its spool. */
async function leaveSpool(stage: Stage, who: number): Promise<void> {
  await stage.recover();
  await stage.kill('bus');
  await untilSpooled(stage, who);
  await stage.kill('publisher', who);
}

async function playKill(stage: Stage, { target, after_ms, who }: Of<'kill'>): Promise<void> {
  await stage.recover();
  await sleep(after_ms);
  await stage.kill(target, who);
}

async function playFreeze(stage: Stage, { target, after_ms, for_ms }: Of<'freeze'>): Promise<void> {
  await stage.recover();
  await sleep(after_ms);
  const program = stage.running(target)!;
  program.signal('SIGSTOP');
  stage.tally.freezes += 1;
  await sleep(for_ms);
  program.signal('SIGCONT');
  await stage.load.goesOn(`receipts after the ${target} was stopped`);
}

async function playNet(stage: Stage, { how, for_ms }: Of<'net'>): Promise<void> {
  await stage.recover();
  await stage.load.goesOn('receipts before the connections are disturbed');
  stage.tally.disturbances += 1;
  if (how === 'cut') stage.relay.cut();
  else await stage.relay[how](for_ms);
  await stage.load.goesOn(`receipts after the connections were disturbed (${how})`);
}

async function playClock(stage: Stage, { target, offsets_h, for_ms }: Of<'clock'>): Promise<void> {
  await stage.kill(target);
  const clock = offsets_h.map((hours, index) => ({
    after_ms: (index * for_ms) / offsets_h.length,
    offset_ms: hours * 3_600_000,
  }));
  stage.launch(target, { plan: stage.plan({ clock }) });
  stage.tally.clockShifts += offsets_h.length;
  await stage.recover();
  await stage.load.goesOn('receipts while the clock is wrong');
  await sleep(for_ms);
}

/** Some commits succeed, then the disk takes nothing, and then it does again. */
const beforeFull_ms = 200;

async function playFull(stage: Stage, { target, for_ms, who }: Of<'full'>): Promise<void> {
  await stage.recover();
  // A publisher needs its disk only while the bus is away.
  if (target === 'publisher') await stage.kill('bus');
  await stage.kill(target, who);
  const diskFull = { after_ms: beforeFull_ms, for_ms };
  const notes = stage.notes;
  const program = stage.launch(target, { plan: stage.plan({ diskFull }), who });
  await until(`the ${target} to meet a full disk`, () => stage.notes > notes || program.ending);
  stage.tally.diskFull += 1;
  await sleep(for_ms);
  if (program.ending !== undefined) throw new Error(`the ${target} ended on a full disk: ${program.tail()}`);
  await stage.recover();
  await stage.load.goesOn(`receipts after the disk of the ${target} was full`);
}
