import { type AwsAnswer, type AwsRule, firstElement } from '../aws-answers.ts';
import { listParam } from '../aws-query.ts';

const groupSetPattern =
  /<groupSet>((?:(?!<\/groupSet>).)*)<\/groupSet>((?:(?!<groupSet).)*?<networkInterfaceId>([^<]+))/gs;
const groupPattern = /<item><groupId>([^<]+)<\/groupId>.*?<\/item>/gs;

const groupIdsIn = (answer: AwsAnswer): readonly string[] =>
  [...answer.body.matchAll(groupPattern)].map(([, groupId = '']) => groupId);

/**
 * An interface has its own security groups. Once attached, the emulator shows it with those of its
 * instance as well, which a controller would take for drift and correct for ever. This rule learns
 * an interface's groups from its creation and its changes, and shows no others.
 */
export const createInterfaceGroupRule = (): AwsRule => {
  const groupsOf = new Map<string, readonly string[]>();

  const learn = (interfaceId: string | undefined, groupIds: readonly string[]): void => {
    if (interfaceId !== undefined && groupIds.length > 0) groupsOf.set(interfaceId, groupIds);
  };

  const withOwnGroups = (answer: AwsAnswer): AwsAnswer => ({
    ...answer,
    body: answer.body.replace(
      groupSetPattern,
      (whole: string, items: string, rest: string, interfaceId: string) => {
        const own = groupsOf.get(interfaceId);
        if (own === undefined) return whole;
        const kept = items.replace(groupPattern, (item: string, groupId: string) =>
          own.includes(groupId) ? item : '',
        );
        return `<groupSet>${kept}</groupSet>${rest}`;
      },
    ),
  });

  return async (request, next) => {
    const answer = await next(request);
    if (answer.status !== 200) return answer;
    if (request.action === 'CreateNetworkInterface') {
      learn(firstElement(answer, 'networkInterfaceId'), groupIdsIn(answer));
    }
    if (request.action === 'ModifyNetworkInterfaceAttribute') {
      learn(request.params.get('NetworkInterfaceId'), listParam(request, 'SecurityGroupId'));
    }
    return request.action.startsWith('Describe') ? withOwnGroups(answer) : answer;
  };
};
