import { createKubernetesRelay } from '#operator/kubernetes-relay.ts';
import { createHandler } from './handler.ts';

export const handler = createHandler(createKubernetesRelay(process.env));
