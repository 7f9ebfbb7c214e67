import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { NODE_ENI_STATES } from '#providers/kubernetes/resources.ts';
import { printManifests } from '../installed-cluster.ts';
import { apply, manifestFor } from '../manifests.ts';
import { untilReady } from '../outcomes.ts';
import { openScene, type Scene } from '../scene.ts';
import { type Stage, startStage } from '../stage.ts';
import { type Guide, openGuide } from './run-guide.ts';

const MINUTE_MS = 60_000;
const WEBHOOK_URL = 'https://relay.example.com/0123456789abcdef';
const NODE = 'ip-10-0-1-23.ec2.internal';
const INSTANCE = 'i-0123456789abcdef0';

let stage: Stage;
let scene: Scene;
let guide: Guide;

const definition = readFileSync(
  new URL('../../fixtures/network-attachment-definition.yaml', import.meta.url),
  'utf8',
);

const definitionNamed = (name: string) => ({
  apiVersion: 'k8s.cni.cncf.io/v1',
  kind: 'NetworkAttachmentDefinition',
  metadata: { name },
  spec: { config: '{}' },
});

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'my-pod', annotations: { 'k8s.v1.cni.cncf.io/networks': 'data' } },
  spec: { containers: [{ name: 'app', image: 'nginx' }] },
};

beforeAll(async () => {
  stage = await startStage();
  await apply({ stage }, definition);
  await stage.kubectl(['wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all']);
  scene = await openScene(stage, {
    cluster: 'production',
    zones: ['us-east-1a'],
    nodeName: () => NODE,
  });
  const local = await scene.startLocal({ sweepInterval: '3s' });
  await apply(scene, manifestFor(scene.fleet, {}, 'my-nodeeni'));
  await untilReady(scene, 1, 'my-nodeeni');
  // From here on nobody takes away what is put beside it, by the names that the page has.
  await local.stop();
  await apply(scene, await printManifests('--without-crds', `--webhook-url=${WEBHOOK_URL}`));
  const state = { ...stateOf(INSTANCE), spec: { nodeName: 'another-node' } };
  await apply(
    scene,
    [POD, definitionNamed('data'), state].map((each) => stringify(each)).join('---\n'),
  );
  guide = await openGuide('troubleshooting', {
    kubeconfigFile: stage.kubeconfigFile,
    awsUrl: scene.proxy.url,
  });
}, 20 * MINUTE_MS);

const stateOf = (name: string) => ({
  apiVersion: `${NODE_ENI_STATES.group}/${NODE_ENI_STATES.version}`,
  kind: NODE_ENI_STATES.kind,
  metadata: { name },
});

afterAll(async () => {
  await guide?.close();
  await scene?.[Symbol.asyncDispose]();
  await stage?.stop();
});

it(
  'has commands that work, and show what the page says they show',
  async () => {
    const shown = async (id: string): Promise<string> => (await guide.follow(id)).join('\n');

    expect(await shown('where-to-look')).toContain('AllInterfacesReady');
    expect(await shown('no-eni-comes')).toContain('ng=multi-eni');
    expect(await shown('a-pod-has-no-second-interface')).toContain(
      '"k8s.v1.cni.cncf.io/networks":"data"',
    );
    await shown('the-link-does-not-come-up');
    await shown('the-node-does-not-offer-the-resource');
    await shown('nothing-happens-at-all');
    expect(guide.left()).toEqual([]);
  },
  5 * MINUTE_MS,
);
