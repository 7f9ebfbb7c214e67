import { EC2Client } from '@aws-sdk/client-ec2';
import { type LocalOptions, type LocalProcess, startLocal } from '#test/support/local-process.ts';
import { type AwsProxy, startAwsProxy } from '#test/support/servers/aws-proxy.ts';
import {
  awsClientConfig,
  createFleet,
  type Fleet,
  type FleetOptions,
} from '#test/support/servers/fleet.ts';
import { createEc2Observer, type SeenInterface } from './ec2-observer.ts';
import { startHookMetadata } from './hook-metadata.ts';
import type { KubeClient } from './kube-client.ts';
import type { Stage } from './stage.ts';

export type SceneOptions = Partial<Omit<FleetOptions, 'awsUrl' | 'kube'>> & {
  readonly latencyMs?: number;
};

export type Scene = {
  readonly stage: Stage;
  readonly client: KubeClient;
  readonly proxy: AwsProxy;
  readonly fleet: Fleet;
  /** EC2 as a person or another program would call it: through the proxy, so its rules hold. */
  readonly ec2: EC2Client;
  readonly interfaces: () => Promise<readonly SeenInterface[]>;
  readonly localOptions: LocalOptions;
  readonly startLocal: (options?: Partial<LocalOptions>) => Promise<LocalProcess>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/**
 * An AWS account of a test's own with a fleet in it. In: the file's stage and the fleet's size,
 * zones and labels (all nodes are `ng: multi-eni` unless told otherwise). Out: the handles above;
 * when the scene ends, so do the processes started in it, and the stage is clear again.
 */
export const openScene = async (
  stage: Stage,
  { latencyMs = 0, ...options }: SceneOptions = {},
): Promise<Scene> => {
  const hooks = await startHookMetadata(stage.motoUrl);
  const proxy = await startAwsProxy({ target: hooks.url, latencyMs });
  const processes: LocalProcess[] = [];
  const close = async (): Promise<void> => {
    for (const local of processes) await local.kill();
    await proxy.stop();
    await hooks.stop();
    await stage.clear();
  };
  try {
    const labels = { ng: 'multi-eni' };
    const fleet = await createFleet({
      awsUrl: stage.motoUrl,
      kube: stage,
      size: 1,
      labels,
      ...options,
    });
    const { kubeconfigFile } = stage;
    const localOptions = { kubeconfigFile, awsUrl: proxy.url, cluster: fleet.cluster };
    return {
      stage,
      client: stage.client,
      proxy,
      fleet,
      ec2: new EC2Client({ ...awsClientConfig(proxy.url), maxAttempts: 1 }),
      interfaces: createEc2Observer(proxy),
      localOptions,
      startLocal: async (given) => {
        const local = await startLocal({ ...localOptions, ...given });
        processes.push(local);
        return local;
      },
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};
