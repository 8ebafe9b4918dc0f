import { useSignal } from '@preact/signals';

const told_ms = 1_500;

/** Puts a text into the clipboard, and says so. */
export function CopyButton({ label, text }: { label: string; text: string }) {
  const said = useSignal<string | null>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      said.value = 'Copied';
    } catch {
      said.value = 'The browser does not let this page copy';
    }
    setTimeout(() => (said.value = null), told_ms);
  };
  return (
    <button type="button" onClick={() => void copy()}>
      {said.value ?? label}
      <span class="sr" role="status">
        {said.value ?? ''}
      </span>
    </button>
  );
}
