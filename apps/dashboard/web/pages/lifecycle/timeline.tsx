import type { Lifecycle } from '../../../src/api/lifecycle.js';
import { hrefOf } from '../../shell/router.js';
import { Badge } from '../../ui/badge.js';
import { ago, duration } from '../../ui/format.js';
import { Panel } from '../../ui/panel.js';
import { Time } from '../../ui/time.js';
import { type Hop, hopsOf, type Stretch, stretchesOf, troublesOf } from './journey.js';
import { Result } from './life-table.js';
import { toneOf } from './lists.js';

/** One life from hop to hop: when each came, how long it took, what is missing, and what came twice. */
export function Timeline({ life }: { life: Lifecycle }) {
  const troubles = troublesOf(life);
  const about = [life.symbol, life.direction, life.pattern].filter((part) => part !== null).join(' · ');
  return (
    <Panel
      title={life.fire_id === null ? `Signal ${life.signal_id ?? ''}` : `Fire ${life.fire_id}`}
      tools={<Badge tone={toneOf(life)}>{life.state}</Badge>}
      isWide
    >
      <p class="life-about">
        {about !== '' && <span>{about}</span>}
        {life.fire_id !== null && life.signal_id !== null && (
          <span>
            of signal <a href={hrefOf('lifecycle', { rest: life.signal_id })}>{life.signal_id}</a>
          </span>
        )}
        <Result life={life} />
      </p>
      {troubles.length > 0 && (
        <p class="trouble">
          <span aria-hidden="true">▲ </span>
          {sentence(troubles)}
        </p>
      )}
      <ol class="hops">
        {stretchesOf(hopsOf(life)).map((stretch, i, all) => (
          <HopItem key={stretch.hop.kind} stretch={stretch} life={life} dayBefore={dayOf(all[i - 1])} />
        ))}
      </ol>
    </Panel>
  );
}

/** The local day of a hop, so that the date is said once and not at each. */
function dayOf(stretch: Stretch | undefined): string | null {
  const at = stretch?.hop.at ?? null;
  return at === null ? null : new Date(at * 1000).toDateString();
}

interface HopItemProps {
  stretch: Stretch;
  life: Lifecycle;
  dayBefore: string | null;
}

function HopItem({ stretch, life, dayBefore }: HopItemProps) {
  const { hop, share } = stretch;
  return (
    <li class={`hop ${hop.state}${isUnmeasured(hop) ? ' unmeasured' : ''}`} style={{ flexGrow: share }}>
      {hop.after !== null && <Way stretch={stretch} />}
      <div class="stop">
        <span class="dot" aria-hidden="true" />
        <p class="hop-name">
          {hop.seq === null ? (
            hop.kind
          ) : (
            <a href={hrefOf('events', { rest: String(hop.seq) })} title={`${hop.event_type}, seq ${hop.seq}`}>
              {hop.kind}
            </a>
          )}
          {hop.count > 1 && <Badge tone="warn">{hop.count} times</Badge>}
        </p>
        <p class="hop-at">
          {hop.state === 'came' ? (
            <Time at={hop.at} form={dayOf(stretch) === dayBefore ? 'clock' : 'full'} />
          ) : (
            <Absence hop={hop} life={life} />
          )}
        </p>
        {hop.said.map((word) => (
          <p key={word} class="hop-said">
            {word}
          </p>
        ))}
      </div>
    </li>
  );
}

/** It came, and nobody knows how long after the hop it answers: that one is missing. */
function isUnmeasured({ state, after, took_s }: Hop): boolean {
  return state === 'came' && after !== null && took_s === null;
}

/** The latency of a hop, on the line that leads to it. */
function Way({ stretch: { hop, isFromLast } }: { stretch: Stretch }) {
  return (
    <p class="way">
      {hop.took_s === null ? (
        <span class="sr">no latency known</span>
      ) : (
        <span class="took" title={`${hop.took_s.toFixed(6)} s after the ${hop.after}`}>
          {duration(hop.took_s)}
          <span class={isFromLast ? 'sr' : 'since'}> after {hop.after}</span>
        </span>
      )}
    </p>
  );
}

function Absence({ hop, life }: { hop: Hop; life: Lifecycle }) {
  if (hop.state === 'missing') return <Badge tone="bad">missing</Badge>;
  const since = life.confirmed_at ?? life.executed_at ?? life.fired_at;
  return <Badge tone="quiet">awaited{since === null ? '' : `, last hop ${ago(since)}`}</Badge>;
}

/** `No fire, signal came 3 times.` */
function sentence(parts: readonly string[]): string {
  const text = parts.join(', ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
