import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KubeApiserver, startKubeApiserver } from '#test/support/servers/kube-apiserver.ts';
import { nodeEniNamed, printManifests } from './installed-cluster.ts';
import { createKubeClient, type KubeClient, NODE_ENIS_PATH } from './kube-client.ts';
import { eventually } from './outcomes.ts';

const TEAM = { name: 'ann', groups: ['team-a'], token: 'ann-token' };

/** The policy as the guide has people write it. */
const [, policy = ''] =
  /```yaml\n(apiVersion: admissionregistration[\s\S]*?)```/.exec(
    readFileSync('docs/guides/gitops.md', 'utf8'),
  ) ?? [];

const OWN = 'subnet-0f59b4f14737be9ad';

let kube: KubeApiserver;
let team: KubeClient;

const applyAs = (manager: string, text: string) =>
  kube.kubectl(
    ['apply', '--server-side', `--field-manager=${manager}`, '--validate=strict', '--filename=-'],
    text,
  );

beforeAll(async () => {
  kube = await startKubeApiserver({ users: [TEAM] });
  team = createKubeClient({ ...kube, adminToken: TEAM.token });
});

afterAll(async () => {
  team?.close();
  await kube?.stop();
});

/** What the objects of an answer are at: another version tells of a write. */
const versions = async (printed: string): Promise<string> => {
  const { stdout } = await kube.kubectl(
    [
      'get',
      '--filename=-',
      '--output=jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.resourceVersion}{"\\n"}{end}',
    ],
    printed,
  );
  return stdout;
};

describe('what GitOps applies', () => {
  it('is applied twice by one manager without a change, and by a second one without a conflict', async () => {
    const printed = await printManifests('--agent', '--webhook-url=https://127.0.0.1:9/secret');
    const first = await applyAs('argocd-controller', printed);
    const before = await versions(printed);

    const again = await applyAs('argocd-controller', printed);
    const after = await versions(printed);
    const other = await applyAs('kustomize-controller', printed);

    expect([first, again, other].map(({ code, stderr }) => ({ code, stderr }))).toEqual([
      { code: 0, stderr: '' },
      { code: 0, stderr: '' },
      { code: 0, stderr: '' },
    ]);
    expect(after).toBe(before);
  });

  it('is served with what people type', async () => {
    const { stdout } = await kube.kubectl(['api-resources', '--categories=enis', '--output=wide']);

    expect(stdout).toMatch(/nodeenis +neni /);
    expect(stdout).toMatch(/nodeenistates +nenis,enistate /);
  });
});

describe('the policy for a team', () => {
  const create = (name: string, spec: object) =>
    team.call('POST', `${NODE_ENIS_PATH}?dryRun=All`, nodeEniNamed(name, spec));

  it('lets the team use its subnets, and no others', async () => {
    await kube.kubectl([
      ...['create', 'clusterrolebinding', 'team-a', '--clusterrole=cluster-admin'],
      '--group=team-a',
    ]);
    await applyAs('admin', policy);

    // The API server takes a moment to use a new policy.
    await eventually(async () => {
      expect((await create('foreign', { subnetID: 'subnet-0000000000000001' })).status).toBe(422);
    });
    const byName = await create('named', { subnetID: undefined, subnetName: 'lan' });
    const several = await create('several', { subnetID: undefined, subnetIDs: [OWN, 'subnet-2'] });
    const own = await create('own', { subnetID: OWN });

    expect(byName.status).toBe(422);
    expect(several.status).toBe(422);
    expect(own.status).toBe(201);
  });
});
