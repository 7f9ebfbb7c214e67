import { afterAll, beforeAll, expect, it } from 'vitest';
import { type KubeApiserver, startKubeApiserver } from '#test/support/servers/kube-apiserver.ts';
import { createTemporaryFolder } from '#test/support/servers/temporary-folder.ts';
import { createKubeClient, type KubeClient } from '../kube-client.ts';
import { type Guide, openGuide } from './run-guide.ts';
import { createAuthority, signApproved } from './signer.ts';

const authority = createTemporaryFolder('authority');

let kube: KubeApiserver;
let client: KubeClient;
let guide: Guide;

beforeAll(async () => {
  kube = await startKubeApiserver({ clientCaFile: await createAuthority(authority.path) });
  client = createKubeClient(kube);
  guide = await openGuide('private-clusters', {
    kubeconfigFile: kube.kubeconfigFile,
    // Nothing in this guide asks AWS that can be done here.
    awsUrl: 'http://127.0.0.1:9',
    env: { WEBHOOK_URL: 'https://relay.example.com/0123456789abcdef' },
  });
});

afterAll(async () => {
  client?.close();
  await kube?.stop();
  await guide?.close();
  await authority.remove();
});

it('lets objects be applied from a machine that reaches the API server', async () => {
  const [applied] = await guide.follow('the-api-server-has-a-private-endpoint');

  expect(applied).toContain('nodeenis.networking.k8s.aws serverside-applied');
  expect(applied).toContain('validatingwebhookconfiguration');
});

it('makes a kubeconfig by which the functions come as members of their group', async () => {
  let who = '';
  await guide.follow('the-cluster-is-not-eks', async (command) => {
    await signApproved(client, authority.path, 'nodeeni').catch(() => undefined);
    // What would go into the parameter is gone after this.
    if (command.startsWith('rm '))
      who = await guide.run('kubectl --kubeconfig nodeeni.kubeconfig auth whoami -o yaml');
  });

  expect(who).toContain('username: nodeeni\n');
  expect(who).toContain('- nodeeni:functions\n');
});

it('has no other commands that could be tried here', () => {
  expect(guide.left()).toEqual([]);
});

it('writes a kubeconfig that needs no other file', async () => {
  // The commands before the removal of the files, once more.
  let kubeconfig = '';
  await guide.run('kubectl delete csr nodeeni');
  await guide.follow('the-cluster-is-not-eks', async (command) => {
    await signApproved(client, authority.path, 'nodeeni').catch(() => undefined);
    if (command.startsWith('rm ')) kubeconfig = await guide.run('cat nodeeni.kubeconfig');
  });

  expect(kubeconfig).toContain('certificate-authority-data:');
  expect(kubeconfig).toContain('client-key-data:');
  expect(kubeconfig).not.toMatch(/certificate-authority:|client-key:|client-certificate:/);
});
