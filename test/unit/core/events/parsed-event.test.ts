import { describe, expect, it } from 'vitest';
import { detailOf } from '#core/events/parsed-event.ts';

describe('detailOf', () => {
  it('takes the detail of an envelope, whatever it is', () => {
    expect(detailOf({ detail: 'text' })).toBe('text');
  });

  it.each([null, undefined, 'detail', 7, {}, { details: 1 }])('finds none in %j', (event) => {
    expect(detailOf(event)).toBeUndefined();
  });
});
