import { describe, expect, it } from 'vitest';
import { predictedLabels } from '#core/scaling/predicted-labels.ts';

const PREFIX = 'k8s.io/cluster-autoscaler/node-template/label/';

describe('predictedLabels', () => {
  it("takes the labels that the group's tags promise, and no other tag", () => {
    expect(predictedLabels({ [`${PREFIX}ng`]: 'multi-eni', Name: 'workers' }, [])).toEqual({
      ng: 'multi-eni',
    });
  });

  it('takes a prefix at the beginning only', () => {
    expect(predictedLabels({ [`x/${PREFIX}ng`]: 'multi-eni' }, [])).toBeUndefined();
  });

  it("prefers the hook's word, the last hook's most", () => {
    const tags = { [`${PREFIX}ng`]: 'tag', [`${PREFIX}zone`]: 'a' };

    expect(predictedLabels(tags, [{ ng: 'first', disk: 'ssd' }, { ng: 'last' }])).toEqual({
      ng: 'last',
      zone: 'a',
      disk: 'ssd',
    });
  });

  it('tells "no promise" from "no label"', () => {
    expect(predictedLabels({ Name: 'workers' }, [{}])).toBeUndefined();
  });
});
