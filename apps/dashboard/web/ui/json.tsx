/** A value as JSON, to be read. It is text, whatever is in it. */
export function Json({ value, label }: { value: unknown; label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard.
    <section tabIndex={0} aria-label={label} class="json">
      <pre>{JSON.stringify(value, null, 2)}</pre>
    </section>
  );
}
