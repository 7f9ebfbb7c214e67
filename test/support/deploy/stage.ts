import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readAppConfig } from '#test/support/infra/app-config.ts';
import { type AwsProxy, startAwsProxy } from '#test/support/servers/aws-proxy.ts';
import type { KubeApiserver } from '#test/support/servers/kube-apiserver.ts';
import { type Ministack, startMinistack } from '#test/support/servers/ministack.ts';
import { type Moto, startMoto } from '#test/support/servers/moto.ts';
import { createTemporaryFolder } from '#test/support/servers/temporary-folder.ts';
import { startHookMetadata } from '../../e2e/hook-metadata.ts';
import { type AwsCalls, createAwsCalls } from './aws/calls.ts';
import type { AwsChange } from './aws/provider.ts';
import { type DeployCluster, kubeOf, startCluster } from './cluster.ts';
import { openEksDoor } from './eks-door.ts';
import { createProject, writeOptions } from './project.ts';
import { type SstResult, type SstRun, startSst } from './sst-command.ts';
import { createSstHome } from './sst-home.ts';
import { serveStandIns } from './stand-ins.ts';
import { openUrlDoor } from './url-door.ts';

/** What a person deploys from. */
export type Checkout = {
  /** Writes the options of the next deploy. */
  readonly setOptions: (options: object) => Promise<void>;
  /** The outputs of the last deploy, as SST has written them into a file. */
  readonly readOutputs: () => Promise<string>;
  readonly start: (...args: readonly string[]) => SstRun;
  readonly sst: (...args: readonly string[]) => Promise<SstResult>;
  /** Out: what it printed. Throws that, too, where it fails. */
  readonly sstOrThrow: (...args: readonly string[]) => Promise<string>;
};

/** An account, clusters in it, and a checkout of these sources. */
export type DeployStage = Checkout & {
  readonly clusterName: string;
  /** The API server of the first cluster. */
  readonly kube: KubeApiserver;
  readonly clusters: Readonly<Record<string, DeployCluster>>;
  /** What a person types, for the first cluster unless another is named. Out: what it printed. Throws what it complained of. */
  readonly kubectl: (args: readonly string[], options?: KubectlOptions) => Promise<string>;
  readonly calls: AwsCalls;
  readonly ministack: Ministack;
  readonly moto: Moto;
  readonly proxy: AwsProxy;
  /** A checkout of other sources, built already, that deploys to the same account. */
  readonly checkOut: (sources: string) => Promise<Checkout>;
  /** What AWS was asked to make, change and remove since this was last called. */
  readonly takeChanges: () => readonly AwsChange[];
  /** Calls this before each change from now on; what it throws is what AWS refuses with. */
  readonly onChange: (watch: ((change: AwsChange) => Promise<void> | void) | undefined) => void;
  readonly stop: () => Promise<void>;
};

type KubectlOptions = { readonly clusterName?: string; readonly stdin?: string };

/** Services whose resources moto makes; the other emulator makes all others. */
const AT_MOTO = ['ec2', 'autoscaling', 'ssm'];

type Stoppable = { readonly stop: () => void | Promise<void> };

/** What has to be stopped in the end, in the opposite order. */
const createPile = () => {
  const stops: (() => void | Promise<void>)[] = [];
  return {
    keep: <T extends Stoppable>(server: T): T => {
      stops.push(server.stop);
      return server;
    },
    keepFolder: <T extends { readonly remove: () => Promise<void> }>(folder: T): T => {
      stops.push(folder.remove);
      return folder;
    },
    stop: async (): Promise<void> => {
      for (const stopOne of stops.splice(0).toReversed()) await stopOne();
    },
  };
};

/** Starts all servers. In: the names of the clusters. Nothing is deployed yet. Stopping the stage stops all. */
export const startDeployStage = async (
  clusterName: string,
  ...otherClusters: readonly string[]
): Promise<DeployStage> => {
  const { keep, keepFolder, stop } = createPile();
  try {
    const folder = keepFolder(createTemporaryFolder('deploy'));
    const [moto, ministack] = await Promise.all([
      startMoto().then(keep),
      startMinistack().then(keep),
    ]);
    const hooks = keep(await startHookMetadata(moto.url));
    const proxy = keep(await startAwsProxy({ target: hooks.url }));
    const calls = createAwsCalls((service) =>
      AT_MOTO.includes(service) ? proxy.url : ministack.url,
    );
    const eks = keep(await openEksDoor(ministack.url, calls));
    const authoritiesFile = join(folder.path, 'authorities.crt');
    const clusters: Record<string, DeployCluster> = {};
    for (const name of [clusterName, ...otherClusters])
      clusters[name] = keep(await startCluster(name, { eks, authoritiesFile }));
    const kube = kubeOf({ clusters }, clusterName);
    const urlDoor = keep(await openUrlDoor(ministack.url, kube, authoritiesFile));

    const project = keepFolder(await createProject());
    const platform = join(project.path, '.sst', 'platform');
    const { providers: versions } = await readAppConfig('test');
    const standIns = keep(
      await serveStandIns({
        platform,
        versions,
        account: {
          calls,
          clusters: Object.fromEntries(
            Object.entries(clusters).map(([name, { place }]) => [name, place]),
          ),
          functionUrlFor: urlDoor.urlFor,
          functionVariables: {
            // Without a general endpoint the emulator leaves `https` alone; otherwise it takes TLS off calls to 127.0.0.1.
            AWS_ENDPOINT_URL: '',
            AWS_ENDPOINT_URL_SSM: ministack.url,
            AWS_ENDPOINT_URL_EVENTBRIDGE: ministack.url,
            AWS_ENDPOINT_URL_SQS: ministack.url,
            AWS_ENDPOINT_URL_EKS: eks.url,
            AWS_ENDPOINT_URL_EC2: proxy.url,
            AWS_ENDPOINT_URL_AUTO_SCALING: proxy.url,
          },
        },
      }),
    );
    const { ports, takeChanges, onChange } = standIns;
    const home = { folder: folder.path, platform, versions, ports, clusters };
    const environment = await createSstHome(home);
    const checkoutIn = (path: string): Checkout => {
      const start: Checkout['start'] = (...args) =>
        startSst({ project: path, awsUrl: ministack.url, environment }, args);
      return {
        setOptions: (options) => writeOptions(path, options),
        readOutputs: () => readFile(join(path, '.sst', 'outputs.json'), 'utf8'),
        start,
        sst: (...args) => start(...args).result,
        sstOrThrow: async (...args) => {
          const { code, output } = await start(...args).result;
          if (code !== 0) throw new Error(`sst ${args.join(' ')} ended with ${code}: ${output}`);
          return output;
        },
      };
    };
    return {
      ...checkoutIn(project.path),
      clusterName,
      kube,
      clusters,
      kubectl: async (args, { clusterName: name = clusterName, stdin } = {}) => {
        const { code, stdout, stderr } = await kubeOf({ clusters }, name).kubectl(args, stdin);
        if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
        return stdout;
      },
      calls,
      ministack,
      moto,
      proxy,
      checkOut: async (sources) => checkoutIn(keepFolder(await createProject(sources)).path),
      takeChanges,
      onChange,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};
