import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';

/** The context of one invocation, with a minute left. */
export const lambdaContext: Context = {
  callbackWaitsForEmptyEventLoop: true,
  functionName: 'nodeeni-test',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:nodeeni-test',
  memoryLimitInMB: '256',
  awsRequestId: '6a8d5b8a-6c2f-4bd1-9a63-0f5d8f2f9d10',
  logGroupName: '/aws/lambda/nodeeni-test',
  logStreamName: '2026/11/11/[$LATEST]0123456789abcdef',
  getRemainingTimeInMillis: () => 60_000,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
};

const record = (template: SQSRecord, group: string, body: string, position: number): SQSRecord => ({
  ...template,
  messageId: `message-${position + 1}`,
  body,
  attributes: { ...template.attributes, MessageGroupId: group },
});

/** A batch in the shape of a captured one, with these groups and bodies; ids are message-1, message-2, … */
export const sqsBatch = (
  captured: SQSEvent,
  messages: readonly (readonly [group: string, body: string])[],
): SQSEvent => {
  const [template] = captured.Records;
  if (template === undefined) throw new Error('the captured batch has no record');
  return {
    Records: messages.map(([group, body], position) => record(template, group, body, position)),
  };
};
