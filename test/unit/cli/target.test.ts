import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCommandWorld } from '#test/support/command-world.ts';

let world: Awaited<ReturnType<typeof openCommandWorld>>;

beforeEach(async () => {
  world = await openCommandWorld();
});

afterEach(() => world.close());

const COMMANDS: readonly (readonly string[])[] = [
  ['plan'],
  ['adopt', '--yes'],
  ['gc', '--yes'],
  ['gc', '--retained', '--yes'],
  ['release', 'data', '--yes'],
  ['release', 'data', '--abandon', '--yes'],
  ['uninstall', '--yes'],
  ['local', '--once'],
];

const isRead = (request: string): boolean => /^(GET|Describe\w+|GetCallerIdentity) /.test(request);

/** Every command, one after the other; out: how each ended. */
const runAll = async (): Promise<readonly (number | null)[]> => {
  const codes: (number | null)[] = [];
  for (const args of COMMANDS) codes.push((await world.run(args)).code);
  return codes;
};

describe('A cluster name that does not fit', () => {
  it('is refused by every command when the instances name another, and nothing is left behind', async () => {
    world.holdings.instances = {
      'i-00000001': { 'kubernetes.io/cluster/production': 'owned', Name: 'prod' },
    };

    const codes = await runAll();

    expect(codes).toEqual(COMMANDS.map(() => 2));
    expect(world.requests.filter((request) => !isRead(request))).toEqual([]);
    expect(world.holdings.nodeEnis).toEqual(['data']);
  });

  it('is refused by every command when the ENIs name another, and nothing is left behind', async () => {
    world.holdings.eniNames = ['production', 'production'];

    const codes = await runAll();

    expect(codes).toEqual(COMMANDS.map(() => 2));
    expect(world.requests.filter((request) => !isRead(request))).toEqual([]);
  });

  it.each([
    ['eks:cluster-name', 'production'],
    ['aws:eks:cluster-name', 'production'],
    ['kubernetes.io/cluster/production', ''],
  ])('is seen by the tag %s', async (key, value) => {
    world.holdings.instances = { 'i-00000001': { [key]: value } };

    const { code, stderr } = await world.run(['plan']);

    expect(code).toBe(2);
    expect(stderr).toContain(
      'This cluster is not "prod": the instances of its Nodes are tagged for "production". Give that name to --cluster',
    );
  });

  it.each([
    [['eks', 'get-token', '--cluster-name', 'production', '--output', 'json'], 2],
    [['--region', 'eu-west-1', 'eks', 'get-token', '--cluster-name=production'], 2],
    [['eks', 'get-token', '--cluster-name', 'prod'], 0],
    [['token', '--cluster-name', 'production'], 0],
    [['get-token', '--server-id', 'x'], 0],
  ])('is seen by how the kubeconfig gets tokens: %j', async (args, code) => {
    const exec = { apiVersion: 'client.authentication.k8s.io/v1beta1', command: 'aws', args };
    const KUBECONFIG = world.writeKubeConfig('eks', undefined, { exec });

    expect((await world.run(['plan'], { KUBECONFIG })).code).toBe(code);
  });

  it('is an error, and not a change, to whoever asks for detailed exit codes', async () => {
    world.holdings.eniNames = ['production'];

    const { code } = await world.run(['plan', '--detailed-exitcode']);

    expect(code).toBe(1);
  });

  it('may not be empty', async () => {
    const { code, stderr } = await world.run(['plan', '--cluster=']);

    expect(code).toBe(1);
    expect(stderr).toContain('Write the name of the cluster.');
  });
});

describe('A cluster name that fits', () => {
  it('is taken when an instance bears it beside another', async () => {
    world.holdings.instances = {
      'i-00000001': { 'kubernetes.io/cluster/other': 'shared' },
      'i-00000002': { 'kubernetes.io/cluster/prod': 'owned' },
    };

    expect((await world.run(['plan'])).code).toBe(0);
  });

  it('is taken where nothing names any', async () => {
    world.holdings.instances = { 'i-00000001': { Name: 'a' } };

    expect((await world.run(['plan'])).code).toBe(0);
  });

  it('is taken with a warning when ENIs of another name are left too', async () => {
    world.holdings.eniNames = ['prod', 'prodd', 'prodd'];

    const { code, stderr } = await world.run(['plan']);

    expect(code).toBe(0);
    expect(stderr).toContain('2 of this cluster\'s ENIs carry the name "prodd"');
  });
});

describe('The target of a command', () => {
  it('is told on the standard error', async () => {
    const { stderr } = await world.run(['uninstall', '--dry-run', '--as=ann']);

    expect(stderr).toMatch(
      /^cluster {3}prod\ncontext {3}work, http:\/\/127\.0\.0\.1:\d+, as ann\nAWS {7}account 123456789012, region eu-west-1, http:\S+\n$/,
    );
  });

  it('is the first cluster of KUBECONFIG, as for kubectl', async () => {
    const other = world.writeKubeConfig('other', 'http://127.0.0.1:9');
    const KUBECONFIG = `/missing:${world.writeKubeConfig('work')}:${other}`;

    const { stderr, code } = await world.run(['uninstall', '--dry-run'], { KUBECONFIG });

    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringMatching('work, ') });
  });

  it('is refused when EC2 knows none of its Nodes there', async () => {
    world.holdings.instances = { 'i-00000001': undefined, 'i-00000002': undefined };

    const { code, stderr } = await world.run(['uninstall', '--yes']);

    expect(code).toBe(2);
    expect(stderr).toContain(
      "EC2 knows no instance of this cluster's 2 Nodes in region eu-west-1 of account 123456789012.",
    );
    expect(world.holdings.nodeEnis).toEqual(['data']);
  });

  it('is in the region that AWS_DEFAULT_REGION names when nothing else does', async () => {
    const env = { AWS_REGION: '', AWS_DEFAULT_REGION: 'eu-north-1' };

    const { code, stderr } = await world.run(['plan', '--region='], env);

    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringMatching('eu-north-1'),
    });
  });

  it('is reached through the proxy of the environment', async () => {
    const env = { AWS_ENDPOINT_URL: 'http://aws.test:1', HTTP_PROXY: world.awsUrl };

    const { code } = await world.run(['plan'], env);

    expect(code).toBe(0);
    expect(world.requests).toContain('GetCallerIdentity http://aws.test:1/');
  });

  it('is not blamed on the cluster when AWS does not accept the credentials', async () => {
    world.holdings.stsRefusal = 'ExpiredToken';

    const { code, stderr } = await world.run(['plan']);

    expect(code).toBe(1);
    expect(stderr).toMatch(/^AWS does not accept your credentials: .*ExpiredToken.*Log in again/);
  });

  it('is worked on without an account when STS does not answer', async () => {
    world.holdings.stsRefusal = 'AccessDenied';

    const { code, stderr } = await world.run(['plan']);

    expect(code).toBe(0);
    expect(stderr).toContain('account unknown');
  });
});
