import { describe, expect, it } from 'vitest';
import {
  decodeDelayedReconcile,
  decodeWorkMessage,
  encodeDelayedReconcile,
  encodeWorkMessage,
} from '#core/events/work-message.ts';
import { instanceKey, nodeEniKey } from '#core/ports/work-queue.ts';

describe('a work message', () => {
  it.each([instanceKey('i-0a1b2c3d'), nodeEniKey('data'), nodeEniKey('d'.repeat(253))])(
    'carries %o there and back',
    (key) => {
      expect(decodeWorkMessage(encodeWorkMessage(key))).toEqual(key);
    },
  );

  it.each([
    ['no JSON', '{"cut off'],
    ['no object', 'null'],
    ['an unknown kind', '{"kind":"pod","name":"data"}'],
    ['an id that is none', '{"kind":"instance","instanceId":"x-0a1b"}'],
    ['an id with something before it', '{"kind":"instance","instanceId":"xi-0a1b"}'],
    ['an id with something after it', '{"kind":"instance","instanceId":"i-0a1b "}'],
    ['an id without digits', '{"kind":"instance","instanceId":"i-"}'],
    ['an empty name', '{"kind":"node-eni","name":""}'],
    ['an endless name', JSON.stringify(nodeEniKey('d'.repeat(254)))],
    ['no id', '{"kind":"instance"}'],
  ])('is none when it holds %s', (_name, body) => {
    expect(decodeWorkMessage(body)).toBeUndefined();
  });
});

describe('a delayed reconcile', () => {
  it('carries its key and its time there and back', () => {
    const reconcile = { key: instanceKey('i-0a1b2c3d'), due: 1_795_262_400 };

    expect(decodeDelayedReconcile(encodeDelayedReconcile(reconcile))).toEqual(reconcile);
  });

  it.each([
    '{"key":{"kind":"instance","instanceId":"i-0a1b"}}',
    '{"key":{"kind":"instance","instanceId":"i-0a1b"},"due":"1.5"}',
    '{"key":{"kind":"instance"},"due":1}',
    '{"kind":"instance","instanceId":"i-0a1b"}',
    'due',
  ])('is none without both: %s', (body) => {
    expect(decodeDelayedReconcile(body)).toBeUndefined();
  });
});
