import { expect } from 'vitest';
import { runHere } from '#test/support/command-world.ts';
import { runLocalOnce } from '#test/support/local-process.ts';
import { printManifests, withAuthority } from '../installed-cluster.ts';
import { apply, manifestFor } from '../manifests.ts';
import { eventually } from '../outcomes.ts';
import { openScene, type Scene } from '../scene.ts';
import type { Stage } from '../stage.ts';
import { type AccountWords, startEksAccount } from './eks-account.ts';
import { startRelay } from './relay.ts';

/** What a doctor finds, as its JSON says it. */
export interface Found {
  readonly check: string;
  readonly severity: string;
  readonly what: string;
}

export interface Clinic {
  readonly scene: Scene;
  /** What the services of the account say; a test changes it. */
  readonly account: AccountWords;
  /** The function that the webhook calls; a test changes it. */
  readonly relay: { version: string; isCutOff: boolean };
  /** Runs kubectl and throws when it fails. */
  readonly kubectl: (args: readonly string[], stdin?: string) => Promise<string>;
  /** Brings everything back to how it was installed. */
  readonly heal: () => Promise<void>;
  readonly examine: () => Promise<{
    readonly code: number | null;
    readonly found: readonly Found[];
  }>;
  readonly examineAsText: () => Promise<string>;
  readonly close: () => Promise<void>;
}

/** The DaemonSets of a cluster, of which no controller here counts the pods. */
const VPC_CNI = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'aws-node', namespace: 'kube-system' },
  spec: {
    selector: { matchLabels: { app: 'aws-node' } },
    template: {
      metadata: { labels: { app: 'aws-node' } },
      spec: {
        containers: [{ name: 'aws-node', image: 'cni', env: [{ name: 'MAX_ENI', value: '4' }] }],
        volumes: [{ name: 'cni-net-dir', hostPath: { path: '/etc/cni/net.d' } }],
      },
    },
  },
};

export const setAgents = (
  kubectl: Clinic['kubectl'],
  { desired, ready }: { readonly desired: number; readonly ready: number },
): Promise<string> =>
  kubectl([
    ...['patch', 'daemonset', 'nodeeni-agent', '--namespace=nodeeni-system'],
    ...['--subresource=status', '--type=merge'],
    `--patch=${JSON.stringify({
      status: {
        desiredNumberScheduled: desired,
        numberReady: ready,
        currentNumberScheduled: desired,
        numberMisscheduled: 0,
      },
    })}`,
  ]);

/** A healthy installation on real servers, and a doctor. */
export const openClinic = async (stage: Stage): Promise<Clinic> => {
  const scene = await openScene(stage, { size: 2, zones: ['us-east-1a'] });
  const relay = await startRelay(stage.caFile);
  const account = await startEksAccount(stage.kubeconfigFile, scene.fleet.cluster);
  const printed = withAuthority(
    await printManifests('--agent', `--webhook-url=${relay.url}`),
    relay.caBundle,
  );

  const kubectl: Clinic['kubectl'] = async (args, stdin) => {
    const { code, stdout, stderr } = await stage.kubectl(args, stdin);
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
    return stdout;
  };
  /** The API server takes a moment to use a webhook that was changed. */
  const untilWarned = () =>
    eventually(async () => {
      const { stderr } = await stage.kubectl(
        ['create', '--dry-run=server', '--filename=-'],
        manifestFor(scene.fleet, { securityGroupIDs: undefined }, 'tried'),
      );
      expect(stderr).toContain('security group');
    });
  const heal = async (): Promise<void> => {
    relay.heal();
    const force = ['apply', '--server-side', '--force-conflicts', '--filename=-'];
    await kubectl(force, printed);
    await kubectl(force, JSON.stringify(VPC_CNI));
    await setAgents(kubectl, { desired: 2, ready: 2 });
    account.heal();
    scene.proxy.reset();
    await untilWarned();
  };

  const environment: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    ...account.environment,
    AWS_ENDPOINT_URL: scene.proxy.url,
    AWS_ACCESS_KEY_ID: 'e2e',
    AWS_SECRET_ACCESS_KEY: 'e2e',
    AWS_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    // The certificate of the relay is the API server's own.
    NODE_TLS_REJECT_UNAUTHORIZED: '0',
  };
  const run = (...args: readonly string[]) =>
    runHere(['doctor', `--cluster=${scene.fleet.cluster}`, ...args], environment);

  await heal();
  await apply(scene, manifestFor(scene.fleet));
  await runLocalOnce(scene.localOptions);
  return {
    scene,
    account: account.words,
    relay: relay.state,
    kubectl,
    heal,
    async examine() {
      const { code, stdout, stderr } = await run('--output=json');
      if (stdout === '') throw new Error(stderr);
      const all = JSON.parse(stdout) as readonly {
        readonly check: string;
        readonly findings: readonly Omit<Found, 'check'>[];
      }[];
      const found = all.flatMap(({ check, findings }) =>
        findings.map(({ severity, what }) => ({ check, severity, what })),
      );
      return { code, found };
    },
    examineAsText: async () => (await run()).stdout,
    close: async () => {
      relay.close();
      await account.close();
      await scene[Symbol.asyncDispose]();
    },
  };
};
