import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface PanelProps {
  title: string;
  /** Beside the title: a choice, a link. */
  tools?: ComponentChildren;
  /** Over the whole width. */
  isWide?: boolean;
  children: ComponentChildren;
}

/** A part of a page, with its heading. */
export function Panel({ title, tools, isWide = false, children }: PanelProps) {
  const id = useId();
  return (
    <section class={isWide ? 'panel wide' : 'panel'} aria-labelledby={id}>
      <div class="panel-head">
        <h2 id={id}>{title}</h2>
        {tools}
      </div>
      {children}
    </section>
  );
}

/** The panels of a page, side by side where there is room. */
export function Panels({ children }: { children: ComponentChildren }) {
  return <div class="panels">{children}</div>;
}
