// SPDX-License-Identifier: Apache-2.0
/**
 * YAML by the library's parser and composer, without its last two steps: its check for equal keys compares each with each,
 * and its aliases are looked up by walking the document, so that some kilobytes take seconds. It would also gather an
 * error with a stack for every wrong character; here the first one ends it.
 */
import type { CST, Node, Scalar } from 'yaml';
import { Fault, quote } from '../core/fault.ts';
import type { Yaml } from '../ports.ts';

/** Lists and mappings in each other. */
const MAX_DEPTH = 100;

/** Values that all aliases of a document may stand for together. */
const MAX_ALIASED = 100_000;

const TOO_DEEP = 'nested too deep';

type Library = typeof import('yaml');

/**
 * One document; several are refused. Tags such as Zuul's `!unsafe` and `!encrypted/…` become the plain value below them.
 * Keys are text, as in JSON: `1` and `"1"` are the same one.
 */
export const libraryYaml = (): Yaml => ({
  // loaded on first use: most commands read no YAML
  parse: async (text) => parse(await import('yaml'), text),
});

function parse(library: Library, text: string): unknown {
  const lines = new library.LineCounter();
  const reader = new Reader(text, lines);
  try {
    const root = compose(library, text, lines, reader);
    return root === null ? null : new Values(library, reader).valueOf(root).value;
  } catch (error) {
    // the library catches what it is thrown, and tells it again from further out
    throw reader.first ?? error;
  }
}

/** Remembers the first thing that is wrong. */
class Reader {
  first: Fault | undefined;
  readonly #text: string;
  readonly #lines: InstanceType<Library['LineCounter']>;

  constructor(text: string, lines: InstanceType<Library['LineCounter']>) {
    this.#text = text;
    this.#lines = lines;
  }

  refuse(why: string, offset?: number): never {
    this.first ??= new Fault('bad-format', `not valid YAML: ${why}${this.#place(offset)}`);
    throw this.first;
  }

  #place(offset: number | undefined): string {
    if (offset === undefined) return '';
    const { line, col } = this.#lines.linePos(Math.min(offset, this.#text.length));
    return ` at line ${line}, column ${col}`;
  }
}

type Place = number | readonly [number, ...number[]] | { readonly offset: number };
const offsetOf = (place: Place): number =>
  typeof place === 'number' ? place : 'offset' in place ? place.offset : place[0];

/** The root of the only document; null where there is nothing in it. */
function compose(
  library: Library,
  text: string,
  lines: InstanceType<Library['LineCounter']>,
  reader: Reader,
): Node | null {
  const composer = new library.Composer({
    version: '1.2',
    schema: 'core',
    logLevel: 'error',
    uniqueKeys: false,
    resolveKnownTags: false,
  });
  const onError = (place: Place, _code: string, message: string, isWarning?: boolean) => {
    if (isWarning !== true) reader.refuse(oneLine(message), offsetOf(place));
  };
  Object.assign(composer, { onError });
  let root: Node | null | undefined;
  for (const document of composer.compose(tokensOf(library, text, lines, reader), true, text.length)) {
    const [error] = document.errors;
    if (error !== undefined) reader.refuse(oneLine(error.message), error.pos[0]);
    if (root !== undefined) reader.refuse('there is more than one document', document.range[0]);
    root = document.contents;
  }
  return root ?? null;
}

/** As `Parser.parse`, which would build a tower of brackets of any height, and go on after errors. */
function* tokensOf(
  library: Library,
  text: string,
  lines: InstanceType<Library['LineCounter']>,
  reader: Reader,
): Generator<CST.Token> {
  const parser = new library.Parser(lines.addNewLine);
  lines.addNewLine(0);
  for (const lexeme of new library.Lexer().lex(text)) {
    yield* stopAtErrors(parser.next(lexeme), reader);
    if (parser.stack.length > MAX_DEPTH) reader.refuse(TOO_DEEP, parser.offset);
  }
  yield* stopAtErrors(parser.end(), reader);
}

function* stopAtErrors(tokens: Iterable<CST.Token>, reader: Reader): Generator<CST.Token> {
  for (const token of tokens) {
    if (token.type === 'error') reader.refuse(oneLine(token.message), token.offset);
    yield token;
  }
}

const oneLine = (message: string) => (message.split('\n', 1)[0] ?? '').slice(0, 200);

interface Valued {
  readonly value: unknown;
  /** How many values it holds, itself included, those behind aliases counted each time. */
  readonly weight: number;
}

/** From nodes to plain values, in one walk. What an alias stands for is not copied. */
class Values {
  readonly #library: Library;
  readonly #reader: Reader;
  readonly #anchors = new Map<string, Valued>();
  #aliased = 0;

  constructor(library: Library, reader: Reader) {
    this.#library = library;
    this.#reader = reader;
  }

  valueOf(node: unknown): Valued {
    const { isAlias, isMap, isScalar, isSeq } = this.#library;
    if (isAlias(node)) return this.#aliasedBy(node.source, node.range?.[0]);
    if (isScalar(node)) return this.#remember(node, { value: node.value, weight: 1 });
    if (isSeq(node)) {
      const value: unknown[] = [];
      return this.#fill(node, value, node.items, (item) => {
        const made = this.valueOf(item);
        value.push(made.value);
        return made.weight;
      });
    }
    if (!isMap(node)) return { value: null, weight: 1 };
    const value = {};
    const keys = new Set<string>();
    return this.#fill(node, value, node.items, (pair) => {
      const key = this.#keyOf(pair.key, keys);
      const made = this.valueOf(pair.value);
      // an own property also where its name is `__proto__`
      Object.defineProperty(value, key, { value: made.value, writable: true, enumerable: true, configurable: true });
      return made.weight;
    });
  }

  /** An alias within what it stands for finds it, too. */
  #fill<T>(node: { readonly anchor?: string }, value: object, items: readonly T[], add: (item: T) => number): Valued {
    this.#remember(node, { value, weight: 1 });
    const weight = items.reduce((sum, item) => sum + add(item), 1);
    return this.#remember(node, { value, weight });
  }

  #remember({ anchor }: { readonly anchor?: string }, valued: Valued): Valued {
    if (anchor !== undefined) this.#anchors.set(anchor, valued);
    return valued;
  }

  #aliasedBy(name: string, offset: number | undefined): Valued {
    const found = this.#anchors.get(name);
    if (found === undefined) return this.#reader.refuse(`an alias of nothing, ${quote(name.slice(0, 80))}`, offset);
    this.#aliased += found.weight;
    if (this.#aliased > MAX_ALIASED) this.#reader.refuse('its aliases stand for too much', offset);
    return found;
  }

  #keyOf(node: unknown, keys: Set<string>): string {
    if (!this.#library.isScalar(node)) return this.#reader.refuse('a key that is no text', rangeOf(node));
    const key = node.value === null ? '' : String(node.value);
    if (keys.has(key)) this.#reader.refuse('a key that stands there twice', (node as Scalar).range?.[0]);
    keys.add(key);
    return key;
  }
}

const rangeOf = (node: unknown): number | undefined => (node as Node | null)?.range?.[0];
