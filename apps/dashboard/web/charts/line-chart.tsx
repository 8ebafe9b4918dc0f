import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { theme } from '../shell/theme.js';
import { type Series, SeriesTable } from './series-table.js';

export type { Series };

interface LineChartProps {
  /** What is drawn, for who does not see it. */
  title: string;
  /** Unix seconds, ascending. */
  at: readonly number[];
  series: readonly Series[];
  /** How values are written. */
  format: (value: number) => string;
  /** Drawn on top of each other, the areas filled. */
  isStacked?: boolean;
  height_px?: number;
}

const height_default = 220;

/** By the step of the axis: how a time is written, and what stands beneath where a year or a day begins. */
const timeLabels: uPlot.Axis.Values = [
  [31_536_000, '{YYYY}', null, null, null, null, null, null, 1],
  [2_419_200, '{MMM}', '\n{YYYY}', null, null, null, null, null, 1],
  [86_400, '{D} {MMM}', '\n{YYYY}', null, null, null, null, null, 1],
  [60, '{HH}:{mm}', '\n{D} {MMM} {YYYY}', null, '\n{D} {MMM}', null, null, null, 1],
  [1, '{HH}:{mm}:{ss}', '\n{D} {MMM} {YYYY}', null, '\n{D} {MMM}', null, null, null, 1],
];

/** Lines over time. It follows the theme and the width, and has a table for keyboard and screen reader. */
export function LineChart(props: LineChartProps) {
  const { title, at, series, format, height_px = height_default } = props;
  const holder = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const ground = theme.value;
  const shape = [
    ground,
    format.name,
    props.isStacked,
    ...series.map(({ name, color }) => `${name} ${color}`),
  ].join('|');
  useEffect(() => {
    const element = holder.current!;
    const made = new uPlot(
      optionsOf({ ...props, height_px, width_px: element.clientWidth, ink: inkOf(element) }),
      dataOf(props),
      element,
    );
    chart.current = made;
    const observer = new ResizeObserver(() =>
      made.setSize({ width: element.clientWidth, height: height_px }),
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      chart.current = null;
    };
    // Made anew where its lines or colours are others; new values go into the one there is.
  }, [shape, height_px]);
  useEffect(() => {
    chart.current?.setData(dataOf(props));
  }, [at, series]);
  return (
    <figure class="chart">
      <div ref={holder} class="plot" style={{ minHeight: `${height_px}px` }} aria-hidden="true" />
      <figcaption>
        <ul class="legend">
          {series.map(({ name, color, label }) => (
            <li key={name}>
              <span class="swatch" style={{ background: color }} />
              {label ?? name}
            </li>
          ))}
        </ul>
        <SeriesTable title={title} at={at} series={series} format={format} />
      </figcaption>
    </figure>
  );
}

interface Ink {
  text: string;
  line: string;
}

function inkOf(element: HTMLElement): Ink {
  const style = getComputedStyle(element);
  return {
    text: style.getPropertyValue('--text-soft').trim(),
    line: style.getPropertyValue('--line').trim(),
  };
}

/** In a stack each line is the sum of itself and those before it. */
function dataOf({ at, series, isStacked = false }: LineChartProps): uPlot.AlignedData {
  const sums = new Array<number>(at.length).fill(0);
  const columns = series.map(({ values }) => {
    if (!isStacked) return [...values];
    return values.map((value, i) => {
      sums[i]! += value ?? 0;
      return sums[i]!;
    });
  });
  return [[...at], ...columns] as uPlot.AlignedData;
}

function optionsOf({
  series,
  format,
  isStacked = false,
  height_px,
  width_px,
  ink,
}: LineChartProps & { height_px: number; width_px: number; ink: Ink }): uPlot.Options {
  const axis = {
    stroke: ink.text,
    grid: { stroke: ink.line, width: 1 },
    ticks: { show: false },
    font: '12px system-ui',
  };
  const lines: uPlot.Series[] = series.map(({ name, color, isDashed = false }) => ({
    label: name,
    ...(isDashed ? { dash: [7, 5] } : {}),
    stroke: color,
    width: isStacked ? 1 : 2,
    points: { show: false },
    spanGaps: true,
  }));
  const options: uPlot.Options = {
    width: width_px,
    height: height_px,
    legend: { show: false },
    cursor: { y: false, points: { size: 6 } },
    series: [{}, ...lines],
    scales: { x: { time: true }, y: { range: (_, min, max) => rangeOf(min, max, isStacked) } },
    axes: [
      { ...axis, values: timeLabels },
      {
        ...axis,
        size: (_, labels) => roomFor(labels),
        values: (_, ticks) => ticks.map((tick) => format(tick)),
      },
    ],
  };
  if (isStacked) {
    // From the top down, so that each band shows its own colour: between a line and the one beneath it.
    options.bands = series
      .slice(1)
      .map((_, i) => ({ series: [i + 2, i + 1] as [number, number], fill: `${series[i + 1]!.color}55` }));
    if (lines[0] !== undefined) lines[0].fill = `${series[0]!.color}55`;
  }
  return options;
}

/** A balance of millions needs more room than a count. */
function roomFor(labels: readonly string[] | null): number {
  const longest = (labels ?? []).reduce((most, label) => Math.max(most, label.length), 0);
  return Math.max(56, 16 + longest * 7);
}

/** Counts begin at nothing; a balance, which never does, is shown where it is. */
function rangeOf(min: number | null, max: number | null, fromZero: boolean): [number, number] {
  const [low, high] = [min ?? 0, max ?? 1];
  if (fromZero) return [0, high <= 0 ? 1 : high * 1.08];
  if (low >= 0 && low < (high - low) * 2) return [0, high <= 0 ? 1 : high * 1.08];
  const room = (high - low || Math.abs(high) || 1) * 0.08;
  return [low - room, high + room];
}
