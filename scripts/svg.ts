// SPDX-License-Identifier: Apache-2.0
/** SVG for the documents: colours that follow the reader's preference for light or dark, fonts of the reader's system, nothing fetched. */

/** Colours by class: property, in the light, in the dark. */
export type Colours = readonly (readonly [names: string, property: 'fill' | 'stroke', light: string, dark: string])[];

export interface Sheet {
  readonly title: string;
  /** For those who cannot see it. */
  readonly description: string;
  /** Where it is made, for whoever would edit it. */
  readonly source: string;
  readonly width: number;
  readonly height: number;
  readonly colours: Colours;
  /** Rules for what is no colour. */
  readonly style: string;
  readonly parts: readonly string[];
}

const escape = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

export const text = (x: number, y: number, classes: string, content: string): string =>
  `<text x="${x}" y="${y}" class="${classes}">${escape(content)}</text>`;

export const box = (x: number, y: number, width: number, height: number, classes: string, radius = 8): string =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}" class="${classes}"/>`;

export function drawSheet({ title, description, source, width, height, colours, style, parts }: Sheet): string {
  const rules = (at: 2 | 3) =>
    colours.map((colour) => `${colour[0]} { ${colour[1]}: ${colour[at]}; }`).map((rule) => `    ${rule}`);
  return `<?xml version="1.0" encoding="UTF-8"?>
<!-- Written by ${source}: what is changed here is lost. -->
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">
  <title id="title">${escape(title)}</title>
  <desc id="description">${escape(description)}</desc>
  <style>${style}
${rules(2).join('\n')}
    @media (prefers-color-scheme: dark) {
${rules(3)
  .map((rule) => `  ${rule}`)
  .join('\n')}
    }
  </style>
${parts.map((part) => `  ${part}`).join('\n')}
</svg>
`;
}
