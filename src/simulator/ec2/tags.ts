import type { Tag } from '@aws-sdk/client-ec2';
import type { Ec2Api } from '#providers/ec2/ec2-api.ts';
import { ec2Error } from './errors.ts';
import { existingGroup, existingInstance, existingInterface, existingSubnet } from './existing.ts';
import type { Ec2World } from './model.ts';

/** "Tag your Amazon EC2 resources", tag restrictions, EC2 User Guide. Tags of AWS do not count. */
const MOST_TAGS = 50;
const LONGEST_KEY = 128;
const LONGEST_VALUE = 256;
const RESERVED_PREFIX = 'aws:';

const refuse = (message: string): never => {
  throw ec2Error('InvalidParameterValue', message);
};

/** Unicode characters, whatever they take in UTF-8 (the same restrictions). */
const charactersOf = (text: string): number => [...text].length;

const checkTag = ({ Key = '', Value = '' }: Tag): void => {
  if (Key.toLowerCase().startsWith(RESERVED_PREFIX))
    refuse(`Tag keys starting with '${RESERVED_PREFIX}' are reserved for internal use`);
  if (Key === '' || charactersOf(Key) > LONGEST_KEY)
    refuse(`Tag key '${Key}' must have 1 to ${LONGEST_KEY} characters`);
  if (charactersOf(Value) > LONGEST_VALUE)
    refuse(`Tag value of '${Key}' exceeds the maximum length of ${LONGEST_VALUE} characters`);
};

/** In: the tags a resource has and those of a request. Out: all together, or EC2's refusal. */
export const withTags = (
  present: ReadonlyMap<string, string>,
  added: readonly Tag[],
): Map<string, string> => {
  for (const tag of added) checkTag(tag);
  const keys = added.map(({ Key }) => Key);
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined) refuse(`Duplicate tag key '${twice}' specified.`);
  const all = new Map([
    ...present,
    ...added.map(({ Key = '', Value = '' }) => [Key, Value] as const),
  ]);
  const own = [...all.keys()].filter((key) => !key.startsWith(RESERVED_PREFIX));
  if (own.length > MOST_TAGS)
    throw ec2Error(
      'TagLimitExceeded',
      'The maximum number of Tags for a resource has been reached.',
    );
  return all;
};

const tagsOf = (world: Ec2World, id: string): Map<string, string> => {
  if (id.startsWith('eni-')) return existingInterface(world, id).tags;
  if (id.startsWith('i-')) return existingInstance(world, id).tags;
  if (id.startsWith('subnet-')) return existingSubnet(world, id).tags;
  if (id.startsWith('sg-')) return existingGroup(world, id).tags;
  throw ec2Error('InvalidID', `The ID '${id}' is not valid`);
};

/** CreateTags and DeleteTags: all resources of a request or none. */
export const createTagging = (world: Ec2World): Pick<Ec2Api, 'createTags' | 'deleteTags'> => ({
  async createTags({ Resources = [], Tags = [] }) {
    const changes = Resources.map((id) => {
      const tags = tagsOf(world, id);
      return { tags, wanted: withTags(tags, Tags) };
    });
    for (const { tags, wanted } of changes) for (const [key, value] of wanted) tags.set(key, value);
    return { $metadata: {} };
  },

  // With a value a tag goes only when it has that value ("DeleteTags", EC2 API Reference).
  async deleteTags({ Resources = [], Tags = [] }) {
    for (const tag of Tags) checkTag({ Key: tag.Key });
    for (const tags of Resources.map((id) => tagsOf(world, id)))
      for (const { Key = '', Value } of Tags)
        if (Value === undefined || tags.get(Key) === Value) tags.delete(Key);
    return { $metadata: {} };
  },
});
