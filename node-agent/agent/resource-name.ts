import { DEFAULT_PREFIX } from './plugin-config.ts';

export interface ResourceName {
  readonly prefix: string;
  readonly name: string;
}

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
/** What both the plugin and the kubelet take ("Extended resources", kubernetes.io; pkg/utils of the plugin). */
const NAME = /^[a-zA-Z0-9]([-_a-zA-Z0-9]{0,61}[a-zA-Z0-9])?$/;
const RESERVED = /(^|\.)(kubernetes|k8s)\.io$/;

/** Prefix and name of `prefix/name` or `name`; undefined when the plugin or the kubelet would refuse it. */
export const parseResourceName = (text: string): ResourceName | undefined => {
  const slash = text.indexOf('/');
  const prefix = slash === -1 ? DEFAULT_PREFIX : text.slice(0, slash);
  const name = text.slice(slash + 1);
  const isValid = SUBDOMAIN.test(prefix) && !RESERVED.test(prefix) && NAME.test(name);
  return isValid ? { prefix, name } : undefined;
};
