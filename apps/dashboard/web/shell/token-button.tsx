import { useSignal } from '@preact/signals';
import { Dialog } from '../ui/dialog.js';
import { keepToken, token } from './token.js';

/** Says whether this page may change something, and takes the token. */
export function TokenButton() {
  const isOpen = useSignal(false);
  const mayChange = token.value !== null;
  return (
    <>
      <button type="button" class="plain" onClick={() => (isOpen.value = true)}>
        {mayChange ? 'May change' : 'Read only'}
      </button>
      {isOpen.value && (
        <Dialog
          title={mayChange ? 'This page may change things' : 'This page only reads'}
          onClose={() => (isOpen.value = false)}
        >
          <form
            onSubmit={(event) => {
              event.preventDefault();
              const given = new FormData(event.currentTarget).get('token');
              keepToken(typeof given === 'string' && given.trim() !== '' ? given.trim() : null);
              isOpen.value = false;
            }}
          >
            <p>
              Correcting dead letters, replays, silences and acknowledgements need the token of this
              dashboard. It is in the file <code>dashboard-token</code> in the data folder;{' '}
              <code>pnpm dev</code> prints an address that has it.
            </p>
            <label class="field">
              <span>Token</span>
              <input name="token" type="password" autocomplete="off" spellcheck={false} />
            </label>
            <p class="row">
              <button type="submit" class="primary">
                Keep it in this browser
              </button>
              {mayChange && (
                <button
                  type="button"
                  onClick={() => {
                    keepToken(null);
                    isOpen.value = false;
                  }}
                >
                  Forget it
                </button>
              )}
            </p>
          </form>
        </Dialog>
      )}
    </>
  );
}
