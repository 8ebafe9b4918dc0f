import { useSignal } from '@preact/signals';
import type { AlertRule, Silence } from '../../../src/api/alerts.js';
import { change, factsOf } from '../../shell/api.js';
import { Dialog } from '../../ui/dialog.js';
import { ErrorBox } from '../../ui/error-box.js';
import { dateTime } from '../../ui/format.js';
import { problemOf, type SilenceDraft, silenceOf, spells } from './silences.js';

interface SilenceDialogProps {
  rules: readonly AlertRule[];
  draft: Pick<SilenceDraft, 'rule' | 'key'>;
  onClose: () => void;
  onDone: () => void;
}

/** Keeps alerts from being delivered for a while. They are recorded all the same. */
export function SilenceDialog({ rules, draft: given, onClose, onDone }: SilenceDialogProps) {
  const draft = useSignal<SilenceDraft>({ ...given, seconds: 3_600, reason: '' });
  const problem = useSignal<string | null>(null);
  const refusal = useSignal<unknown>(null);
  const set = (changes: Partial<SilenceDraft>) => {
    draft.value = { ...draft.value, ...changes };
    problem.value = null;
  };
  const silence = async () => {
    problem.value = problemOf(draft.value);
    if (problem.value !== null) return;
    try {
      await change<Silence>('POST', 'silences', silenceOf(draft.value, Date.now() / 1000));
      onDone();
      onClose();
    } catch (error) {
      refusal.value = error;
    }
  };
  const { rule, key, seconds, reason } = draft.value;
  return (
    <Dialog title="Silence" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void silence();
        }}
      >
        <p>What is silenced is recorded and shown here, and delivered to nobody.</p>
        <label class="field">
          <span>Rule</span>
          <select value={rule} onChange={(event) => set({ rule: event.currentTarget.value })}>
            <option value="">all rules</option>
            {namesWith(rules, rule).map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>Key (a symbol, an account, a fire; empty for all)</span>
          <input value={key} onInput={(event) => set({ key: event.currentTarget.value })} />
        </label>
        <label class="field">
          <span>For</span>
          <select
            value={String(seconds)}
            onChange={(event) => set({ seconds: Number(event.currentTarget.value) })}
          >
            {spells.map(({ seconds: spell, name }) => (
              <option key={spell} value={String(spell)}>
                {name}, until {dateTime(Date.now() / 1000 + spell)}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>Reason</span>
          <input
            value={reason}
            maxLength={500}
            onInput={(event) => set({ reason: event.currentTarget.value })}
          />
        </label>
        <p class="bad" role="alert">
          {problem.value}
        </p>
        <ErrorBox error={refusal.value === null ? null : factsOf(refusal.value)} />
        <p class="row">
          <button type="submit" class="primary">
            Silence it
          </button>
        </p>
      </form>
    </Dialog>
  );
}

/** An alert may be of a rule that the file no longer has. */
function namesWith(rules: readonly AlertRule[], name: string): string[] {
  const names = new Set(rules.map((rule) => rule.name));
  if (name !== '') names.add(name);
  return [...names].sort();
}
