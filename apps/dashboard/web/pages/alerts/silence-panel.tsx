import { useSignal } from '@preact/signals';
import type { AlertsPage, Silence } from '../../../src/api/alerts.js';
import { change, factsOf } from '../../shell/api.js';
import { ErrorBox } from '../../ui/error-box.js';
import { mayChange } from '../../ui/needs-token.js';
import { Table } from '../../ui/table.js';
import { Time } from '../../ui/time.js';
import { SilenceDialog } from './silence-dialog.js';
import { inOrder, phaseOf, sayScope } from './silences.js';

/** What is kept from being delivered, until when and why. */
export function Silences({ page, onChange }: { page: AlertsPage; onChange: () => void }) {
  const isOpen = useSignal(false);
  const refusal = useSignal<unknown>(null);
  const now = Date.now() / 1000;
  const end = async ({ id }: Silence) => {
    try {
      await change<unknown>('DELETE', `silences/${id}`);
      refusal.value = null;
      onChange();
    } catch (error) {
      refusal.value = error;
    }
  };
  return (
    <>
      <Table
        caption="Silences, those in force first"
        rows={inOrder(page.silences, now)}
        keyOf={({ id }) => id}
        empty="Nothing is silenced."
        columns={[
          { title: 'What', cell: sayScope },
          { title: 'State', cell: (silence) => phaseOf(silence, now) },
          { title: 'Until', cell: ({ until }) => <Time at={until} /> },
          { title: 'Why', cell: ({ reason, by }) => (by === null ? reason : `${reason} (${by})`) },
          {
            title: 'End',
            cell: (silence) =>
              phaseOf(silence, now) !== 'over' && (
                <button type="button" disabled={!mayChange()} onClick={() => void end(silence)}>
                  End it<span class="sr">: the silence of {sayScope(silence)}</span>
                </button>
              ),
          },
        ]}
      />
      <ErrorBox error={refusal.value === null ? null : factsOf(refusal.value)} />
      <p class="row">
        <button type="button" disabled={!mayChange()} onClick={() => (isOpen.value = true)}>
          Silence …
        </button>
      </p>
      {isOpen.value && (
        <SilenceDialog
          rules={page.rules}
          draft={{ rule: '', key: '' }}
          onClose={() => {
            isOpen.value = false;
          }}
          onDone={onChange}
        />
      )}
    </>
  );
}
