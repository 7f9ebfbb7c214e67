import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { FUNCTIONS_GROUP } from '#core/manifests/manifest.ts';
import { type Deployment, deploy, synthesiseFor } from '#test/support/deployed/deploy.ts';
import { type AwsProxy, startAwsProxy } from '#test/support/servers/aws-proxy.ts';
import { createFleet, type Fleet } from '#test/support/servers/fleet.ts';
import { type KubeApiserver, startKubeApiserver } from '#test/support/servers/kube-apiserver.ts';
import { type Ministack, startMinistack } from '#test/support/servers/ministack.ts';
import { startMoto } from '#test/support/servers/moto.ts';
import { createEc2Observer, type SeenInterface } from '../ec2-observer.ts';
import { startHookMetadata } from '../hook-metadata.ts';
import { nodeEniNamed } from '../installed-cluster.ts';
import { createKubeClient, type KubeClient, NODE_ENIS_PATH } from '../kube-client.ts';
import { eventually } from '../outcomes.ts';

const CLUSTER_NAME = 'e2e';

/** A cluster, an account and one installation in them, whose functions run in the emulator and nowhere else. */
export type DeployedStage = {
  readonly deployment: Deployment;
  readonly ministack: Ministack;
  readonly kube: KubeApiserver;
  readonly client: KubeClient;
  readonly proxy: AwsProxy;
  /** All interfaces in EC2 but the primary ones. */
  readonly interfaces: () => Promise<readonly SeenInterface[]>;
  /** A network in one zone. Each test adds nodes of its own. */
  readonly fleet: Fleet;
  readonly stop: () => Promise<void>;
};

/** The API server takes a moment to use a new webhook. A dry run is told of too, and leads to nothing. */
const untilTold = async ({ client, deployment }: DeployedStage): Promise<void> => {
  await eventually(async () => {
    await client.call('POST', `${NODE_ENIS_PATH}?dryRun=All`, nodeEniNamed('dry'));
    expect(deployment.relayDoor.statuses.at(-1)).toBe(200);
  });
};

/** Starts the servers and deploys to them. Stopping the stage stops all, in the opposite order. */
export const startDeployedStage = async (): Promise<DeployedStage> => {
  const stops: (() => void | Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const stopOne of stops.toReversed()) await stopOne();
  };
  const keep = <Server extends { readonly stop: () => Promise<void> }>(server: Server): Server => {
    stops.push(server.stop);
    return server;
  };
  const user = { name: 'functions', groups: [FUNCTIONS_GROUP], token: randomUUID() };
  try {
    const [moto, ministack, kube] = await Promise.all([
      startMoto().then(keep),
      startMinistack().then(keep),
      startKubeApiserver({ users: [user] }).then(keep),
    ]);
    const fleet = await createFleet({
      awsUrl: moto.url,
      kube,
      size: 0,
      cluster: CLUSTER_NAME,
      zones: ['us-east-1a'],
    });
    const synthesis = await synthesiseFor(CLUSTER_NAME, [fleet.vpcId]);
    const hooks = keep(await startHookMetadata(moto.url));
    const proxy = keep(await startAwsProxy({ target: hooks.url }));
    const client = createKubeClient(kube);
    stops.push(client.close);
    const options = { synthesis, ministack, kube, user, awsUrl: proxy.url };
    const deployment = keep(await deploy(options));
    const stage: DeployedStage = {
      deployment,
      ministack,
      kube,
      client,
      proxy,
      interfaces: createEc2Observer(proxy),
      fleet,
      stop,
    };
    await untilTold(stage);
    return stage;
  } catch (error) {
    await stop();
    throw error;
  }
};
