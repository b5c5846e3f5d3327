// SPDX-License-Identifier: Apache-2.0
/** Draws the figures that have a target: how far each of them is on its own side of it. */
import { box, type Colours, drawSheet, text } from '../svg.ts';
import { type Figure, type Goal, isMet } from './figure.ts';
import { formatGoal, formatValue } from './report.ts';

const WIDTH = 800;
const LEFT = 24;
/** Where the bars begin and how long the longest is. */
const BARS = { x: 440, width: 240 };
const LINE = 34;
const HEAD = 40;

const COLOURS: Colours = [
  ['.sheet', 'fill', '#ffffff', '#12161b'],
  ['.ink', 'fill', '#1c2733', '#eef2f5'],
  ['.soft', 'fill', '#51606f', '#b0bdc9'],
  ['.track', 'fill', '#eef1f5', '#1f262e'],
  ['.met', 'fill', '#0d6b5e', '#2fa18f'],
  ['.missed', 'fill', '#b4541a', '#e08b4d'],
  ['.mark', 'stroke', '#1c2733', '#eef2f5'],
];

const STYLE = `
    text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; font-size: 13px; }
    .name { font-size: 14px; font-weight: 600; }
    .small { font-size: 11.5px; }
    .mark { stroke-width: 2; }`;

interface WithGoal extends Figure {
  readonly goal: Goal;
}

const valueOf = ({ goal, ratio, ours }: WithGoal): number =>
  goal.of === 'ratio' ? (ratio?.wall.median ?? 0) : ours.value.median;

const shown = (figure: WithGoal): string =>
  figure.goal.of === 'ratio'
    ? `${Number(valueOf(figure).toPrecision(3))}×`
    : formatValue(valueOf(figure), figure.ours.unit);

/** One figure: its name, a bar as long as `share` of the track, and a mark where the target is. */
function drawFigure(figure: WithGoal, y: number, share: number, mark: number): readonly string[] {
  const { x, width } = BARS;
  const [length, at] = [Math.round(Math.min(1, share) * width), x + Math.round(mark * width)];
  const against = figure.theirs === undefined ? figure.ours.name : `against ${figure.theirs.name}`;
  return [
    text(LEFT, y + 12, 'ink', figure.work.replace(/, against .*/, '')),
    text(LEFT, y + 27, 'soft small', against),
    box(x, y + 2, width, 18, 'track', 3),
    box(x, y + 2, length, 18, isMet(figure) ? 'met' : 'missed', 3),
    `<path d="M${at},${y - 1} V${y + 23}" class="mark"/>`,
    text(x + width + 10, y + 11, 'ink', shown(figure)),
    text(x + width + 10, y + 26, 'soft small', formatGoal(figure.goal, figure.ours.unit)),
  ];
}

/** Figures of one kind of target below a title. */
function drawPanel(title: string, figures: readonly WithGoal[], top: number): readonly string[] {
  const isLeast = figures[0]?.goal.is === 'at-least';
  const most = Math.max(...figures.map((figure) => Math.max(valueOf(figure), figure.goal.value)));
  // a limit is the same mark for all; what is to be exceeded is drawn to scale
  const scale = (figure: WithGoal) => (isLeast ? most : figure.goal.value * 1.25);
  return [
    text(LEFT, top + 20, 'name ink', title),
    ...figures.flatMap((figure, at) =>
      drawFigure(figure, top + HEAD + at * LINE, valueOf(figure) / scale(figure), figure.goal.value / scale(figure)),
    ),
  ];
}

export function drawChart(figures: readonly Figure[]): string {
  const withGoal = figures.filter((figure): figure is WithGoal => figure.goal !== undefined);
  const faster = withGoal.filter(({ goal }) => goal.is === 'at-least');
  const limits = withGoal.filter(({ goal }) => goal.is === 'at-most');
  const second = HEAD + faster.length * LINE + 16;
  const height = second + HEAD + limits.length * LINE + 12;
  const met = withGoal.filter((figure) => isMet(figure)).length;
  return drawSheet({
    title: 'How fast it is',
    description: `${met} of ${withGoal.length} targets are reached. ${withGoal
      .map((figure) => `${figure.work}: ${shown(figure)}, ${formatGoal(figure.goal, figure.ours.unit)}.`)
      .join(' ')}`,
    source: 'scripts/bench.ts',
    width: WIDTH,
    height,
    colours: COLOURS,
    style: STYLE,
    parts: [
      box(0, 0, WIDTH, height, 'sheet', 0),
      ...drawPanel('Times as fast: the bar has to reach the mark', faster, 0),
      ...drawPanel('Limits: the bar has to end before the mark', limits, second),
    ],
  });
}
