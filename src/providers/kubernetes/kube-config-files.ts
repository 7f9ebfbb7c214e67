import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { CallError } from '#core/errors.ts';

export type Fields = Readonly<Record<string, unknown>>;

const LISTS = ['clusters', 'contexts', 'users'] as const;

/** What a kubeconfig says, or several together; entries by name. */
export type KubeConfigText = {
  readonly currentContext?: string;
  /** Files that were looked for, in kubectl's order. */
  readonly files: readonly string[];
} & Readonly<Record<(typeof LISTS)[number], ReadonlyMap<string, Fields>>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Nothing of the text is ever quoted: credentials are on the lines that cannot be read. */
const unreadable = (why: string): CallError =>
  new CallError('Invalid', 'BadKubeconfig', `The kubeconfig cannot be read: ${why}`);

/** The field that an entry keeps its contents in. */
const CONTENT = { clusters: 'cluster', contexts: 'context', users: 'user' } as const;

const entriesOf = (document: Fields, list: (typeof LISTS)[number]): Map<string, Fields> => {
  const entries: unknown = document[list] ?? [];
  if (!Array.isArray(entries)) throw unreadable(`its ${list} are no list.`);
  const byName = new Map<string, Fields>();
  for (const [index, entry] of entries.entries()) {
    const name: unknown = isFields(entry) ? entry.name : undefined;
    if (typeof name !== 'string') throw unreadable(`${list}[${index}] has no name that is text.`);
    if (byName.has(name)) throw unreadable(`it has two ${list} named "${name}".`);
    const content: unknown = isFields(entry) ? (entry[CONTENT[list]] ?? {}) : {};
    if (!isFields(content)) throw unreadable(`${list}[${index}] is not what it should be.`);
    byName.set(name, content);
  }
  return byName;
};

/** The first document of a text, as kubectl reads it: YAML 1.1, in which `y` is no text. */
const documentOf = (text: string): Fields => {
  let value: unknown;
  try {
    const [document] = parseAllDocuments(text, { version: '1.1' });
    if (document !== undefined && 'errors' in document && document.errors.length > 0)
      throw unreadable('it is not the YAML of one.');
    value = document !== undefined && 'toJS' in document ? document.toJS() : undefined;
  } catch {
    // The parser's own complaint is not even kept as the cause: it quotes the text.
    throw unreadable('it is not the YAML of one.');
  }
  if (value === undefined || value === null) return {};
  if (!isFields(value)) throw unreadable('it is not the YAML of one.');
  const { kind = 'Config', apiVersion = 'v1' } = value;
  if (kind !== 'Config' || apiVersion !== 'v1') throw unreadable('it is no Config of version v1.');
  return value;
};

/** Reads the text of one kubeconfig. Throws `CallError` Invalid that quotes nothing of it. */
export const parseKubeConfigText = (text: string): KubeConfigText => {
  const document = documentOf(text);
  const context = document['current-context'];
  return {
    ...(typeof context === 'string' && context !== '' && { currentContext: context }),
    files: [],
    clusters: entriesOf(document, 'clusters'),
    contexts: entriesOf(document, 'contexts'),
    users: entriesOf(document, 'users'),
  };
};

const PATHS = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile'];

/** Paths in a kubeconfig begin at its own folder; a program's only where it is a path ("exec.command", client-go). */
const withPathsFrom = (folder: string, fields: Fields): Fields => {
  const at = (path: unknown): unknown =>
    typeof path === 'string' && path !== '' ? resolve(folder, path) : path;
  const { exec } = fields;
  const command: unknown = isFields(exec) ? exec.command : undefined;
  const isPath = typeof command === 'string' && command.includes('/');
  return {
    ...fields,
    ...Object.fromEntries(
      PATHS.filter((key) => key in fields).map((key) => [key, at(fields[key])]),
    ),
    ...(isFields(exec) && isPath && { exec: { ...exec, command: at(command) } }),
  };
};

const readFile = (file: string): KubeConfigText | undefined => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable((error as Error).message);
  }
  try {
    const parsed = parseKubeConfigText(text);
    const resolved = (entries: ReadonlyMap<string, Fields>) =>
      new Map([...entries].map(([name, fields]) => [name, withPathsFrom(dirname(file), fields)]));
    return { ...parsed, clusters: resolved(parsed.clusters), users: resolved(parsed.users) };
  } catch (error) {
    const why = (error as Error).message;
    throw error instanceof CallError
      ? new CallError('Invalid', error.code, `${why} (${file})`)
      : error;
  }
};

/** The first that has an entry of a name gives it whole. */
const firstOf = (maps: readonly ReadonlyMap<string, Fields>[]): ReadonlyMap<string, Fields> =>
  new Map(maps.toReversed().flatMap((map) => [...map]));

const filesFor = (file: string | undefined, env: NodeJS.ProcessEnv): readonly string[] => {
  if (file) return [file];
  if (env.KUBECONFIG) return [...new Set(env.KUBECONFIG.split(delimiter))].filter(Boolean);
  return env.HOME ? [join(env.HOME, '.kube', 'config')] : [];
};

/**
 * Reads what kubectl would: the named file alone; or else every file of KUBECONFIG that is there, of which the first to
 * name a current context, a cluster, a context or a user is believed; or else `~/.kube/config` ("Organizing Cluster
 * Access Using kubeconfig Files", kubernetes.io; `ClientConfigLoadingRules.Load`, client-go). Throws `CallError` Invalid
 * for a named file that is not there, and for any that cannot be read.
 */
export const readKubeConfigFiles = (
  file: string | undefined,
  env: NodeJS.ProcessEnv,
): KubeConfigText => {
  if (file && !existsSync(file))
    throw new CallError(
      'Invalid',
      'NoKubeconfig',
      `There is no kubeconfig at ${file}. Check the path you gave to --kubeconfig.`,
    );
  const files = filesFor(file, env);
  const texts = files.flatMap((name) => readFile(name) ?? []);
  const currentContext = texts.find((text) => text.currentContext !== undefined)?.currentContext;
  return {
    ...(currentContext !== undefined && { currentContext }),
    files,
    clusters: firstOf(texts.map(({ clusters }) => clusters)),
    contexts: firstOf(texts.map(({ contexts }) => contexts)),
    users: firstOf(texts.map(({ users }) => users)),
  };
};
