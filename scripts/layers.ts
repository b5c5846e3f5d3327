// SPDX-License-Identifier: Apache-2.0
/** The table of layers in doc/source/architecture.rst, as something that can be broken. Used by tests/layers.test.ts. */
import path from 'node:path';
import { parseAst } from 'vite';

interface Layer {
  /** Layers of ours that it may import, types included; itself among them. */
  readonly ours: readonly string[];
  /** Everything else that it may import. */
  readonly others: readonly string[];
  /** Globals that reach the outside and are allowed here. */
  readonly globals?: readonly string[];
}

/** A layer is a directory of src/, or a file right in it. No arrow points up: core ← {ports, openpgp, logs} ← workflow ← cli ← bin. */
const LAYERS: Readonly<Record<string, Layer>> = {
  core: { ours: ['core'], others: ['node:crypto'] },
  // the type of a key
  ports: { ours: ['core'], others: ['node:crypto'] },
  openpgp: { ours: ['openpgp', 'core', 'ports'], others: ['node:crypto', 'openpgp'] },
  logs: { ours: ['logs', 'core', 'ports'], others: ['node:crypto'] },
  // node:path joins names and touches nothing
  workflow: { ours: ['workflow', 'openpgp', 'logs', 'core', 'ports'], others: ['node:crypto', 'node:path'] },
  io: {
    ours: ['io', 'core', 'ports'],
    others: [
      ...[
        'crypto',
        'events',
        'fs',
        'fs/promises',
        'os',
        'path',
        'stream',
        'timers/promises',
        'tls',
        'url',
        'worker_threads',
      ].map((n) => `node:${n}`),
      ...['execa', 'undici', 'yaml'],
    ],
  },
  cli: { ours: ['cli', 'workflow', 'core', 'ports'], others: ['node:path', 'yargs'] },
  bin: { ours: ['cli', 'io', 'core', 'ports'], others: [], globals: ['process'] },
};

/** Globals through which code gets at the outside without an import. */
const OUTSIDE = new Set(['process', 'console', 'fetch', 'WebSocket', 'EventSource', 'require']);

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;

/** Every node below one, with the key under which its parent holds it. */
function* walk(node: Node): Generator<readonly [node: Node, parent: Node, key: string]> {
  for (const [key, value] of Object.entries(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (!isNode(child)) continue;
      yield [child, node, key];
      yield* walk(child);
    }
  }
}

interface Uses {
  /** Specifiers as written; undefined for an `import()` of something that is not a plain string. */
  readonly imports: readonly (string | undefined)[];
  readonly globals: ReadonlySet<string>;
}

/** What a source file reaches for. Static, dynamic and type-only imports, and re-exports, are all imports. */
export function usesOf(source: string): Uses {
  const imports: (string | undefined)[] = [];
  const mentioned = new Set<string>();
  const declared = new Set<string>();
  for (const [node, parent, key] of walk(parseAst(source, { lang: 'ts' }) as unknown as Node)) {
    if (
      /^(?:Import|Export\w+)Declaration$|^ImportExpression$|^TSImportType$/.test(node.type) &&
      isNode(node['source'])
    ) {
      const { value } = node['source'];
      imports.push(typeof value === 'string' ? value : undefined);
    }
    if (node.type !== 'Identifier' || typeof node['name'] !== 'string') continue;
    if (isDeclaration(parent, key)) declared.add(node['name']);
    else if (!isPropertyName(parent, key)) mentioned.add(node['name']);
  }
  // a parameter may well be called "fetch", but there is one process only
  const isGlobal = (name: string) => OUTSIDE.has(name) && (name === 'process' || !declared.has(name));
  return { imports, globals: new Set([...mentioned].filter(isGlobal)) };
}

const isDeclaration = (parent: Node, key: string) =>
  (/^Import\w*Specifier$/.test(parent.type) && key === 'local') ||
  (parent.type === 'VariableDeclarator' && key === 'id') ||
  key === 'params' ||
  (parent.type === 'Property' && key === 'value' && parent['shorthand'] === true);

/** `a.process` and `{ process: 1 }` are names of ours, `globalThis.process` and `a[process]` are not. */
function isPropertyName(parent: Node, key: string): boolean {
  if (parent['computed'] === true) return false;
  if (parent.type === 'MemberExpression' && key === 'property') {
    return !(isNode(parent['object']) && parent['object']['name'] === 'globalThis');
  }
  return key === 'key' || key === 'imported' || key === 'exported';
}

const layerOf = (file: string) => (file.split('/')[0] ?? '').replace(/\.ts$/, '');

/** Paths relative to src/, with `/`, to their text. */
export type Sources = ReadonlyMap<string, string>;

/** One sentence for each break of the table, in the order of the files. Empty when all is well. */
export function layerViolations(sources: Sources): readonly string[] {
  const graph = new Map<string, readonly string[]>();
  const found = [...sources].flatMap(([file, text]) => {
    const uses = usesOf(text);
    graph.set(
      file,
      uses.imports.filter((to) => to?.startsWith('.')).map((to) => resolve(file, to ?? '')),
    );
    return violationsOf(file, uses, sources);
  });
  return [...found, ...cycles(graph)];
}

const resolve = (file: string, specifier: string) => path.posix.join(path.posix.dirname(file), specifier);

function violationsOf(file: string, uses: Uses, sources: Sources): readonly string[] {
  const layer = LAYERS[layerOf(file)];
  if (layer === undefined) return [`${file}: "${layerOf(file)}" is no layer`];
  const imports = uses.imports.map((specifier) => importProblem(file, layer, specifier, sources));
  const globals = [...uses.globals].filter((name) => layer.globals?.includes(name) !== true);
  return [
    ...imports.filter((problem) => problem !== undefined),
    ...globals.map((name) => `uses the global ${name}`),
  ].map((problem) => `${file}: ${problem}`);
}

function importProblem(
  file: string,
  layer: Layer,
  specifier: string | undefined,
  sources: Sources,
): string | undefined {
  if (specifier === undefined) return 'imports something that is not written out';
  if (!specifier.startsWith('.')) return layer.others.includes(specifier) ? undefined : `must not import ${specifier}`;
  const target = resolve(file, specifier);
  if (!sources.has(target)) return `imports ${specifier}, which is not there`;
  return layer.ours.includes(layerOf(target)) ? undefined : `must not import ${target}`;
}

/** Files that import each other, each ring once, from its first file on. */
function cycles(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const found = new Set<string>();
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): void => {
    const at = trail.indexOf(file);
    if (at >= 0) {
      const ring = trail.slice(at);
      const first = ring.indexOf([...ring].sort()[0] ?? '');
      found.add([...ring.slice(first), ...ring.slice(0, first), ring[first]].join(' → '));
    }
    if (at >= 0 || done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...trail, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return [...found].map((ring) => `cycle: ${ring}`);
}
