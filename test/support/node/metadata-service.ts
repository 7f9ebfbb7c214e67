import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Namespace } from './namespace.ts';

const PROGRAM = fileURLToPath(new URL('metadata-program.ts', import.meta.url));

/** What the service was asked so far, a line each with the status of the answer. */
export type MetadataService = { readonly calls: () => readonly string[] };

/** Starts the instance metadata service at its real address, on the loopback of the namespace. */
export const startMetadataService = async (
  namespace: Namespace,
  instanceId: string,
): Promise<MetadataService> => {
  await namespace.ip('address', 'add', '169.254.169.254/32', 'dev', 'lo');
  const { stdout } = namespace.start([process.execPath, PROGRAM, instanceId]);
  let output = '';
  stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  await once(stdout, 'data');
  return {
    calls: () =>
      output
        .trim()
        .split('\n')
        .filter((line) => line !== 'ready'),
  };
};
