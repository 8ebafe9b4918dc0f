import { bytesOf, lastLine } from '../system/lines.js';
import { until } from '../system/until.js';
import type { Stage } from './stage.js';

/** Waits until a publisher has noted that what it published lately is on its disk; the bus is away. */
export async function untilSpooled(stage: Stage, who: number): Promise<void> {
  const name = stage.nameOf(who);
  const { keptFile } = stage.load.lifeOf(name);
  const before = bytesOf(keptFile);
  await until(
    `${name} to spool`,
    () => bytesOf(keptFile) > before && lastLine(keptFile)?.endsWith('spooled'),
    {
      found: () => stage.load.publisherNow(name)?.tail(),
    },
  );
}
