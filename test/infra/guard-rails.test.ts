import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { ensurePlatform } from '#test/support/infra/platform.ts';
import { TAGGED_TYPES } from '../../stacks/tagged-types.ts';

const { usual, grown, secluded } = inject('syntheses');

const typesMade = [
  ...new Set(
    [usual, grown, secluded].flatMap(({ resources }) => resources.map(({ type }) => type)),
  ),
];

/** Whether the provider's own types know tags for it: `aws:sqs/queue:Queue` is declared in `sqs/queue.d.ts`. */
const takesTags = (type: string, modules: string): boolean => {
  const [, module = ''] = type.split(':');
  const file = join(modules, '@pulumi', 'aws', `${module}.d.ts`);
  return existsSync(file) && /^ {4}tags\?: pulumi\.Input</m.test(readFileSync(file, 'utf8'));
};

it('tags every kind of resource that takes tags', async () => {
  const modules = join(await ensurePlatform(), '.sst', 'platform', 'node_modules');
  const taking = typesMade.filter((type) => type.startsWith('aws:') && takesTags(type, modules));

  expect(TAGGED_TYPES.toSorted()).toEqual(taking.toSorted());
});

it('puts the tags of the options on everything, the parts of components included', () => {
  const tagged = grown.resources.filter(({ type }) => TAGGED_TYPES.includes(type));
  const missing = tagged.filter(
    ({ inputs }) => (inputs.tags as Record<string, string> | undefined)?.CostCentre !== '4711',
  );

  expect(tagged.length).toBeGreaterThan(50);
  expect(missing.map(({ type, name }) => `${type} ${name}`)).toEqual([]);
});

it('bounds every role by the policy of the options', () => {
  const bounds = grown.resources
    .filter(({ type }) => type === 'aws:iam/role:Role')
    .map(({ inputs }) => inputs.permissionsBoundary);

  expect(new Set(bounds)).toEqual(new Set(['arn:aws:iam::123456789012:policy/teams/boundary']));
});

it('adds nothing where no organisation asks for it', () => {
  const added = usual.resources.filter(
    ({ inputs }) => 'permissionsBoundary' in inputs || 'tags' in inputs,
  );

  expect(added.map(({ name }) => name)).toEqual([]);
});
