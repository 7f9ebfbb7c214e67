import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { SQSEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLog } from '#cli/local/log.ts';
import { CallError } from '#core/errors.ts';
import { encodeWorkMessage } from '#core/events/work-message.ts';
import { instanceKey, nodeEniKey } from '#core/ports/work-queue.ts';
import { createHandler as createReconcile } from '#functions/reconcile/handler.ts';
import { createHandler as createRollUp } from '#functions/roll-up/handler.ts';
import { createHandler as createSweep } from '#functions/sweep/handler.ts';
import { createLambdaOperator } from '#operator/lambda-operator.ts';
import { createPowertoolsTelemetry } from '#operator/powertools-telemetry.ts';
import { createConnectedApi } from '#providers/kubernetes/connected-api.ts';
import { loadKubeConfig } from '#providers/kubernetes/load-kube-config.ts';
import { EVENTS, NODE_ENI_STATES, NODE_ENIS, NODES } from '#providers/kubernetes/resources.ts';
import { createRandom } from '#simulator/random.ts';
import { readEvent } from '#test/fixtures/events/read-event.ts';
import { createScenario } from '#test/support/scenario.ts';
import { type CapturedOutput, captureOutput } from '#test/unit/functions/captured-output.ts';
import { lambdaContext, sqsBatch } from '#test/unit/functions/invocation.ts';
import { startEchoServer } from './echo-server.ts';

/** Everything that proves who calls. Each is found in no output. */
const SECRETS = {
  accessKeyId: 'ASIAPLANTEDPLANTED00',
  secretAccessKey: 'plantedSecretAccessKey/plantedSecretAccessKey',
  sessionToken: 'IQoJplantedSessionToken/plantedSessionToken+plantedSessionToken==',
  eksToken: 'k8s-aws-v1.cGxhbnRlZC1la3MtdG9rZW4tcGxhbnRlZA',
  kubeconfigToken: 'eyJhbGciOiJSUzI1NiJ9.cGxhbnRlZC1wYXlsb2Fk.cGxhbnRlZC1zaWduYXR1cmU',
  password: 'planted-password-of-a-kubeconfig',
} as const;

const HOUR = 3600;
const INSTANCE_ID = 'i-0a1b2c3d4e5f60001';
const CAPTURED = readEvent('sqs-work-batch') as SQSEvent;

let output: CapturedOutput;

const expectNoSecretIn = (text: string): void => {
  const found = Object.entries(SECRETS).filter(([, secret]) => text.includes(secret));
  expect(found.map(([name]) => name)).toEqual([]);
  expect(text).not.toMatch(/(X-Amz-)?Signature=[0-9a-f]{16}/i);
};

beforeEach(() => {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'DEBUG');
  vi.stubEnv('POWERTOOLS_DEV', '');
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', SECRETS.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', SECRETS.secretAccessKey);
  vi.stubEnv('AWS_SESSION_TOKEN', SECRETS.sessionToken);
  output = captureOutput();
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** The functions as they are deployed, with everything they call behind an address that quotes what it refuses. */
const invokeAgainst = async (url: string, env: Readonly<Record<string, string>>) => {
  vi.stubEnv('AWS_ENDPOINT_URL', url);
  const operator = await createLambdaOperator({
    CLUSTER_NAME: 'production',
    WORK_QUEUE_URL: `${url}/1/work.fifo`,
    ROLL_UP_QUEUE_URL: `${url}/1/roll-up.fifo`,
    DELAY_QUEUE_URL: `${url}/1/delay`,
    ...env,
  });
  const looks = encodeWorkMessage(instanceKey(INSTANCE_ID));
  const rolls = encodeWorkMessage(nodeEniKey('data'));
  await createReconcile(operator)(sqsBatch(CAPTURED, [['g', looks]]), lambdaContext);
  await createRollUp(operator)(sqsBatch(CAPTURED, [['g', rolls]]), lambdaContext);
  await createSweep(operator)({}, lambdaContext).catch(() => undefined);
};

describe('Endpoints that quote what they refuse', () => {
  it('get no credential of AWS into a line, when the cluster is one of EKS', async () => {
    const echo = await startEchoServer();

    await invokeAgainst(echo.url, { EKS_CLUSTER_NAME: 'prod' });
    echo.stop();

    expect(echo.seen.join('\n')).toContain(SECRETS.sessionToken);
    expect(output.text()).toContain('SignatureDoesNotMatch');
    expectNoSecretIn(output.text());
  });

  it('get no credential of a kubeconfig into a line', async () => {
    const echo = await startEchoServer();
    const folder = mkdtempSync(join(tmpdir(), 'nodeeni-'));
    const file = join(folder, 'config');
    const server = echo.url.replace('http://', `http://admin:${SECRETS.password}@`);
    const config = {
      'current-context': 'c',
      clusters: [{ name: 'c', cluster: { server } }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      users: [{ name: 'u', user: { token: SECRETS.kubeconfigToken } }],
    };
    writeFileSync(file, JSON.stringify(config));

    vi.stubEnv('KUBECONFIG', file);
    await invokeAgainst(echo.url, { KUBECONFIG: file });
    echo.stop();
    await invokeAgainst(echo.url, { KUBECONFIG: file });
    rmSync(folder, { recursive: true });

    expect(output.text()).toContain('roll-up failed');
    expectNoSecretIn(output.text());
  });

  it('get no token of EKS into an error, its causes nor either kind of log', async () => {
    const echo = await startEchoServer();
    const authorization = `Bearer ${SECRETS.eksToken}`;
    const api = createConnectedApi(() =>
      Promise.resolve({ server: echo.url, options: { headers: { authorization } } }),
    );
    const lines: string[] = [];
    const write = (line: string): void => void lines.push(line);
    const now = () => new Date();
    const logs = [
      createPowertoolsTelemetry({ clusterName: 'production' }).logger,
      createLog({ isForPeople: true, write, now }),
      createLog({ isForPeople: false, write, now }),
    ];

    const errors: unknown[] = [
      await api.get(NODES, 'node').catch((error: unknown) => error),
      new Error('outer', { cause: new Error(`a proxy said: Authorization: ${authorization}`) }),
      new Error(`{"authorization":"${authorization}"}`),
    ];
    echo.stop();
    for (const log of logs) for (const error of errors) log.error('call failed', { error });

    expect(echo.seen.join('\n')).toContain(SECRETS.eksToken);
    expect(lines).toHaveLength(6);
    expect(output.text()).toContain('a proxy said');
    expectNoSecretIn(output.text() + lines.join('') + String(errors[0]));
  });
});

describe('A kubeconfig that cannot be read', () => {
  it.each([
    ['broken YAML', `users:\n- name: u\n  user: {token: ${SECRETS.kubeconfigToken}\n  x: [`],
    ['an unknown alias', `users: *${SECRETS.password}`],
    ['a tab', `users:\n\t- token: ${SECRETS.password}`],
  ])('is not quoted: %s', (_what, text) => {
    const folder = mkdtempSync(join(tmpdir(), 'nodeeni-'));
    const file = join(folder, 'config');
    writeFileSync(file, text);

    const read = () => loadKubeConfig({ file });

    expect(read).toThrow('The kubeconfig cannot be read');
    expect(() => {
      try {
        read();
      } catch (error) {
        expectNoSecretIn(inspect(error, { depth: 9 }));
      }
    }).not.toThrow();
    rmSync(folder, { recursive: true });
  });
});

describe('What the main job leaves behind', () => {
  /** A refusal as it comes from a wrong signature, a proxy, or a plug-in for credentials. */
  const quote = [
    "The Canonical String for this request should have been 'POST",
    `authorization:AWS4-HMAC-SHA256 Credential=${SECRETS.accessKeyId}/ec2, Signature=0123456789abcdef01`,
    `x-amz-security-token:${SECRETS.sessionToken}`,
    `Bearer ${SECRETS.eksToken} ${SECRETS.kubeconfigToken} https://me:${SECRETS.password}@proxy`,
  ].join('\n');

  it('bears no credential, though every call fails at times and says why with all of them', async () => {
    const random = createRandom(7);
    const isBad = () => random.next() < 0.2;
    const codes = ['SignatureDoesNotMatch', 'UnauthorizedOperation', 'InternalError'];
    const fault = () =>
      isBad() ? { code: random.pick(codes) ?? 'InternalError', message: quote } : undefined;
    const scenario = createScenario({
      ec2: { onCall: fault },
      autoScaling: { onCall: fault },
      kubernetes: {
        onCall: ({ userName }) =>
          userName === 'nodeeni' && isBad()
            ? { when: 'before', error: new CallError('Unknown', 'Proxy', quote) }
            : undefined,
      },
    });
    for (let count = 0; count < 6; count += 1) await scenario.addNode();
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    const seen = new Set<string>();
    for (let seconds = 0; seconds < 2 * HOUR; seconds += 10) {
      await scenario.pass(10);
      for (const resource of [NODE_ENIS, NODE_ENI_STATES, EVENTS, NODES])
        seen.add(JSON.stringify(scenario.kubernetes.stored(resource)));
    }
    const meanwhile = [...seen].join();
    await scenario.deleteNodeEni('data');
    await scenario.pass(2 * HOUR);

    const { logger } = createPowertoolsTelemetry({ clusterName: 'production' });
    for (const { level, message, fields } of scenario.lines) logger[level](message, fields);

    const { sqs, work, rollUp, delay } = scenario.installation.queues;
    const left = {
      meanwhile,
      end: [NODE_ENIS, NODE_ENI_STATES, EVENTS, NODES].map((resource) =>
        scenario.kubernetes.stored(resource),
      ),
      messages: [work, rollUp, delay].map((url) => sqs.messagesIn(url)),
      counters: [...scenario.counters],
    };
    expect(meanwhile).toContain('Canonical String');
    expect(output.text()).toContain('Canonical String');
    expectNoSecretIn(JSON.stringify(left) + output.text());
  });

  it('bears no credential from the environment when all goes well', async () => {
    const scenario = createScenario();
    await scenario.addNode();
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(400);

    const stored = [NODE_ENIS, NODE_ENI_STATES, EVENTS, NODES].map((resource) =>
      scenario.kubernetes.stored(resource),
    );
    const calls = scenario.ec2.wire.log.calls.map(({ action, input }) => ({ action, input }));
    expectNoSecretIn(JSON.stringify({ stored, calls, lines: scenario.lines }) + output.text());
    expect(await scenario.ready('data')).toMatchObject({ status: 'True' });
  });
});
