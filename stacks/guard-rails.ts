import { prefixed } from './names.ts';
import type { Options } from './options.ts';
import { TAGGED_TYPES } from './tagged-types.ts';

type GuardRails = Pick<Options, 'tags' | 'permissionsBoundary' | 'namePrefix'>;
type Inputs = Readonly<Record<string, unknown>>;

/** What SST names, and how long AWS lets such a name be. All other names are ours. */
const NAMED_BY_SST: Readonly<Record<string, number>> = {
  'aws:sqs/queue:Queue': 80,
  'aws:lambda/function:Function': 64,
};

const prefixedName = (type: string, name: unknown, { namePrefix }: GuardRails) => {
  const most = NAMED_BY_SST[type];
  if (most === undefined || namePrefix === '') return {};
  const known = $util.output(name as $util.Input<string>);
  return { name: known.apply((sstName) => prefixed(namePrefix, sstName, most)) };
};

/** What a resource is tagged with by itself wins: SST and the rules of IAM go by it. */
const taggedAs = (type: string, tags: unknown, options: GuardRails) =>
  TAGGED_TYPES.includes(type) && Object.keys(options.tags).length > 0
    ? {
        tags: $resolve({ own: tags as $util.Input<object | undefined> }).apply(({ own }) => ({
          ...options.tags,
          ...own,
        })),
      }
    : {};

const bounded = (type: string, { permissionsBoundary }: GuardRails) =>
  type === 'aws:iam/role:Role' && permissionsBoundary !== undefined ? { permissionsBoundary } : {};

/**
 * What an organisation asks of everything that one installation makes, the parts of SST's components included: its tags, its
 * prefix of names, and its permissions boundary on each role. Out: a transformation for the component.
 */
export const guardRails =
  (options: GuardRails): $util.ResourceTransformation =>
  ({ type, props, opts }) => {
    const inputs: Inputs = props;
    return {
      props: {
        ...inputs,
        ...taggedAs(type, inputs.tags, options),
        ...prefixedName(type, inputs.name, options),
        ...bounded(type, options),
      },
      opts,
    };
  };
