import { GROUP, VERSION } from '#core/apis/v1alpha1/names.ts';
import { type ApiClient, ApiError } from './api-client.ts';

export const STATES_PATH = `/apis/${GROUP}/${VERSION}/nodeenistates`;

/** The one object of this host. */
export interface StateClient {
  /** The object as the API server has it; undefined when there is none. */
  read(): Promise<unknown>;
  /** Merge-patches `status.host`. */
  patchHost(patch: Readonly<Record<string, unknown>>): Promise<void>;
}

/** Reads and reports by the instance id, which is the object's name. Rejects with an `ApiError`. */
export const createStateClient = (api: ApiClient, instanceId: string): StateClient => {
  const path = `${STATES_PATH}/${encodeURIComponent(instanceId)}`;
  return {
    async read() {
      try {
        return await api.send({ path });
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return undefined;
        throw error;
      }
    },
    async patchHost(host) {
      await api.send({
        method: 'PATCH',
        path: `${path}/status`,
        query: { fieldManager: 'nodeeni-agent' },
        mergePatch: { status: { host } },
      });
    },
  };
};
