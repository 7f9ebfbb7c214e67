import type { KubernetesObject } from '#providers/kubernetes/kubernetes-api.ts';
import { badRequest } from './api-errors.ts';

type Labels = Readonly<Record<string, string>>;
type Test = (labels: Labels) => boolean;

const KEY = String.raw`(?<key>[\w./-]+)`;
const SET = new RegExp(String.raw`^${KEY}\s+(?<operator>in|notin)\s*\((?<values>[^()]*)\)$`);
const EQUALITY = new RegExp(String.raw`^${KEY}\s*(?<operator>==|=|!=)\s*(?<value>[\w.-]*)$`);
const EXISTENCE = new RegExp(String.raw`^(?<operator>!?)\s*${KEY}$`);

/** Commas inside brackets belong to a set. */
const requirementsOf = (selector: string): readonly string[] =>
  selector
    .split(/,(?![^(]*\))/)
    .map((requirement) => requirement.trim())
    .filter((requirement) => requirement !== '');

const parseSet = (text: string): Test | undefined => {
  const { key = '', operator, values = '' } = SET.exec(text)?.groups ?? {};
  if (operator === undefined) return undefined;
  const set = new Set(values.split(',').map((value) => value.trim()));
  const isWanted = operator === 'in';
  return (labels) => {
    const value = labels[key];
    return value === undefined ? !isWanted : set.has(value) === isWanted;
  };
};

const parseEquality = (text: string): Test | undefined => {
  const { key = '', operator, value } = EQUALITY.exec(text)?.groups ?? {};
  if (operator === undefined) return undefined;
  return (labels) => (labels[key] === value) === (operator !== '!=');
};

const parseExistence = (text: string): Test | undefined => {
  const { key, operator } = EXISTENCE.exec(text)?.groups ?? {};
  if (key === undefined) return undefined;
  return (labels) => Object.hasOwn(labels, key) === (operator === '');
};

/**
 * Reads a label selector, equality and set based ("Labels and Selectors", kubernetes.io). An empty one
 * matches everything. Throws CallError Invalid, as the API server answers 400.
 */
export const parseLabelSelector = (selector = ''): Test => {
  const tests = requirementsOf(selector).map((text) => {
    const test = parseSet(text) ?? parseEquality(text) ?? parseExistence(text);
    if (test === undefined) throw badRequest(`unable to parse requirement: ${text}`);
    return test;
  });
  return (labels) => tests.every((test) => test(labels));
};

const FIELDS: Readonly<Record<string, (object: KubernetesObject) => string | undefined>> = {
  'metadata.name': ({ metadata }) => metadata.name,
  'metadata.namespace': ({ metadata }) => metadata.namespace,
};

/** The two fields that every resource can be selected by ("Field Selectors", kubernetes.io). */
export const parseFieldSelector = (selector = ''): ((object: KubernetesObject) => boolean) => {
  const tests = requirementsOf(selector).map((text) => {
    const {
      field = '',
      operator,
      value,
    } = /^(?<field>[^=!]+)(?<operator>==|=|!=)(?<value>.*)$/.exec(text)?.groups ?? {};
    const read = FIELDS[field];
    if (read === undefined) throw badRequest(`field label not supported: ${field || text}`);
    return (object: KubernetesObject) => (read(object) === value) === (operator !== '!=');
  });
  return (object) => tests.every((test) => test(object));
};
