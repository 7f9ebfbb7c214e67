import { existsSync } from 'node:fs';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { CallError } from '#core/errors.ts';

/** A file that cannot be opened tells itself; a YAML parser's complaint would quote lines with credentials on them. */
const whyUnreadable = (error: unknown): string =>
  error instanceof Error && 'syscall' in error ? error.message : 'it is not the YAML of one.';

/**
 * Reads a kubeconfig: the named file, else what kubectl would take. Throws `CallError` Invalid with one sentence
 * that says what to do when the file or the context is not there.
 */
export const loadKubeConfig = ({
  file,
  context,
}: {
  readonly file?: string;
  readonly context?: string;
} = {}): KubeConfig => {
  const config = new KubeConfig();
  if (file !== undefined && !existsSync(file))
    throw new CallError(
      'Invalid',
      'NoKubeconfig',
      `There is no kubeconfig at ${file}. Check the path you gave to --kubeconfig.`,
    );
  try {
    if (file === undefined) config.loadFromDefault();
    else config.loadFromFile(file);
  } catch (error) {
    throw new CallError(
      'Invalid',
      'BadKubeconfig',
      `The kubeconfig cannot be read: ${whyUnreadable(error)}`,
    );
  }
  if (context !== undefined) {
    const names = config.getContexts().map(({ name }) => name);
    if (!names.includes(context))
      throw new CallError(
        'Invalid',
        'NoContext',
        `The kubeconfig has no context "${context}". It has: ${names.join(', ') || 'none'}.`,
      );
    config.setCurrentContext(context);
  }
  if (config.getCurrentCluster() === null)
    throw new CallError(
      'Invalid',
      'NoContext',
      'The kubeconfig names no current context. Choose one with --context.',
    );
  return config;
};

/**
 * Reads the text of a kubeconfig. Out: undefined when it is none, or names no current context. Why is not told: a YAML
 * parser's complaint quotes the lines it cannot read, and credentials are on them.
 */
export const parseKubeConfig = (text: string): KubeConfig | undefined => {
  const config = new KubeConfig();
  try {
    config.loadFromString(text);
  } catch {
    return undefined;
  }
  return config.getCurrentCluster() === null ? undefined : config;
};
