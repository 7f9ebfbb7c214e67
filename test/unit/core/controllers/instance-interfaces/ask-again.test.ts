import { expect, it } from 'vitest';
import { createInstanceInterfaces } from '#core/controllers/instance-interfaces/controller.ts';
import { INSTANCE_ID } from '#test/support/builders.ts';
import { aSmallWorld } from './small-world.ts';

it('a Node that an older list does not show is sought again within seconds, and not for ever', async () => {
  const { dependencies, given, done, wait } = aSmallWorld({ nodes: [] });
  const nodes = {
    ...dependencies.nodes,
    list: async () => {
      wait(20_000); // a list of so many nodes that it is not read for each reconcile
      return [];
    },
  };
  const interfaces = createInstanceInterfaces({ ...dependencies, nodes });
  const asked = () => done.filter((call) => call.startsWith(`reconcile ${INSTANCE_ID}`));

  await interfaces.reconcile(given);
  const afterTheList = asked().length;
  for (const _ of [1, 2, 3]) await interfaces.reconcile(given);
  const withinAMinute = [...asked()];
  wait(60_000);
  await interfaces.reconcile(given);

  expect(afterTheList).toBe(0);
  expect(withinAMinute).toEqual([`reconcile ${INSTANCE_ID} in 5`]);
  expect(asked()).toHaveLength(2);
});
