// SPDX-License-Identifier: Apache-2.0
/** Draws a flow: the steps of a job from top to bottom, what each of them leaves, who holds a key, and what is served. */
import { box, type Colours, drawSheet, text } from './svg.ts';

export interface Step {
  readonly name: string;
  /** Names of roles are set as code. */
  readonly isRole?: boolean;
  readonly isGate?: boolean;
  /** The key that is in reach. */
  readonly holds?: 'signing key' | 'log key';
  readonly says: readonly string[];
  /** Files that come to lie in the directory of the artifacts. */
  readonly leaves?: readonly string[];
  readonly serves?: { readonly where: string; readonly files: readonly string[] };
}

export interface Flow {
  readonly title: string;
  /** For those who cannot see it. */
  readonly description: string;
  readonly start: { readonly name: string; readonly says: string };
  readonly zones: readonly { readonly title: string; readonly steps: readonly Step[] }[];
  /** Beside what precedes the gate. */
  readonly before: readonly string[];
  readonly served: string;
  readonly end: { readonly name: string; readonly says: readonly string[] };
}

const WIDTH = 800;
const JOB = { x: 16, width: 444 };
const CARD = { x: 32, width: 412 };
const SERVED = { x: 496, width: 288 };
const GAP = 18;

const COLOURS: Colours = [
  ['.sheet', 'fill', '#ffffff', '#12161b'],
  ['.zone', 'fill', '#f3f5f8', '#1a2027'],
  ['.card', 'fill', '#ffffff', '#252d36'],
  ['.card', 'stroke', '#c5ced8', '#43505d'],
  ['.ink', 'fill', '#1c2733', '#eef2f5'],
  ['.soft', 'fill', '#51606f', '#b0bdc9'],
  ['.file', 'fill', '#0b5c8f', '#7cc7f4'],
  ['.line', 'stroke', '#7b8894', '#8492a0'],
  ['.head', 'fill', '#7b8894', '#8492a0'],
  ['.mark', 'fill', '#51606f', '#b0bdc9'],
  ['.figure', 'fill', '#ffffff', '#12161b'],
  ['.key', 'fill', '#fdeec7', '#4b3813'],
  ['.keyed', 'fill', '#7a4a05', '#fbd88b'],
  ['.gate', 'fill', '#0d6b5e', '#0f7567'],
  ['.lit', 'fill', '#ffffff', '#ffffff'],
  ['.served', 'fill', '#e9f3fb', '#142433'],
  ['.served', 'stroke', '#9cc5e4', '#2f5d80'],
];

const STYLE = `
    text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; font-size: 13px; }
    .code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 12px; }
    .name { font-size: 14px; font-weight: 600; }
    .code.name { font-size: 13.5px; }
    .label { font-size: 11.5px; font-weight: 600; }
    .card, .served { stroke-width: 1; }
    .line { stroke-width: 1.6; fill: none; }
    .broken { stroke-dasharray: 3 5; }
    .middle { text-anchor: middle; }`;

/** An arrow down, or to the right. */
function arrow(x: number, y: number, length: number, direction: 'down' | 'right'): string {
  const [toX, toY] = direction === 'down' ? [x, y + length] : [x + length, y];
  const head = direction === 'down' ? `-5,-8 5,-8` : `-8,-5 -8,5`;
  const points = head.split(' ').map((pair) => pair.split(',').map(Number) as [number, number]);
  const end = direction === 'down' ? [toX, toY - 6] : [toX - 6, toY];
  const tip = [[toX, toY], ...points.map(([dx, dy]) => [toX + dx, toY + dy])].map((point) => point.join(',')).join(' ');
  return `<path d="M${x},${y} L${end.join(',')}" class="line"/><polygon points="${tip}" class="head"/>`;
}

const heightOf = ({ says, leaves = [], serves }: Step) =>
  Math.max(42 + 18 * says.length + 17 * leaves.length, serves === undefined ? 0 : 40 + 17 * serves.files.length);

function pill(right: number, y: number, content: string): readonly string[] {
  const width = 18 + 6.6 * content.length;
  return [box(right - width, y, width, 20, 'key', 10), text(right - width / 2, y + 14, 'label keyed middle', content)];
}

function drawStep(step: Step, number: number, y: number): readonly string[] {
  const { name, says, leaves = [], holds, serves, isGate = false, isRole = false } = step;
  const height = heightOf(step);
  const [ink, soft] = isGate ? ['lit', 'lit'] : ['ink', 'soft'];
  const left = CARD.x + 46;
  return [
    box(CARD.x, y, CARD.width, height, isGate ? 'gate' : 'card'),
    `<circle cx="${CARD.x + 24}" cy="${y + 23}" r="12" class="${isGate ? 'lit' : 'mark'}"/>`,
    text(CARD.x + 24, y + 27, `label middle ${isGate ? 'gate' : 'figure'}`, String(number)),
    text(left, y + 28, `name ${ink}${isRole ? ' code' : ''}`, name),
    ...(holds === undefined ? [] : pill(CARD.x + CARD.width - 12, y + 13, holds)),
    ...says.map((line, at) => text(left, y + 48 + 18 * at, soft, line)),
    ...leaves.map((file, at) => text(left, y + 48 + 18 * says.length + 17 * at, 'code file', `+ ${file}`)),
    ...(serves === undefined ? [] : drawServed(serves, y, height)),
  ];
}

function drawServed({ where, files }: NonNullable<Step['serves']>, y: number, height: number): readonly string[] {
  const x = SERVED.x + 12;
  return [
    arrow(CARD.x + CARD.width, y + height / 2, x - CARD.x - CARD.width, 'right'),
    box(x, y, SERVED.width - 24, height, 'card'),
    text(x + 12, y + 22, 'label ink code', where),
    ...files.map((file, at) => text(x + 12, y + 42 + 17 * at, 'code file', file)),
  ];
}

interface Placed {
  readonly step: Step;
  readonly number: number;
  readonly y: number;
}

/** Where everything comes to lie; the last of it is the end. */
function place(flow: Flow) {
  const zones = [];
  const placed: Placed[] = [];
  let y = 16 + 34 + GAP + 4;
  for (const { title, steps } of flow.zones) {
    const top = y;
    y += 34;
    for (const step of steps) {
      placed.push({ step, number: placed.length + 1, y });
      y += heightOf(step) + GAP;
    }
    zones.push({ title, top, height: y - top - GAP + 14 });
    y += 14;
  }
  return { zones, placed, end: y };
}

export function drawFlow(flow: Flow): string {
  const { zones, placed, end } = place(flow);
  const middle = CARD.x + CARD.width / 2;
  const gate = placed.find(({ step }) => step.isGate);
  const served = placed.filter(({ step }) => step.serves !== undefined);
  const top = (served[0]?.y ?? 0) - 34;
  const last = served.at(-1);
  const bottom = last === undefined ? 0 : last.y + heightOf(last.step) + 14;
  const height = end + 82 + 16;
  // into a zone, an arrow ends at its edge: the title stands below
  const between = placed.slice(0, -1).map(({ step, y }, at) => {
    const from = y + heightOf(step);
    const next = placed[at + 1]?.y ?? 0;
    const to = zones.find((zone) => zone.top > from && zone.top < next)?.top ?? next;
    return arrow(middle, from + 1, to - from - 2, 'down');
  });
  const limit = gate === undefined ? 0 : gate.y + heightOf(gate.step) / 2;
  const parts = [
    box(0, 0, WIDTH, height, 'sheet', 0),
    box(CARD.x, 16, CARD.width, 38, 'card', 19),
    text(CARD.x + 22, 40, 'name ink', flow.start.name),
    text(CARD.x + 150, 40, 'soft', flow.start.says),
    ...zones.flatMap((zone) => [
      box(JOB.x, zone.top, JOB.width, zone.height, 'zone', 12),
      text(CARD.x, zone.top + 22, 'label soft', zone.title),
    ]),
    arrow(middle, 55, (zones[0]?.top ?? 0) - 56, 'down'),
    `<path d="M${CARD.x + CARD.width},${limit} H${SERVED.x + SERVED.width}" class="line broken"/>`,
    ...flow.before.map((line, at) =>
      text(SERVED.x + SERVED.width / 2, limit - 12 - 18 * (flow.before.length - 1 - at), 'soft middle', line),
    ),
    box(SERVED.x, top, SERVED.width, bottom - top, 'served', 12),
    text(SERVED.x + 14, top + 22, 'label soft', flow.served),
    ...between,
    ...placed.flatMap(({ step, number, y }) => drawStep(step, number, y)),
    arrow(SERVED.x + SERVED.width / 2, bottom + 1, end - bottom + 2, 'down'),
    box(JOB.x, end + 4, WIDTH - 2 * JOB.x, 78, 'card', 12),
    text(CARD.x + 6, end + 29, 'name ink', flow.end.name),
    ...flow.end.says.map((line, at) => text(CARD.x + 6, end + 50 + 18 * at, 'soft', line)),
  ];
  return drawSheet({
    title: flow.title,
    description: flow.description,
    source: 'scripts/flow-svg.ts',
    width: WIDTH,
    height,
    colours: COLOURS,
    style: STYLE,
    parts,
  });
}
