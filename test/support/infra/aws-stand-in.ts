/** The account everything is made in. */
export const ACCOUNT_ID = '123456789012';
export const REGION = 'eu-west-1';
/** Uid of the namespace kube-system of the cluster. */
export const CLUSTER_UID = '0b1f0c1e-6f1c-4d0f-9f6e-2a1b3c4d5e6f';

type Inputs = Readonly<Record<string, unknown>>;

const arn = (service: string, resource: string, region = REGION): string =>
  `arn:aws:${service}:${region}:${ACCOUNT_ID}:${resource}`;

const nameOf = (logicalName: string, { name }: Inputs): string =>
  typeof name === 'string' ? name : logicalName;

/** What AWS would tell of a resource once it is made: names and ARNs that others refer to. */
const OUTPUTS: Readonly<Record<string, (name: string, inputs: Inputs) => Inputs>> = {
  'aws:sqs/queue:Queue': (name, inputs) => {
    const url = `https://sqs.${REGION}.amazonaws.com/${ACCOUNT_ID}/${nameOf(name, inputs)}`;
    return { name: nameOf(name, inputs), arn: arn('sqs', nameOf(name, inputs)), url, id: url };
  },
  'aws:lambda/function:Function': (name, inputs) => ({
    name: nameOf(name, inputs),
    arn: arn('lambda', `function:${nameOf(name, inputs)}`),
  }),
  'aws:lambda/functionUrl:FunctionUrl': (name) => ({
    functionUrl: `https://${name.toLowerCase()}.lambda-url.${REGION}.on.aws/`,
  }),
  'aws:cloudwatch/eventRule:EventRule': (name, inputs) => ({
    name: nameOf(name, inputs),
    arn: arn('events', `rule/${nameOf(name, inputs)}`),
  }),
  'aws:cloudwatch/logGroup:LogGroup': (name, inputs) => ({
    arn: arn('logs', `log-group:${nameOf(name, inputs)}`),
  }),
  'aws:s3/bucket:Bucket': (name) => ({
    bucket: name.toLowerCase(),
    arn: `arn:aws:s3:::${name.toLowerCase()}`,
    bucketRegionalDomainName: `${name.toLowerCase()}.s3.${REGION}.amazonaws.com`,
  }),
  'aws:iam/role:Role': (name, inputs) => ({
    name: nameOf(name, inputs),
    arn: arn('iam', `role/${nameOf(name, inputs)}`, ''),
  }),
  'kubernetes:core/v1:Namespace': (_name, { metadata }) => ({
    metadata: { ...(metadata as Inputs | undefined), uid: CLUSTER_UID },
  }),
  'random:index/randomBytes:RandomBytes': (_name, { length }) => {
    const bytes = Buffer.alloc(Number(length), 0xab);
    return { base64: bytes.toString('base64'), hex: bytes.toString('hex') };
  },
};

/** What a resource has when it is made. The id must not be empty, or everything that depends on it stays unknown. */
export const outputsOf = (type: string, name: string, inputs: Inputs) => {
  const { id = `${name}-id`, ...state } = OUTPUTS[type]?.(name, inputs) ?? {};
  return { id: String(id), state: { ...inputs, ...state } };
};

const LOOK_UPS: Readonly<Record<string, Inputs>> = {
  'aws:index/getRegion:getRegion': { id: REGION, region: REGION, name: REGION },
  'aws:index/getPartition:getPartition': { id: 'aws', partition: 'aws' },
  'aws:index/getCallerIdentity:getCallerIdentity': { id: ACCOUNT_ID, accountId: ACCOUNT_ID },
  'aws:eks/getCluster:getCluster': {
    id: 'cluster',
    endpoint: 'https://cluster.example',
    certificateAuthorities: [{ data: 'Y2E=' }],
  },
};

/** What a look-up answers; throws for one that nobody foresaw. */
export const lookUp = (token: string): Inputs => {
  const found = LOOK_UPS[token];
  if (found === undefined) throw new Error(`nobody answers the look-up ${token}`);
  return found;
};
