import type { Options } from './options.ts';
import { TAGGED_TYPES } from './tagged-types.ts';

type GuardRails = Pick<Options, 'tags' | 'permissionsBoundary'>;

/** The properties that the guard rails add to a resource of this type. */
const addedTo = (type: string, given: unknown, { tags, permissionsBoundary }: GuardRails) => ({
  ...(TAGGED_TYPES.includes(type) &&
    Object.keys(tags).length > 0 && {
      // What a resource is tagged with by itself wins: SST and the rules of IAM go by it.
      tags: $resolve({ own: given as $util.Input<object | undefined> }).apply(({ own }) => ({
        ...tags,
        ...own,
      })),
    }),
  ...(type === 'aws:iam/role:Role' && permissionsBoundary !== undefined && { permissionsBoundary }),
});

/**
 * What an organisation asks of everything that is made from now on: its tags, and its permissions boundary on each role. To
 * be called before anything is made, since it also holds for the parts of SST's components.
 */
export const setGuardRails = (options: GuardRails): void =>
  $util.runtime.registerStackTransformation(({ type, props, opts }) => ({
    props: { ...props, ...addedTo(type, props.tags, options) },
    opts,
  }));
