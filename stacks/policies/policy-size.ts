import { FUNCTION_SETTINGS, type FunctionName } from '../function-settings.ts';
import type { Options } from '../options.ts';
import { type PolicyInput, statementsFor } from './function-policies.ts';
import { documentOf, type Place } from './statement.ts';

/** What IAM takes of inline policies for one role, white space not counted ("IAM and AWS STS quotas", IAM User Guide). */
const MOST_CHARACTERS = 10_240;

/** ARNs are known only during the deploy, so the longest that this partition or queue could have stand for them. */
const LONGEST_PLACE: Place = {
  partition: 'aws-us-gov',
  region: 'ap-northeast-1',
  accountId: '123456789012',
};

const LONGEST_NAME = 'x'.repeat(80);

const queueArn = `arn:aws-us-gov:sqs:ap-northeast-1:123456789012:${LONGEST_NAME}`;

const inputFor = (options: Options): PolicyInput => ({
  place: LONGEST_PLACE,
  options,
  clusterUid: 'x'.repeat(36),
  queues: { work: queueArn, rollUp: queueArn, delay: queueArn, deliveryDlq: queueArn },
  logGroupArn: `arn:aws-us-gov:logs:ap-northeast-1:123456789012:log-group:${LONGEST_NAME}`,
  ...(options.host !== 'agent' && { bundleArn: `arn:aws-us-gov:s3:::${LONGEST_NAME}` }),
});

const sizeOf = (name: FunctionName, options: Options): number =>
  documentOf(statementsFor(name, inputFor(options))).length;

/** The list that makes the policy long, and how to say the same in fewer words. */
const adviceFor = ({ scalingGroups, vpcIds }: Options): { path: string; advice: string } =>
  scalingGroups.names.join().length > vpcIds.join().length
    ? {
        path: 'scalingGroups.names',
        advice:
          'Set scalingGroups.rightsBy to "tag" where each group has the tag (EKS gives its groups that of the cluster; scalingGroups.tag names another)',
      }
    : { path: 'vpcIds', advice: 'Name fewer VPCs' };

/**
 * Lists of the options that make the policy of a role longer than IAM takes, which a deploy would find out half way. In: the
 * complete options. Out: at most one sentence, with the option it is about; none when all policies fit.
 */
export const policySizeFault = (options: Options): string | undefined => {
  const names = Object.keys(FUNCTION_SETTINGS) as FunctionName[];
  const largest = Math.max(...names.map((name) => sizeOf(name, options)));
  if (largest <= MOST_CHARACTERS) return undefined;
  const { path, advice } = adviceFor(options);
  return `${path}: the policy of one role would have about ${largest} characters, and IAM takes ${MOST_CHARACTERS}. ${advice}.`;
};
