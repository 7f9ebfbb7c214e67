import type { KubernetesObject, Resource } from './kubernetes-api.ts';
import type { KubernetesConnection } from './kubernetes-connection.ts';
import { createKubernetesTransport, readJson } from './kubernetes-transport.ts';
import { pathOf } from './resource-path.ts';

const PROBE_TIMEOUT_SECONDS = 10;

/** What a doctor asks an API server of itself. Failures are `CallError`, as those of `KubernetesApi`. */
export interface ClusterProbe {
  /** Its version, as `v1.34.1-eks-113cf36`. */
  version(): Promise<string>;
  /**
   * What it would warn of if this object were created, which it is not ("Dry-run", Kubernetes API Concepts). Webhooks are asked as
   * for a true write.
   */
  warningsOfCreate(resource: Resource, object: KubernetesObject): Promise<readonly string[]>;
}

/** The texts of a header `299 - "…", 299 - "…"` ("Warning", RFC 7234, section 5.5; KEP-1693). */
const textsIn = (header: string): readonly string[] =>
  [...header.matchAll(/\b299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) =>
    text.replaceAll(/\\(.)/g, '$1'),
  );

/** Asks over the wire. */
export const createClusterProbe = (connection: KubernetesConnection): ClusterProbe => {
  const open = createKubernetesTransport(connection);
  const idleTimeoutSeconds = PROBE_TIMEOUT_SECONDS;
  return {
    async version() {
      const answer = await readJson(
        await open({ method: 'GET', path: '/version', idleTimeoutSeconds }),
      );
      return (answer as { readonly gitVersion?: string }).gitVersion ?? '';
    },

    async warningsOfCreate(resource, object) {
      const response = await open({
        method: 'POST',
        path: pathOf(resource, undefined, object.metadata.namespace),
        query: { dryRun: 'All', fieldManager: 'nodeeni' },
        body: object,
        idleTimeoutSeconds,
      });
      await readJson(response);
      return textsIn(response.headers.warning ?? '');
    },
  };
};
