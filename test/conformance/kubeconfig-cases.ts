/** Kubeconfigs as files, and what is to be chosen of them. */
export interface KubeConfigCase {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  /** File names of `KUBECONFIG`, in order; a name that is no file is one that is missing. */
  readonly listed?: readonly string[];
  /** File name of `--kubeconfig`. */
  readonly file?: string;
  readonly context?: string;
  /** Context and server; undefined where all refuse. */
  readonly chosen?: { readonly context: string; readonly server: string };
}

const configOf = (current: string | undefined, entries: Readonly<Record<string, string>>): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    ...(current !== undefined && { 'current-context': current }),
    clusters: Object.entries(entries).map(([name, server]) => ({ name, cluster: { server } })),
    contexts: Object.keys(entries).map((name) => ({ name, context: { cluster: name, user: 'u' } })),
    users: [{ name: 'u', user: { token: 't' } }],
  });

const work = configOf('work', { work: 'https://work' });
const admin = configOf('admin', { admin: 'https://admin', work: 'https://other-work' });
const silent = configOf(undefined, { silent: 'https://silent' });

/** The rules of kubectl, each tried on kubectl itself. */
export const KUBECONFIG_CASES: readonly KubeConfigCase[] = [
  {
    name: 'takes the current context of the first of several files',
    files: { work, admin },
    listed: ['work', 'admin'],
    chosen: { context: 'work', server: 'https://work' },
  },
  {
    name: 'takes the current context of the first when their order is turned',
    files: { work, admin },
    listed: ['admin', 'work'],
    chosen: { context: 'admin', server: 'https://admin' },
  },
  {
    name: 'believes the first file that has a cluster of a name',
    files: { work, admin },
    listed: ['admin', 'work'],
    context: 'work',
    chosen: { context: 'work', server: 'https://other-work' },
  },
  {
    name: 'looks for a context in every file',
    files: { work, admin },
    listed: ['work', 'admin'],
    context: 'admin',
    chosen: { context: 'admin', server: 'https://admin' },
  },
  {
    name: 'passes over files that are missing, and names that are empty',
    files: { work },
    listed: ['missing', '', 'work', 'gone'],
    chosen: { context: 'work', server: 'https://work' },
  },
  {
    name: 'takes the current context of the first file that has one',
    files: { silent, work, empty: '' },
    listed: ['empty', 'silent', 'work'],
    chosen: { context: 'work', server: 'https://work' },
  },
  {
    name: 'passes over KUBECONFIG when a file is named',
    files: { work, admin },
    listed: ['work'],
    file: 'admin',
    chosen: { context: 'admin', server: 'https://admin' },
  },
  {
    name: 'reads the first document of a file',
    files: { two: `${work}\n---\n${admin}` },
    listed: ['two'],
    chosen: { context: 'work', server: 'https://work' },
  },
  { name: 'refuses a named file that is missing', files: { work }, listed: ['work'], file: 'gone' },
  { name: 'refuses a list of which no file is there', files: {}, listed: ['gone', 'missing'] },
  { name: 'refuses files of which none names a context', files: { silent }, listed: ['silent'] },
  { name: 'refuses a context that no file has', files: { work }, listed: ['work'], context: 'x' },
  {
    name: 'refuses a current context that no file has',
    files: { lost: '{"current-context": "lost"}', work },
    listed: ['lost', 'work'],
  },
  {
    name: 'refuses all when one of the files cannot be read',
    files: { work, broken: '{{{' },
    listed: ['work', 'broken'],
  },
  {
    name: 'refuses a file of another kind',
    files: { work, pod: '{"kind": "Pod", "apiVersion": "v1"}' },
    listed: ['work', 'pod'],
  },
  {
    name: 'refuses two clusters of one name in one file',
    files: {
      doubled: work.replace(
        '"clusters":[',
        '"clusters":[{"name":"work","cluster":{"server":"x"}},',
      ),
    },
    listed: ['doubled'],
  },
  {
    name: 'refuses a name that YAML 1.1 takes for true',
    files: { yes: 'current-context: a\ncontexts:\n- name: y\n  context: {cluster: a}\n', work },
    listed: ['yes', 'work'],
    context: 'work',
  },
];

/** The environment and the arguments by which a case is asked about, for files in this folder. */
export const askFor = (
  { listed = [], file, context }: KubeConfigCase,
  folder: string,
): { readonly env: NodeJS.ProcessEnv; readonly file?: string; readonly context?: string } => ({
  env: {
    HOME: folder,
    KUBECONFIG: listed.map((name) => (name === '' ? '' : `${folder}/${name}`)).join(':'),
  },
  ...(file !== undefined && { file: `${folder}/${file}` }),
  ...(context !== undefined && { context }),
});
