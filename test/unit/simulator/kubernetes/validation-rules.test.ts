import { describe, expect, it } from 'vitest';
import { SERVED_RESOURCES } from '#simulator/kubernetes/served-resources.ts';
import { rulesIn } from '#simulator/kubernetes/structural-schema.ts';
import { checkOf, VALIDATION_RULES } from '#simulator/kubernetes/validation-rules.ts';

const schemaRules = SERVED_RESOURCES.flatMap(({ schema = {} }) => rulesIn(schema)).map(
  ({ rule }) => rule,
);

const ruleAbout = (text: string): string =>
  schemaRules.find((rule) => rule.includes(text)) ?? `no rule about ${text}`;

const LABELS = ruleAbout('self.nodeSelector');
const SUBNETS = ruleAbout('self.subnetIDs');
const FLAGS = ruleAbout('self.enableDPDK');
const MTU = ruleAbout('self >= 68');
const TAGS = ruleAbout('eks:eni:owner');

describe('VALIDATION_RULES', () => {
  it('implements every CEL rule of the schemas and no other', () => {
    expect([...VALIDATION_RULES.keys()].toSorted()).toEqual(schemaRules.toSorted());
  });

  it('refuses a rule without implementation', () => {
    expect(() => checkOf('self > 1')).toThrow('self > 1');
  });

  it.each([
    [LABELS, { nodeSelector: { a: 'b' } }, true],
    [LABELS, { selector: { matchLabels: { a: 'b' } } }, true],
    [LABELS, { selector: { matchExpressions: [{ key: 'a', operator: 'Exists' }] } }, true],
    [LABELS, { nodeSelector: {}, selector: { matchLabels: {}, matchExpressions: [] } }, false],
    [LABELS, {}, false],
    [SUBNETS, { subnetID: 'subnet-1' }, true],
    [SUBNETS, { subnetIDs: ['subnet-1'] }, true],
    [SUBNETS, { subnetName: 'a' }, true],
    [SUBNETS, { subnetNames: ['a'] }, true],
    [SUBNETS, { subnetID: '', subnetIDs: [], subnetName: '', subnetNames: [] }, false],
    [FLAGS, { enableDPDK: true, dpdkEnabled: true }, true],
    [FLAGS, { enableDPDK: true }, true],
    [FLAGS, { dpdkEnabled: false }, true],
    [FLAGS, { enableDPDK: false, dpdkEnabled: true }, false],
    [MTU, 0, true],
    [MTU, 68, true],
    [MTU, 67, false],
    [MTU, 1, false],
    [TAGS, { team: 'net', 'aws-team': 'net' }, true],
    [TAGS, { Name: 'a' }, false],
    [TAGS, { 'aws:x': 'a' }, false],
    [TAGS, { 'nodeeni.networking.k8s.aws/x': 'a' }, false],
    [TAGS, { 'node.k8s.amazonaws.com/no_manage': 'a' }, false],
    [TAGS, { 'node.k8s.amazonaws.com/instance_id': 'a' }, false],
    [TAGS, { 'eks:eni:owner': 'a' }, false],
    [TAGS, { 'kubernetes.io/cluster/managed-by': 'a' }, false],
  ])('%s on %j is %s', (rule, value, isKept) => {
    expect(checkOf(rule)(value)).toBe(isKept);
  });
});
