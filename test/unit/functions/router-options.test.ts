import { describe, expect, it } from 'vitest';
import { parseRouterOptions, parseWebhookSecretSha256 } from '#operator/router-options.ts';
import { createSecretCheck } from '#operator/webhook-secret.ts';

const QUEUES = 'https://sqs.us-east-1.amazonaws.com/123456789012';

const ENVIRONMENT = {
  CLUSTER_NAME: 'production',
  WORK_QUEUE_URL: `${QUEUES}/work.fifo`,
  ROLL_UP_QUEUE_URL: `${QUEUES}/roll-up.fifo`,
  DELAY_QUEUE_URL: `${QUEUES}/delay`,
  HOME: '/root',
};

describe('parseRouterOptions', () => {
  it('reads the queues, with the usual delays where none are given', () => {
    expect(parseRouterOptions(ENVIRONMENT)).toEqual({
      clusterName: 'production',
      work: { url: `${QUEUES}/work.fifo`, delaySeconds: 2 },
      rollUp: { url: `${QUEUES}/roll-up.fifo`, delaySeconds: 5 },
      delay: { url: `${QUEUES}/delay` },
    });
  });

  it('takes a delay of zero', () => {
    const options = parseRouterOptions({ ...ENVIRONMENT, WORK_DELAY_SECONDS: '0' });

    expect(options.work.delaySeconds).toBe(0);
  });

  it('names every bad variable at once and repeats no value', () => {
    const environment = {
      ...ENVIRONMENT,
      CLUSTER_NAME: '',
      WORK_QUEUE_URL: 'not-a-url',
      ROLL_UP_DELAY_SECONDS: '901',
      DELAY_QUEUE_URL: undefined,
    };

    expect(() => parseRouterOptions(environment)).toThrow(
      /^missing or unusable in the environment: CLUSTER_NAME, WORK_QUEUE_URL, ROLL_UP_DELAY_SECONDS, DELAY_QUEUE_URL$/,
    );
  });
});

describe('parseWebhookSecretSha256', () => {
  it('gives the digest a secret is known by', () => {
    const digest = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';

    const isSecret = createSecretCheck(parseWebhookSecretSha256({ WEBHOOK_SECRET_SHA256: digest }));

    expect(isSecret('hello')).toBe(true);
    expect(isSecret('hellO')).toBe(false);
    expect(isSecret(digest)).toBe(false);
  });

  it.each([undefined, '', 'a-secret-in-clear', 'A'.repeat(64), 'a'.repeat(63)])(
    'refuses %j, which is no digest',
    (value) => {
      expect(() => parseWebhookSecretSha256({ WEBHOOK_SECRET_SHA256: value })).toThrow(
        'missing or unusable in the environment: WEBHOOK_SECRET_SHA256',
      );
    },
  );
});
