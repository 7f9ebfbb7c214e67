import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { CallError } from '#core/errors.ts';

/** A program that a kubeconfig names for credentials ("client-go credential plugins", kubernetes.io). */
export interface ExecPlugin {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly installHint?: string;
  readonly interactiveMode: 'Never' | 'IfAvailable' | 'Always';
  /** What it is told of the cluster; absent where it does not ask. */
  readonly cluster?: object;
}

/** What proves who calls, until it expires. */
export interface ExecCredential {
  readonly token?: string;
  readonly clientCertificateData?: string;
  readonly clientKeyData?: string;
  readonly expirationTimestamp?: string;
}

const API_VERSIONS = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];

/** The end of what a program said, in which it says why. */
const MOST_WORDS = 600;

const unusable = (why: string): CallError =>
  new CallError('Unknown', 'BadKubeconfig', `The kubeconfig cannot be used: ${why}`);

const wordsOf = (stderr: string): string => {
  const words = stderr.trim().replaceAll(/\s+/g, ' ').slice(-MOST_WORDS);
  return words === '' ? '.' : `. It said: ${words}`;
};

/** On a terminal the program may ask, and says itself what is wrong; else its words are kept for the error. */
const run = async (plugin: ExecPlugin, isInteractive: boolean): Promise<string> => {
  const { command, args, apiVersion, cluster } = plugin;
  const info = {
    kind: 'ExecCredential',
    apiVersion,
    spec: { ...(cluster && { cluster }), interactive: isInteractive },
  };
  const child = spawn(command, args, {
    env: { ...process.env, ...plugin.env, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
    stdio: [isInteractive ? 'inherit' : 'ignore', 'pipe', isInteractive ? 'inherit' : 'pipe'],
  });
  const ended = new Promise<number | NodeJS.Signals | Error>((resolve) => {
    child.once('error', resolve);
    child.once('close', (code, signal) => resolve(code ?? signal ?? 0));
  });
  const [stdout, stderr, end] = await Promise.all([
    child.stdout === null ? '' : text(child.stdout),
    child.stderr === null ? '' : text(child.stderr),
    ended,
  ]);
  if (end instanceof Error)
    throw unusable(`${command} cannot be run: ${end.message}. ${plugin.installHint ?? ''}`.trim());
  if (end !== 0) throw unusable(`${command} ended with ${end}${wordsOf(stderr)}`);
  return stdout;
};

const credentialOf = ({ command, apiVersion }: ExecPlugin, stdout: string): ExecCredential => {
  let answer: { readonly apiVersion?: string; readonly status?: ExecCredential };
  try {
    answer = JSON.parse(stdout);
  } catch {
    throw unusable(`${command} printed no ExecCredential.`);
  }
  if (answer.apiVersion !== apiVersion)
    throw unusable(`${command} answered in ${answer.apiVersion}, not in ${apiVersion}.`);
  const { status } = answer;
  if (!status?.token && !(status?.clientCertificateData && status.clientKeyData))
    throw unusable(`${command} gave neither a token nor a certificate with its key.`);
  return status;
};

/**
 * Runs the program whenever there is no credential or the last one has expired. Throws `CallError` Unknown with the
 * program's own words.
 */
export const createExecCredentials = (
  plugin: ExecPlugin,
  isTerminal: boolean = process.stdin.isTTY === true,
): (() => Promise<ExecCredential>) => {
  let known: Promise<ExecCredential> | undefined;
  let until = Number.POSITIVE_INFINITY;

  const read = async (): Promise<ExecCredential> => {
    const { apiVersion, command, interactiveMode } = plugin;
    if (!API_VERSIONS.includes(apiVersion))
      throw unusable(
        `${command} is to answer in ${apiVersion || 'no version'}, which is not supported. Write the kubeconfig anew, with "aws eks update-kubeconfig" for EKS.`,
      );
    if (interactiveMode === 'Always' && !isTerminal)
      throw unusable(`${command} wants to ask, and the standard input is no terminal.`);
    const credential = credentialOf(
      plugin,
      await run(plugin, isTerminal && interactiveMode !== 'Never'),
    );
    until = Date.parse(credential.expirationTimestamp ?? '') || Number.POSITIVE_INFINITY;
    return credential;
  };

  return async () => {
    if (Date.now() >= until) {
      known = undefined;
      until = Number.POSITIVE_INFINITY;
    }
    known ??= read();
    try {
      return await known;
    } catch (error) {
      known = undefined;
      throw error;
    }
  };
};
