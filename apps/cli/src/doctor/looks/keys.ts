import { describeError } from '@bitten/runtime';
import { BittenError } from '@bitten/schema';
import { count } from '../../show/amount.js';
import type { Facts } from '../facts.js';
import { type Finding, ok, warning, wrong } from '../finding.js';

/** The keys, where the bus is told to want them, and the key this command shows. */
export async function lookAtKeys({ settings }: Facts): Promise<Finding[]> {
  const { curve, keysDir, keyFile } = settings;
  if (!curve && keyFile === null) return [];
  const { keyFilesIn, readAllowList, readClientKey, readServerKey } = await import('@bitten/transport');
  const findings: Finding[] = [];
  if (curve) {
    findings.push(
      check(() => {
        readServerKey(keysDir);
        const allowed = readAllowList(keyFilesIn(keysDir).allowed);
        if (allowed.length > 0) return ok('keys', `${count(allowed.length, 'key')} may come in`);
        return warning('keys', 'nobody may come in: the list is empty', 'bitten keys client NAME');
      }),
    );
  }
  if (keyFile !== null) {
    findings.push(
      check(() => {
        readClientKey(keyFile);
        return ok('keys', `the key of this command: ${keyFile}`);
      }),
    );
  }
  return findings;
}

function check(read: () => Finding): Finding {
  try {
    return read();
  } catch (error) {
    const remedy = (error instanceof BittenError ? error.remedy : undefined) ?? 'bitten keys list';
    return wrong('keys', error instanceof Error ? error.message : describeError(error), remedy);
  }
}
