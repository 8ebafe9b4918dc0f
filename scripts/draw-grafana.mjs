// Draws the panels of grafana/dashboard.json with the data of a Prometheus, for a look at them where there is no Grafana:
//   node scripts/draw-grafana.mjs http://127.0.0.1:9090 docs/pictures/grafana.png [minutes]
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { chromium } = createRequire(join(root, 'tests/package.json'))('playwright-core');
const uplot = join(
  dirname(createRequire(join(root, 'apps/dashboard/package.json')).resolve('uplot/package.json')),
  'dist',
);
const [prometheus, picture, minutes = '10'] = process.argv.slice(2);
if (picture === undefined) {
  console.error('usage: draw-grafana.mjs PROMETHEUS PICTURE [MINUTES]');
  process.exit(2);
}
const dashboard = JSON.parse(readFileSync(join(root, 'grafana/dashboard.json'), 'utf8'));
const end = Math.floor(Date.now() / 1000);
const start = end - Number(minutes) * 60;
const step = Math.max(2, Math.round((end - start) / 200));

async function ask(expr) {
  const query = encodeURIComponent(expr.replaceAll('$__rate_interval', '1m').replaceAll('$job', 'bitten'));
  const url = `${prometheus}/api/v1/query_range?query=${query}&start=${start}&end=${end}&step=${step}`;
  const { status, data, error } = await (await fetch(url)).json();
  if (status !== 'success') throw new Error(`${expr}: ${error}`);
  return data.result;
}

const panels = [];
for (const panel of dashboard.panels) {
  const series = [];
  for (const { expr, legendFormat } of panel.targets ?? []) {
    for (const { metric, values } of await ask(expr)) {
      const name = legendFormat.replaceAll(/\{\{(\w+)\}\}/g, (_, label) => metric[label] ?? '');
      series.push({ name, values: values.map(([at, value]) => [at, Number(value)]) });
    }
  }
  const { id, type, title, gridPos, fieldConfig } = panel;
  const { unit, custom, thresholds, mappings = [] } = fieldConfig?.defaults ?? {};
  panels.push({
    id,
    type,
    title,
    gridPos,
    unit,
    thresholds,
    mappings,
    series,
    isStacked: custom?.stacking.mode === 'normal',
  });
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
});
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.setContent('<!doctype html><body></body>');
  await page.addStyleTag({ path: join(uplot, 'uPlot.min.css') });
  await page.addStyleTag({
    content: `body { margin: 0; background: #111217; color: #ccccdc; font: 13px system-ui, sans-serif; position: relative }
      .panel { position: absolute; box-sizing: border-box; background: #181b1f; border: 1px solid #2a2d33; border-radius: 2px; padding: 6px 8px; overflow: hidden }
      .row { position: absolute; padding: 8px; font-weight: 600 } .title { font-weight: 500 }
      .value { font-size: 40px; text-align: center; padding-top: 24px; font-variant-numeric: tabular-nums }
      .legend { font-size: 12px; display: flex; flex-wrap: wrap; gap: 2px 14px } .legend i { display: inline-block; width: 12px; height: 3px; margin-right: 5px; vertical-align: middle }`,
  });
  await page.addScriptTag({ path: join(uplot, 'uPlot.iife.min.js') });
  await page.evaluate(drawAll, { panels, start, end, step });
  mkdirSync(dirname(picture), { recursive: true });
  await page.screenshot({ path: picture, fullPage: true });
} finally {
  await browser.close();
}

/** Runs in the page. */
function drawAll({ panels, start, end, step }) {
  const cell = { width: 1440 / 24, height: 30, gap: 6 };
  const colors = [
    '#73bf69',
    '#f2cc0c',
    '#5794f2',
    '#ff9830',
    '#f2495c',
    '#b877d9',
    '#8ab8ff',
    '#c0d8ff',
    '#ffa6b0',
    '#96d98d',
  ];
  const times = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, i) => start + i * step);
  const units = {
    s: (v) =>
      v < 1e-3
        ? `${(v * 1e6).toFixed(0)} µs`
        : v < 1
          ? `${(v * 1e3).toFixed(1)} ms`
          : v < 120
            ? `${v.toFixed(1)} s`
            : `${(v / 60).toFixed(1)} min`,
    bytes: (v) => (v < 2 ** 20 ? `${(v / 1024).toFixed(0)} KiB` : `${(v / 2 ** 20).toFixed(1)} MiB`),
    percentunit: (v) => `${(v * 100).toFixed(1)} %`,
  };
  const show = (unit, v) =>
    v === null || v === undefined
      ? ''
      : v === 0
        ? '0'
        : (units[unit] ?? ((x) => String(Number(x.toPrecision(3)))))(v);
  const element = (parent, name, text) => {
    const made = document.createElement('div');
    made.className = name;
    if (text !== undefined) made.textContent = text;
    parent.append(made);
    return made;
  };
  let bottom = 0;
  for (const { type, title, gridPos, unit, thresholds, mappings, series, isStacked } of panels) {
    const box = element(document.body, type === 'row' ? 'row' : 'panel', type === 'row' ? title : undefined);
    const width = gridPos.w * cell.width - cell.gap;
    const height = gridPos.h * cell.height - cell.gap;
    Object.assign(box.style, {
      left: `${gridPos.x * cell.width + 3}px`,
      top: `${gridPos.y * cell.height + 3}px`,
      width: `${width}px`,
      height: `${height}px`,
    });
    bottom = Math.max(bottom, (gridPos.y + gridPos.h) * cell.height);
    if (type === 'row') continue;
    element(box, 'title', title);
    if (type === 'stat') {
      const value = series[0]?.values.at(-1)?.[1];
      const color = thresholds.steps.filter((at) => at.value === null || value >= at.value).at(-1)?.color;
      const said =
        mappings[0]?.options[String(value)]?.text ?? (value === undefined ? 'No data' : show(unit, value));
      element(box, 'value', said).style.color = { green: '#73bf69', orange: '#ff9830', red: '#f2495c' }[
        color
      ];
      continue;
    }
    const columns = series.map(({ values }) => {
      const known = new Map(values);
      return times.map((at) => (Number.isFinite(known.get(at)) ? known.get(at) : null));
    });
    const drawn = isStacked
      ? columns.map((_, i) =>
          times.map((_, at) => columns.slice(0, i + 1).reduce((sum, column) => sum + (column[at] ?? 0), 0)),
        )
      : columns;
    // What lies on top is drawn first.
    const order = drawn.map((_, i) => (isStacked ? drawn.length - 1 - i : i));
    const axis = {
      stroke: '#9fa1a6',
      grid: { stroke: '#25282d', width: 1 },
      ticks: { show: false },
      font: '11px system-ui',
    };
    new uPlot(
      {
        width: width - 16,
        height: height - (series.length > 8 ? 88 : 66),
        legend: { show: false },
        cursor: { show: false },
        scales: { y: { range: (_, __, max) => [0, max > 0 ? max * 1.1 : 1] } },
        axes: [axis, { ...axis, size: 64, values: (_, ticks) => ticks.map((v) => show(unit, v)) }],
        series: [
          {},
          ...order.map((i) => ({
            stroke: colors[i % 10],
            width: 1.25,
            points: { show: false },
            ...(isStacked ? { fill: `${colors[i % 10]}` } : {}),
          })),
        ],
      },
      [times, ...order.map((i) => drawn[i])],
      element(box, 'plot'),
    );
    const legend = element(box, 'legend');
    for (const [i, { name }] of series.entries()) {
      const entry = document.createElement('span');
      const mark = document.createElement('i');
      mark.style.background = colors[i % 10];
      entry.append(mark, name);
      legend.append(entry);
    }
  }
  document.body.style.height = `${bottom}px`;
}
