import { expect, it } from 'vitest';
import { createLambdaContext } from '#runtime/lambda-context.ts';
import { VirtualClock } from '#simulator/virtual-clock.ts';

it('tells the function its name and the time that is left', async () => {
  const clock = new VirtualClock(new Date('2026-01-01T00:00:00.000Z'));
  const context = createLambdaContext({
    clock,
    functionName: 'reconcile',
    timeoutSeconds: 60,
    awsRequestId: 'a-b',
  });

  await clock.advanceBy(45_500);
  const left = context.getRemainingTimeInMillis();
  await clock.advanceBy(60_000);

  expect(context).toMatchObject({
    functionName: 'reconcile',
    awsRequestId: 'a-b',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:reconcile',
    logGroupName: '/aws/lambda/reconcile',
    logStreamName: '2026/01/01/[$LATEST]ab',
  });
  expect(left).toBe(14_500);
  expect(context.getRemainingTimeInMillis()).toBe(0);
});
