import { describe, expect, inject, it } from 'vitest';
import { ALLOWED_CALLS } from '#test/support/infra/allowed-calls.ts';
import { isAllowed, policyOf, without } from '#test/support/infra/iam.ts';
import { FUNCTION_SETTINGS, type FunctionName } from '../../stacks/function-settings.ts';

const syntheses = inject('syntheses');

describe.each(ALLOWED_CALLS)('$by in the $installation installation', (call) => {
  const { installation, by, sid, action, resource } = call;
  const policy = policyOf(syntheses[installation], by);

  it(`may ${action} on ${resource.replace(/^.*:/, '')}, and only because of ${sid}`, async () => {
    expect(await isAllowed(policy, by, call)).toBe(true);
    expect(await isAllowed(without(policy, sid), by, call)).toBe(false);
  });
});

it.each(Object.keys(FUNCTION_SETTINGS) as FunctionName[])(
  'no statement of %s is there for an action that it never takes',
  (name) => {
    const granted = policyOf(syntheses.usual, name).Statement.flatMap(({ Sid, Action }) =>
      Action.map((action) => `${Sid} ${action}`),
    );
    const needed = ALLOWED_CALLS.filter(
      ({ by, installation }) => by === name && installation === 'usual',
    ).map(({ sid, action }) => `${sid} ${action}`);

    expect(granted.toSorted()).toEqual([...new Set(needed)].toSorted());
  },
);
