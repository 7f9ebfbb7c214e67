import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { loadNodeEni } from '#core/apis/v1alpha1/load.ts';
import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import { type AgentFit, parseAgentFit } from '#core/manifests/agent-options.ts';
import { Complaint } from '../complaint.ts';

const STANDARD_INPUT = 0;

/** The documents of a file of YAML or JSON; `-` is the standard input. Throws a `Complaint` that names the file. */
const readDocuments = (file: string): readonly unknown[] => {
  try {
    const text = readFileSync(file === '-' ? STANDARD_INPUT : file, 'utf8');
    return parseAllDocuments(text).map((document) => {
      const [fault] = document.errors;
      if (fault !== undefined) throw fault;
      return document.toJS() as unknown;
    });
  } catch (error) {
    throw new Complaint(`${file} cannot be read: ${(error as Error).message}`);
  }
};

/** How the agent is fitted to nodes, from a file. Throws a `Complaint` that names every fault. */
export const readAgentFit = (file: string): AgentFit => {
  const [given, second] = readDocuments(file);
  if (second !== undefined) throw new Complaint(`${file} must be one document.`);
  try {
    return parseAgentFit(given ?? {});
  } catch (error) {
    throw new Complaint(`${file} cannot be used:\n${(error as Error).message}`);
  }
};

/** `kubectl get --output yaml` prints a List where there are several. */
const itemsOf = (document: unknown): readonly unknown[] => {
  const { kind, items } = (document ?? {}) as { readonly kind?: unknown; readonly items?: unknown };
  return kind === 'List' && Array.isArray(items) ? items : [document];
};

const isNodeEni = (object: unknown): boolean =>
  (object as { readonly kind?: unknown } | null)?.kind === 'NodeENI';

const withoutServersPart = (object: unknown): object => {
  const { apiVersion, kind, metadata, spec } = object as Readonly<Record<string, unknown>>;
  return { apiVersion, kind, metadata, spec };
};

/** The specs of all NodeENIs in files; other objects in them are passed over. Throws a `Complaint` where there is none, or a faulty one. */
export const readNodeEnis = (files: readonly string[]): readonly NodeEniSpec[] => {
  const objects = files.flatMap(readDocuments).flatMap(itemsOf).filter(isNodeEni);
  if (objects.length === 0) throw new Complaint(`There is no NodeENI in ${files.join(', ')}.`);
  return objects.map((object) => {
    const loaded = loadNodeEni(withoutServersPart(object));
    if ('nodeEni' in loaded) return loaded.nodeEni.spec;
    throw new Complaint(`A NodeENI has faults:\n${loaded.faults.join('\n')}`);
  });
};
