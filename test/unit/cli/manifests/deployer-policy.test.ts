import { describe, expect, it } from 'vitest';
import { runDeployerPolicy } from '#cli/manifests/deployer-policy.ts';

const statementsOf = (text: string) =>
  (JSON.parse(text) as { Statement: { Sid: string; Resource: string[]; Condition?: object }[] })
    .Statement;

describe('nodeeni manifests --deployer-policy', () => {
  it('prints a policy for the names of our own app', () => {
    const [own] = statementsOf(runDeployerPolicy({ deployerPolicy: true }));

    expect(own?.Resource).toContain('arn:aws:lambda:*:*:function:nodeeni-*');
  });

  it('prints one for the names of an app and its organisation', () => {
    const [own] = statementsOf(runDeployerPolicy({ deployerPolicy: 'acme-platform-' }));

    expect(own?.Resource).toContain('arn:aws:logs:*:*:log-group:/acme-platform/*');
    expect(own?.Resource.join()).not.toContain('nodeeni');
  });

  it('lets roles be made only within the boundary, where there is one', () => {
    const permissionsBoundary = 'arn:aws:iam::123456789012:policy/teams/boundary';

    const statements = statementsOf(
      runDeployerPolicy({ deployerPolicy: true, permissionsBoundary }),
    );

    expect(statements.find(({ Sid }) => Sid === 'RightsOfOwnRoles')?.Condition).toEqual({
      StringEquals: { 'iam:PermissionsBoundary': permissionsBoundary },
    });
  });

  it.each(['*', 'a-', 'nodeeni', 'nodeeni-*', ''])('refuses "%s" as a begin of names', (begin) => {
    expect(() => runDeployerPolicy({ deployerPolicy: begin })).toThrow('end with a dash');
  });

  it('refuses a boundary that is no policy', () => {
    expect(() =>
      runDeployerPolicy({ deployerPolicy: true, permissionsBoundary: 'boundary' }),
    ).toThrow('not the ARN of an IAM policy');
  });
});
