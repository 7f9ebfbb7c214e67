import type { AwsRequest } from './aws-query.ts';

export type AwsAnswer = {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
};

/** One rule of AWS: it answers a call itself, or passes it on and may correct the answer. */
export type AwsRule = (
  request: AwsRequest,
  next: (request: AwsRequest) => Promise<AwsAnswer>,
) => Promise<AwsAnswer>;

const xml = (status: number, body: string): AwsAnswer => ({
  status,
  contentType: 'text/xml;charset=UTF-8',
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
});

const autoScalingNamespace = 'xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/"';

/** EC2's shape of an error, which is not that of the other Query services. */
export const ec2Error = (code: string, message: string, status = 400): AwsAnswer =>
  xml(
    status,
    `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>e2e</RequestID></Response>`,
  );

export const autoScalingError = (code: string, message: string, status = 400): AwsAnswer =>
  xml(
    status,
    `<ErrorResponse ${autoScalingNamespace}><Error><Type>${status < 500 ? 'Sender' : 'Receiver'}</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>e2e</RequestId></ErrorResponse>`,
  );

/** What Auto Scaling says to an action that returns nothing. */
export const emptyAutoScalingAnswer = (action: string): AwsAnswer =>
  xml(
    200,
    `<${action}Response ${autoScalingNamespace}><${action}Result/><ResponseMetadata><RequestId>e2e</RequestId></ResponseMetadata></${action}Response>`,
  );

/** EC2 throttles with 503 where Auto Scaling uses 400; SDKs decide by both what to try again. */
const statuses: Readonly<Record<string, number>> = {
  RequestLimitExceeded: 503,
  Unavailable: 503,
  ServiceUnavailable: 503,
  InternalError: 500,
  InternalFailure: 500,
};

/** An error as the request's own service would word it. */
export const errorAnswer = (request: AwsRequest, code: string, message: string): AwsAnswer => {
  const shape = request.service === 'autoscaling' ? autoScalingError : ec2Error;
  return shape(code, message, statuses[code] ?? 400);
};

/** The text of the first `<name>` in an answer. */
export const firstElement = (answer: AwsAnswer, name: string): string | undefined =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(answer.body)?.[1];
