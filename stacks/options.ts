import { z } from 'zod';
import { PLUGIN_NAMESPACES } from '#core/manifests/agent.ts';
import { AGENT_IMAGE } from '#core/manifests/agent-daemon-set.ts';
import { agentFitShape } from '#core/manifests/agent-options.ts';
import { RESERVED_CONCURRENCY } from '#core/manifests/webhook.ts';
import { hooks } from './hook-options.ts';
import { policySizeFault } from './policies/policy-size.ts';

/** What CloudWatch Logs takes as a retention ("PutRetentionPolicy", Amazon CloudWatch Logs API Reference). */
const RETENTIONS_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731] as const;

const id = (prefix: string) =>
  z
    .string()
    .regex(new RegExp(`^${prefix}-[0-9a-f]+$`), `is not an id like ${prefix}-0123456789abcdef0`);

const share = (usual: number) => z.number().gt(0).max(1).default(usual);

const name = z.string().min(1);

const access = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('eks') }),
  z.strictObject({
    type: z.literal('parameter'),
    parameterName: z.string().regex(/^\/?[\w.-]+(\/[\w.-]+)*$/),
    context: name.optional(),
  }),
]);

const schema = z.strictObject({
  clusterName: z
    .string()
    .regex(
      /^[0-9A-Za-z][0-9A-Za-z._-]{0,99}$/,
      'must be 1 to 100 letters, digits, ".", "-" and "_"',
    )
    .describe(
      'name of the cluster; instances belong to it by the tag `kubernetes.io/cluster/<name>`',
    ),
  clusterUid: z
    .uuid()
    .optional()
    .describe(
      'uid of the namespace `kube-system`, by which IAM tells clusters of one name apart; the deploy reads it where it applies the objects',
    ),
  vpcIds: z
    .array(id('vpc'))
    .min(1)
    .describe(
      'VPCs in whose subnets interfaces may be made, and whose security groups they may get',
    ),
  access: access
    .default({ type: 'eks' })
    .describe(
      '`{ "type": "eks" }`, or `{ "type": "parameter", "parameterName": … }` for a kubeconfig in an SSM SecureString; `context` there names the context of your own kubeconfig by which the deploy applies the objects, if it is not the current one',
    ),
  host: z
    .enum(['agent', 'ssm', 'either'])
    .default('agent')
    .describe(
      'who configures links on hosts: the node agent; commands of Systems Manager, but for NodeENIs that say `host: Agent`; or the agent, but for NodeENIs that say `host: SSM`',
    ),
  agent: z
    .strictObject({
      isOn: z
        .boolean()
        .optional()
        .describe(
          'whether the deploy applies the DaemonSet of the node agent; unless `host` is `ssm`',
        ),
      image: name.default(AGENT_IMAGE).describe('image with Node 24 that runs the agent'),
      pluginNamespaces: z
        .array(name)
        .min(1)
        .default([...PLUGIN_NAMESPACES])
        .describe('namespaces where the SR-IOV device plugin may run'),
      ...agentFitShape,
    })
    .prefault({}),
  scalingGroups: z
    .strictObject({
      names: z
        .array(name.regex(/^[^*?:/\\]+$/, 'must have none of * ? : / \\'))
        .default([])
        .describe('Auto Scaling groups that get launch and terminate hooks in this deploy'),
      tag: name
        .optional()
        .describe(
          'key of the tag of other groups with hooks of their own; `kubernetes.io/cluster/<name>` if no names are given',
        ),
      rightsBy: z
        .enum(['names', 'tag'])
        .default('names')
        .describe(
          'by what the functions may complete the hooks of the named groups: their names, of which about 50 fit into a policy, or the tag, which each must have then',
        ),
    })
    .prefault({}),
  hooks: hooks.prefault({}),
  budget: z
    .strictObject({
      share: share(0.5).describe("part of EC2's published refill rates that may be used"),
      burstShare: share(0.8).describe("part of EC2's published buckets that a burst may use"),
      workerConcurrency: z
        .int()
        .min(2)
        .max(1000)
        .default(2)
        .describe('workers at once, among which the budget is divided; SQS allows no fewer than 2'),
    })
    .prefault({}),
  sweepMinutes: z
    .int()
    .min(1)
    .max(60)
    .optional()
    .describe('minutes between two sweeps; 5, or 1 without a webhook'),
  webhook: z
    .strictObject({
      isOn: z
        .boolean()
        .default(true)
        .describe('whether the API server tells of changes; without it only the sweep sees them'),
      reservedConcurrency: z
        .int()
        .min(0)
        .max(1000)
        .nullable()
        .default(RESERVED_CONCURRENCY)
        .describe(
          'calls of the public URL that are served at once; `null` or 0 reserves none, for accounts whose limit of concurrent executions leaves nothing to reserve (new ones have 10)',
        ),
    })
    .prefault({}),
  manifests: z
    .boolean()
    .default(true)
    .describe(
      'whether the deploy applies the objects in the cluster; otherwise `nodeeni manifests`',
    ),
  vpc: z
    .strictObject({
      subnetIds: z.array(id('subnet')).min(1).describe('private subnets of the working functions'),
      securityGroupIds: z.array(id('sg')).min(1).describe('their security groups'),
      everyFunction: z
        .boolean()
        .default(false)
        .describe(
          'whether the functions that only send to queues are in the VPC, too; they need an endpoint of SQS there',
        ),
    })
    .optional()
    .describe('for a private cluster endpoint, or an organisation that allows no function outside'),
  namePrefix: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,19}$/, 'must be 1 to 20 letters, digits and "-"')
    .optional()
    .describe(
      'what the names of roles, functions, queues, rules, alarms, log groups and buckets begin with; decided at the first deploy, since AWS renames nothing',
    ),
  kmsKeyArn: z
    .string()
    .regex(/^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/, 'is not the ARN of a KMS key')
    .optional()
    .describe(
      'key for queues and log groups, whose policy lets CloudWatch Logs and EventBridge use it; otherwise they are encrypted by keys of AWS',
    ),
  permissionsBoundary: z
    .string()
    .regex(/^arn:[\w-]+:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+$/, 'is not the ARN of an IAM policy')
    .optional()
    .describe('ARN of the policy that bounds every role of the deploy'),
  tags: z
    .record(
      z
        .string()
        .regex(
          /^(?!aws:|sst:)[\p{L}\p{Z}\p{N}_.:/=+@-]{1,128}$/iu,
          'is no key that AWS takes for a tag',
        ),
      z.string().max(256),
    )
    // AWS takes 50 for most resources and 10 for an object of S3; SST adds two ("Tag your AWS resources").
    .refine((tags) => Object.keys(tags).length <= 8, 'must be at most 8 tags')
    .default({})
    .describe(
      'tags for everything that the deploy makes; an interface gets those of its NodeENI (`spec.tags`)',
    ),
  legacyTags: z
    .boolean()
    .default(false)
    .describe(
      'whether interfaces carry the tags `NodeENI`, `Node` and `SubnetID` of the Go controller, too, and the node’s name in `Name` once it is known',
    ),
  eventBusName: name.default('default').describe('event bus that is told of interfaces'),
  tracing: z.boolean().default(false).describe('whether X-Ray traces the working functions'),
  logRetentionDays: z
    .literal(RETENTIONS_DAYS)
    .default(30)
    .describe('days that logs are kept, one of those CloudWatch knows'),
  alarmTopicArn: z
    .string()
    .regex(/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+$/, 'is not the ARN of an SNS topic')
    .optional()
    .describe('SNS topic that is told of alarms'),
});

/** The schema, for the table of the documentation. */
export const OPTIONS_SCHEMA = schema;

/** The options of one deployment, as a person writes them. */
export type GivenOptions = z.input<typeof schema>;

const withDerived = (options: z.output<typeof schema>) => ({
  ...options,
  namePrefix: options.namePrefix ?? '',
  agent: { ...options.agent, isOn: options.agent.isOn ?? options.host !== 'ssm' },
  sweepMinutes: options.sweepMinutes ?? (options.webhook.isOn ? 5 : 1),
});

/** The options of one deployment, complete. */
export type Options = ReturnType<typeof withDerived>;

/**
 * Checks the options. Throws one Error with a line for each fault, unknown names included: a deploy takes minutes, so
 * nobody should find the second fault in a second one.
 */
export const parseOptions = (given: unknown): Options => {
  const parsed = schema.safeParse(given);
  const options = parsed.success ? withDerived(parsed.data) : undefined;
  const issues = (parsed.error?.issues ?? []).map(
    ({ path, message }) => `${path.join('.') || 'options'}: ${message}`,
  );
  const faults = options === undefined ? issues : [policySizeFault(options) ?? []].flat();
  if (options !== undefined && faults.length === 0) return options;
  const lines = faults.map((fault) => `  ${fault}`);
  throw new Error(`These options cannot be used:\n${lines.join('\n')}`);
};
