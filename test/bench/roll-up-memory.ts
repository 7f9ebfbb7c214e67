import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { awsClientConfig } from '#test/support/servers/fleet.ts';
import { runCommand } from '#test/support/servers/run-command.ts';
import { type KubeClient, NODE_ENIS_PATH, NODES_PATH } from '../e2e/kube-client.ts';
import { type Stage, startStage } from '../e2e/stage.ts';
import { describeMachine } from './machine.ts';

const NODES = 2000;
const NODE_BYTES = 37_000;
const NODE_ENIS = 10;
/** Of a function of 512 MB. */
const MOST_MEGABYTES = 250;
/** So many are created at once. */
const AT_ONCE = 50;

/** Most of a Node are the images that it has pulled. */
const aNode = (index: number) => {
  const id = index.toString(16).padStart(17, '0');
  const image = (number: number) => ({
    names: [`registry.example.org/team/image-${number}@sha256:${'0'.repeat(64)}`.padEnd(340, 'x')],
    sizeBytes: 1,
  });
  const images = Array.from({ length: Math.floor(NODE_BYTES / 380) }, (_, number) => image(number));
  return {
    metadata: {
      name: `ip-10-0-${Math.floor(index / 250)}-${index % 250}.ec2.internal`,
      labels: { ng: 'multi-eni' },
    },
    spec: { providerID: `aws:///us-east-1a/i-${id}` },
    status: { images },
  };
};

const fill = async (client: KubeClient): Promise<void> => {
  const nodes = Array.from({ length: NODES }, (_, index) => aNode(index));
  while (nodes.length > 0)
    await Promise.all(
      nodes.splice(0, AT_ONCE).map(async (node) => {
        const { status, body } = await client.call('POST', NODES_PATH, node);
        if (status !== 201) throw new Error(JSON.stringify(body));
      }),
    );
};

const names = Array.from({ length: NODE_ENIS }, (_, index) => `net-${index}`);

const applyNodeEnis = async (client: KubeClient): Promise<void> => {
  for (const [index, name] of names.entries())
    await client.call('POST', NODE_ENIS_PATH, {
      apiVersion: 'networking.k8s.aws/v1alpha1',
      kind: 'NodeENI',
      metadata: { name },
      spec: { nodeSelector: { ng: 'multi-eni' }, subnetID: 'subnet-0a', deviceIndex: index + 1 },
    });
};

const createQueue = async (sqs: SQSClient, name: string, isFifo: boolean): Promise<string> => {
  const { QueueUrl = '' } = await sqs.send(
    new CreateQueueCommand({
      QueueName: name,
      ...(isFifo && { Attributes: { FifoQueue: 'true' } }),
    }),
  );
  return QueueUrl;
};

const rollUp = async ({ motoUrl, kubeconfigFile }: Stage) => {
  const sqs = new SQSClient(awsClientConfig(motoUrl));
  const env = {
    PATH: process.env.PATH ?? '',
    CLUSTER_NAME: 'bench',
    KUBECONFIG: kubeconfigFile,
    WORK_QUEUE_URL: await createQueue(sqs, 'work.fifo', true),
    ROLL_UP_QUEUE_URL: await createQueue(sqs, 'roll-up.fifo', true),
    DELAY_QUEUE_URL: await createQueue(sqs, 'delay', false),
    AWS_ENDPOINT_URL: motoUrl,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'e2e',
    AWS_SECRET_ACCESS_KEY: 'e2e',
    POWERTOOLS_SERVICE_NAME: 'bench',
  };
  const own = new URL('roll-up-function.ts', import.meta.url).pathname;
  const built = new URL('../../dist/functions/roll-up/index.mjs', import.meta.url).pathname;
  const beganAt = performance.now();
  const { code, stdout, stderr } = await runCommand(
    process.execPath,
    ['--max-old-space-size=460', own, built, ...names],
    { env },
  );
  if (code !== 0) throw new Error(stderr || stdout);
  const told = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as {
    readonly failures: number;
    readonly megabytes: number;
  };
  return { ...told, seconds: (performance.now() - beganAt) / 1000 };
};

/**
 * Rolls up ten NodeENIs in one batch of the built function, on a real kube-apiserver with 2,000 nodes of 37 kB. Out: false when
 * one of them failed, or when it took more memory than half of what the function has.
 */
export const benchRollUpMemory = async (): Promise<boolean> => {
  await using stage = await startStage();
  process.stderr.write(`bench: ${NODES} nodes of ${NODE_BYTES / 1000} kB\n`);
  await fill(stage.client);
  await applyNodeEnis(stage.client);
  const first = await rollUp(stage);
  const second = await rollUp(stage);
  const most = Math.max(first.megabytes, second.megabytes);
  process.stdout.write(
    `\n${NODE_ENIS} NodeENIs in one batch, ${NODES} nodes of ${NODE_BYTES / 1000} kB on a real kube-apiserver\n${describeMachine()}\nresident at most: ${first.megabytes.toFixed(0)} MB, and ${second.megabytes.toFixed(0)} MB when nothing is to be done; ${first.seconds.toFixed(1)} and ${second.seconds.toFixed(1)} s with the start\n`,
  );
  return first.failures + second.failures === 0 && most <= MOST_MEGABYTES;
};
