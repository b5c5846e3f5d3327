// SPDX-License-Identifier: Apache-2.0
/**
 * Compiles src/ into dist/, which is committed: `npm run build`. The same sources and the same node_modules give the
 * same bytes in any directory (`npm run check-dist` holds it to that).
 *
 *   dist/artifact-signing.mjs  the entry: Node version guard and `--version`, nothing else is loaded before them
 *   dist/lib/*.mjs             our own code, in chunks that are loaded when a command needs them
 *   dist/lib/vendor/*.mjs      one file per library; openpgp (LGPL) is a plain copy of the published file
 *   dist/LICENSES.txt          the licences of what lies in vendor/
 *   dist/SHA256SUMS            all of the above
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { COMMANDS } from '../src/cli/commands.ts';
import { helpTopics } from '../src/cli/help.ts';
import { helpText } from '../src/cli/help-text.ts';

type Tree = Map<string, Uint8Array>;

const ROOT = path.resolve(import.meta.dirname, '..');
const DIST = path.join(ROOT, 'dist');

/** Taken as published, not passed through the bundler: whoever wants another build of it replaces the file. */
const COPIED = new Set(['openpgp']);

const COMMON = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  charset: 'utf8',
  legalComments: 'eof',
  // node_modules may be a link into another checkout: the paths in the output must not show it
  preserveSymlinks: true,
  metafile: true,
  write: false,
  logLevel: 'warning',
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
} as const satisfies BuildOptions;

const vendorFile = (specifier: string) => `lib/vendor/${specifier.replaceAll('/', '-').replace('@', '')}.mjs`;

/** Leaves every library outside, as a file of its own, and notes which there are. */
const asVendor = (found: Set<string>): Plugin => ({
  name: 'vendor',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^[^./]/ }, ({ path: specifier, kind, importer }) => {
      if (kind === 'entry-point' || specifier.startsWith('node:')) return undefined;
      if (path.basename(importer) === 'bin.ts') return { errors: [{ text: 'the entry must not import libraries' }] };
      found.add(specifier);
      return { path: `./${path.posix.relative('lib', vendorFile(specifier))}`, external: true };
    });
  },
});

/** In the place of what writes the help, what it has written. */
const writtenHelp: Plugin = {
  name: 'help',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/src\/cli\/help-text\.ts$/ }, async () => {
      const texts: Record<string, string> = {};
      for (const words of helpTopics(COMMANDS)) texts[words.join(' ')] = await helpText(words, COMMANDS);
      const table = JSON.stringify(texts, null, 2);
      return {
        contents: `const TEXTS = ${table};\nexport const helpText = async (words) => TEXTS[words.join(' ')];\n`,
        loader: 'js',
      };
    });
  },
};

async function compileOurs(version: string, libraries: Set<string>): Promise<Tree> {
  const { outputFiles, metafile } = await build({
    ...COMMON,
    entryPoints: { 'artifact-signing': 'src/bin.ts' },
    splitting: true,
    chunkNames: 'lib/[name]-[hash]',
    banner: { js: '// SPDX-License-Identifier: Apache-2.0' },
    define: { ARTIFACT_SIGNING_VERSION: JSON.stringify(version) },
    plugins: [writtenHelp, asVendor(libraries)],
  });
  const names = chunkNames(metafile);
  const tree: Tree = new Map();
  for (const file of outputFiles) {
    const name = path.relative(DIST, file.path);
    tree.set(names.get(name) ?? name, Buffer.from(renameAll(file.text, names)));
  }
  if (tree.size !== outputFiles.length) throw new Error('two chunks would have the same name');
  return tree;
}

/** esbuild names chunks by a hash of their content; we name them by their (largest) source, so that they keep their names. */
function chunkNames(metafile: Metafile): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const [output, { entryPoint, inputs }] of Object.entries(metafile.outputs)) {
    const name = path.relative('dist', output);
    if (!name.startsWith('lib/')) continue;
    const bySize = Object.entries(inputs).sort(
      ([a, x], [b, y]) => y.bytesInOutput - x.bytesInOutput || compareBytes(a, b),
    );
    const source = entryPoint ?? bySize[0]?.[0] ?? 'runtime';
    const flat = source
      .replace(/^src\//, '')
      .replace(/\.ts$/, '')
      .replaceAll('/', '-');
    names.set(name, entryPoint === undefined ? `lib/shared-${flat}.mjs` : `lib/${flat}.mjs`);
  }
  return names;
}

function renameAll(text: string, names: ReadonlyMap<string, string>): string {
  let result = text;
  for (const [from, to] of names) result = result.replaceAll(path.basename(from), path.basename(to));
  return result;
}

/** One library as one file, with every name that it exports. Adds the paths it was made from to `inputs`. */
async function compileLibrary(specifier: string, inputs: Set<string>): Promise<Uint8Array> {
  if (COPIED.has(specifier)) {
    const file = fileURLToPath(import.meta.resolve(specifier));
    inputs.add(`node_modules/${specifier}/`);
    return fs.readFile(file);
  }
  const names = Object.keys(await import(specifier)).filter((name) => name !== 'module.exports');
  const { outputFiles, metafile } = await build({
    ...COMMON,
    stdin: { contents: `export { ${names.sort().join(', ')} } from '${specifier}';`, resolveDir: ROOT },
    // libraries in CommonJS ask for Node's own modules by `require`
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
  for (const input of Object.keys(metafile.inputs)) inputs.add(input);
  return outputFiles[0]?.contents ?? new Uint8Array();
}

/** The licence texts of all packages that the given files belong to. */
async function licences(inputs: ReadonlySet<string>): Promise<Uint8Array> {
  const packages = new Set<string>();
  for (const input of inputs) {
    const match = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input);
    if (match !== null) packages.add(match[0]);
  }
  const rule = '='.repeat(80);
  const texts = await Promise.all([...packages].sort().map(licenceOf));
  const preface =
    'The files in lib/vendor/ are made from these packages of the npm registry. openpgp.mjs is an unmodified copy of\n' +
    'dist/node/openpgp.mjs in the package openpgp; another build of it can be put in its place.\n';
  return Buffer.from([preface, ...texts].join(`\n${rule}\n\n`));
}

async function licenceOf(directory: string): Promise<string> {
  const absolute = path.join(ROOT, directory);
  const about = JSON.parse(await fs.readFile(path.join(absolute, 'package.json'), 'utf8'));
  const files = (await fs.readdir(absolute)).filter((name) => /^(?:licen[cs]e|copying|notice)/i.test(name)).sort();
  if (files.length === 0) throw new Error(`${directory} is bundled and has no licence file`);
  const texts = await Promise.all(files.map((file) => fs.readFile(path.join(absolute, file), 'utf8')));
  return `${about.name} ${about.version} (${about.license})\n\n${texts.map((text) => text.trimEnd()).join('\n\n')}\n`;
}

const compareBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

function checksums(tree: Tree): Uint8Array {
  const line = (name: string) =>
    `${createHash('sha256')
      .update(tree.get(name) ?? '')
      .digest('hex')}  ${name}\n`;
  return Buffer.from([...tree.keys()].sort(compareBytes).map(line).join(''));
}

async function compile(): Promise<Tree> {
  const { version } = JSON.parse(await fs.readFile(path.join(ROOT, 'package.json'), 'utf8'));
  const libraries = new Set<string>();
  const inputs = new Set<string>();
  const tree = await compileOurs(version, libraries);
  for (const specifier of [...libraries].sort())
    tree.set(vendorFile(specifier), await compileLibrary(specifier, inputs));
  tree.set('LICENSES.txt', await licences(inputs));
  tree.set('SHA256SUMS', checksums(tree));
  return tree;
}

async function write(tree: Tree): Promise<void> {
  await fs.rm(DIST, { recursive: true, force: true });
  for (const [name, content] of tree) {
    const file = path.join(DIST, name);
    await fs.mkdir(path.dirname(file), { recursive: true });
    await fs.writeFile(file, content);
    await fs.chmod(file, name === 'artifact-signing.mjs' ? 0o755 : 0o644);
  }
}

const tree = await compile();
await write(tree);
for (const name of [...tree.keys()].sort(compareBytes)) {
  console.log(`dist/${name} ${(tree.get(name)?.length ?? 0).toLocaleString('en')} bytes`);
}
