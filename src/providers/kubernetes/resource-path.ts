import type { Resource } from './kubernetes-api.ts';

/** Where the API server serves a resource, or one object of it ("Kubernetes API Concepts", kubernetes.io). */
export const pathOf = (resource: Resource, name?: string, namespace?: string): string =>
  [
    resource.group === '' ? '/api' : `/apis/${resource.group}`,
    resource.version,
    ...(resource.isNamespaced && namespace !== undefined ? ['namespaces', namespace] : []),
    resource.plural,
    ...(name === undefined ? [] : [encodeURIComponent(name)]),
  ].join('/');
