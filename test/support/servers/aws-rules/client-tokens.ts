import { type AwsAnswer, type AwsRule, ec2Error } from '../aws-answers.ts';
import type { AwsRequest } from '../aws-query.ts';

type Remembered = { readonly fingerprint: string; readonly answer: AwsAnswer };

const fingerprintOf = ({ params }: AwsRequest): string =>
  JSON.stringify(
    [...params]
      .filter(([name]) => name !== 'ClientToken')
      .sort(([one], [other]) => one.localeCompare(other)),
  );

/**
 * EC2's promise for CreateNetworkInterface: one token makes one interface. The emulator reads no
 * tokens at all. The same token with the same parameters gets the first answer again; with others
 * it is refused.
 *
 * What AWS says once that interface is deleted is documented nowhere. Here the old answer comes
 * again, the harder of the two possibilities: a caller that reuses a token then holds the id of an
 * interface that is gone, and has to notice.
 */
export const createClientTokenRule = (): AwsRule => {
  const byToken = new Map<string, Remembered>();
  return async (request, next) => {
    const token = request.params.get('ClientToken');
    if (request.action !== 'CreateNetworkInterface' || token === undefined) return next(request);
    const fingerprint = fingerprintOf(request);
    const remembered = byToken.get(token);
    if (remembered?.fingerprint === fingerprint) return remembered.answer;
    if (remembered !== undefined) {
      return ec2Error(
        'IdempotentParameterMismatch',
        `The client token '${token}' was used before with different parameters.`,
      );
    }
    const answer = await next(request);
    // A refused create may be tried again with the same token, so only success is remembered.
    if (answer.status === 200) byToken.set(token, { fingerprint, answer });
    return answer;
  };
};
