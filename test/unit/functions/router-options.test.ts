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
  it('reads the queues', () => {
    expect(parseRouterOptions(ENVIRONMENT)).toEqual({
      clusterName: 'production',
      work: { url: `${QUEUES}/work.fifo` },
      rollUp: { url: `${QUEUES}/roll-up.fifo` },
      delay: { url: `${QUEUES}/delay` },
    });
  });

  it('names every bad variable at once and repeats no value', () => {
    const environment = {
      ...ENVIRONMENT,
      CLUSTER_NAME: '',
      WORK_QUEUE_URL: 'not-a-url',
      DELAY_QUEUE_URL: undefined,
    };

    expect(() => parseRouterOptions(environment)).toThrow(
      /^missing or unusable in the environment: CLUSTER_NAME, WORK_QUEUE_URL, DELAY_QUEUE_URL$/,
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
