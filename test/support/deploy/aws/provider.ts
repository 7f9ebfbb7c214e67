import { randomBytes } from 'node:crypto';
import { REGION } from '#test/support/deployed/place.ts';
import { ACCOUNT_ID } from '#test/support/infra/aws-stand-in.ts';
import type { ArgumentFault } from '../argument-faults.ts';
import type { Made, Properties, ResourceProvider, Subject } from '../provider.ts';
import { CLUSTER } from './cluster.ts';
import { EVENTS } from './events.ts';
import { IAM } from './iam.ts';
import type { Account, Kinds, ResourceKind } from './kind.ts';
import { LAMBDA } from './lambda.ts';
import { OBSERVABILITY } from './observability.ts';
import { SQS } from './sqs.ts';
import { STORAGE } from './storage.ts';

const KINDS: Kinds = {
  ...IAM,
  ...SQS,
  ...LAMBDA,
  ...EVENTS,
  ...OBSERVABILITY,
  ...CLUSTER,
  ...STORAGE,
};

const kindOf = ({ type }: Subject): ResourceKind => {
  const kind = KINDS[type];
  if (kind === undefined) throw new Error(`The stand-in for AWS knows no ${type}`);
  return kind;
};

/** What the account says of itself, by the last part of the token. */
const lookUps = ({
  clusters,
}: Account): Readonly<Record<string, (inputs: Properties) => Properties>> => ({
  getCallerIdentity: () => ({
    id: ACCOUNT_ID,
    accountId: ACCOUNT_ID,
    arn: `arn:aws:iam::${ACCOUNT_ID}:user/deployer`,
    userId: 'AIDADEPLOYER',
  }),
  getRegion: () => ({ id: REGION, name: REGION, region: REGION }),
  getPartition: () => ({ id: 'aws', partition: 'aws', dnsSuffix: 'amazonaws.com' }),
  getCluster: ({ name }) => {
    const place = clusters[String(name)];
    if (place === undefined) throw new Error(`No cluster found for name: ${String(name)}.`);
    return {
      id: name,
      name,
      arn: `arn:aws:eks:${REGION}:${ACCOUNT_ID}:cluster/${String(name)}`,
      endpoint: place.endpoint,
      certificateAuthorities: [{ data: place.certificateAuthority }],
    };
  },
});

export type AwsProviderOptions = {
  readonly version: string;
  readonly account: Account;
  readonly faultsIn: (type: string, inputs: Properties) => readonly ArgumentFault[];
  /** Is told of each resource before it is made, changed or removed; what it throws is what AWS refuses with. */
  readonly watch: (change: AwsChange) => Promise<void> | void;
};

export type AwsChange = Subject & { readonly action: 'create' | 'update' | 'remove' };

/**
 * Stands in for Pulumi's AWS provider: makes in the emulators what the engine asks for, and refuses what the pinned
 * provider's types, its own rules or AWS would refuse.
 */
export const createAwsProvider = ({
  version,
  account,
  faultsIn,
  watch,
}: AwsProviderOptions): ResourceProvider => ({
  version,
  complete: (subject, inputs, before) => {
    const { naming } = kindOf(subject);
    if (naming === undefined || inputs[naming.property] !== undefined) return inputs;
    const made = `${subject.name.slice(0, naming.most - 8)}-${randomBytes(4).toString('hex').slice(1)}`;
    const name = naming.property === 'bucket' ? made.toLowerCase() : made;
    return { ...inputs, [naming.property]: before?.[naming.property] ?? name };
  },
  faultsIn: (subject, inputs) => [
    ...faultsIn(subject.type, inputs),
    ...(kindOf(subject).refusals?.(inputs) ?? []).map((reason) => ({ property: '', reason })),
  ],
  isFixed: (subject, property) => {
    const { fixed, update } = kindOf(subject);
    return update === undefined || fixed.includes(property);
  },
  create: async (subject, inputs): Promise<Made> => {
    await watch({ ...subject, action: 'create' });
    return kindOf(subject).create(inputs, account);
  },
  update: async (subject, made, change) => {
    await watch({ ...subject, action: 'update' });
    const { update } = kindOf(subject);
    if (update === undefined) throw new Error(`${subject.type} cannot be changed`);
    return update(made, change, account);
  },
  remove: async (subject, made) => {
    await watch({ ...subject, action: 'remove' });
    await kindOf(subject).remove(made, account);
  },
  lookUp: (token, inputs) => {
    const lookUp = lookUps(account)[token.split(':').at(-1) ?? ''];
    if (lookUp === undefined) throw new Error(`The stand-in for AWS answers no ${token}`);
    return Promise.resolve(lookUp(inputs));
  },
});
