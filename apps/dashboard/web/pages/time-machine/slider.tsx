import type { History } from '../../../src/api/state.js';
import { counted, dateTime, duration, zone } from '../../ui/format.js';
import { countAt, outlineOf } from './density.js';
import { fractionOf, instantAfterKey, instantAt, type Span } from './instant.js';

interface SliderProps {
  history: History;
  span: Span;
  at: number;
  pin: number | null;
  onTravel: (at: number) => void;
}

const height = 56;

/** History from end to end, with the density of events drawn beneath, and where in it this page is. */
export function Slider({ history, span, at, pin, onTravel }: SliderProps) {
  const text = `${dateTime(at, { milliseconds: true })} ${zone()}`;
  return (
    <div class="slider">
      <Density history={history} span={span} at={at} pin={pin} onTravel={onTravel} />
      <input
        type="range"
        aria-label="Instant"
        aria-valuetext={text}
        aria-describedby="slider-keys"
        min={span.from}
        max={span.to}
        step="any"
        value={at}
        onInput={(event) => {
          const { from, to } = span;
          const value = event.currentTarget.valueAsNumber;
          onTravel(instantAt(fractionOf(value, { from, to }), { from, to }));
        }}
        onKeyDown={(event) => {
          const next = instantAfterKey(event, at, span);
          if (next === undefined) return;
          event.preventDefault();
          onTravel(next);
        }}
      />
      <p class="ends">
        <span>{dateTime(span.from)}</span>
        <span class="here">{sayCount(history, at)}</span>
        <span>{dateTime(span.to)}</span>
      </p>
    </div>
  );
}

function Density({ history, span, at, pin, onTravel }: SliderProps) {
  const { counts } = history;
  const width = Math.max(1, counts.length);
  const drawn = { from: history.from ?? span.from, to: history.to ?? span.to };
  // A replay may have come further than what was counted.
  const scale = (drawn.to - drawn.from) / Math.max(1e-9, span.to - span.from) || 1;
  const x = (place: number) => fractionOf(place, span) * width;
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      class="density"
      aria-hidden="true"
      onPointerDown={(event) => {
        const { left, width: shown } = event.currentTarget.getBoundingClientRect();
        onTravel(instantAt((event.clientX - left) / shown, span));
      }}
    >
      <path class="all" d={outlineOf(counts, height).path} transform={`scale(${scale} 1)`} />
      {pin !== null && (
        <rect
          class="between"
          x={Math.min(x(pin), x(at))}
          y="0"
          width={Math.abs(x(pin) - x(at))}
          height={height}
        />
      )}
      {pin !== null && <line class="pin" x1={x(pin)} x2={x(pin)} y1="0" y2={height} />}
      <line class="here" x1={x(at)} x2={x(at)} y1="0" y2={height} />
    </svg>
  );
}

/** How much happened around there. */
function sayCount({ from, to, counts }: History, at: number): string {
  if (from === null || to === null || counts.length === 0) return '';
  const step_s = (to - from) / counts.length;
  return `${counted(countAt(counts, fractionOf(at, { from, to })), 'event')} within ${duration(step_s)} here`;
}
