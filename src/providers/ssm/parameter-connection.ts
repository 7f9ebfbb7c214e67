import { CallError } from '#core/errors.ts';
import type { Clock } from '#core/ports/clock.ts';
import { answered } from '../kubernetes/connection-errors.ts';
import { createKubeConfigConnection } from '../kubernetes/kube-config-connection.ts';
import type { KubernetesConnection } from '../kubernetes/kubernetes-connection.ts';
import { parseKubeConfig } from '../kubernetes/load-kube-config.ts';
import { createRenewed } from '../kubernetes/renewed.ts';
import type { SsmApi } from './ssm-api.ts';

/** How long a kubeconfig that was replaced in the parameter is still used, while it still leads somewhere. */
const PARAMETER_SECONDS = 600;

interface Dependencies {
  readonly ssm: Pick<SsmApi, 'getParameter'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly parameterName: string;
}

/** The way that a kubeconfig in an SSM parameter describes. Nothing of its text gets into an error. */
export const createParameterConnection = (dependencies: Dependencies): KubernetesConnection => {
  const { ssm, clock, parameterName } = dependencies;
  let known: { readonly text: string; readonly connection: KubernetesConnection } | undefined;

  const unusable = (why: string): CallError =>
    new CallError('Unknown', 'BadKubeconfig', `The parameter ${parameterName} ${why}`);

  const read = async (): Promise<KubernetesConnection> => {
    const { Parameter: { Type: type, Value: text = '' } = {} } = await ssm.getParameter({
      Name: parameterName,
      WithDecryption: true,
    });
    // A plain String can be read by whoever may list parameters.
    if (type !== 'SecureString') throw unusable(`is a ${type}. Store it as a SecureString.`);
    if (known?.text === text) return known.connection;
    const config = parseKubeConfig(text);
    if (config === undefined) throw unusable('holds no kubeconfig with a current context.');
    known = { text, connection: createKubeConfigConnection(config) };
    return known.connection;
  };

  const current = createRenewed({
    clock,
    read: async () => {
      const until = new Date(clock.now().getTime() + PARAMETER_SECONDS * 1000);
      const value = await answered('GetParameter', read());
      return { value, until };
    },
  });

  return async () => {
    const access = await (await current())();
    return { ...access, doubt: current.doubt };
  };
};
