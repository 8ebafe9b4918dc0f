import { describeFile } from '../../config/describe.js';
import { countProblems } from '../../config/inspect.js';
import type { Facts } from '../facts.js';
import { type Finding, ok, wrong } from '../finding.js';

/** The settings of all apps. What is wrong with each is for `bitten config show`. */
export function lookAtSettings({ config }: Facts): Finding[] {
  const problems = countProblems(config);
  const file = config.apps[0]?.file;
  const source = file === undefined ? '' : describeFile(file).replace(/^settings file +/, '');
  if (problems === 0) return [ok('settings', `in order; settings file: ${source}`)];
  const first = config.apps.flatMap(({ settings, problems: others }) => [
    ...settings.flatMap(({ problem }) => (problem === null ? [] : [problem])),
    ...others,
  ])[0];
  const text =
    first === undefined
      ? (config.unknown[0]?.why ?? '')
      : `${first.where}: expected ${first.expected}, found ${first.found}`;
  const more = problems > 1 ? ` (and ${problems - 1} more)` : '';
  return [wrong('settings', `${text}${more}`, first === undefined ? 'pnpm build' : 'bitten config show')];
}
