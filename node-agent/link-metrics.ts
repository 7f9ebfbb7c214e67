import { Counter, Gauge, type Registry } from 'prom-client';
import type { LinkCounters } from './link-counters.ts';

const CHARACTERS = /[^A-Za-z0-9_]/g;

/** What is left of an allowance is no count of what has happened. */
const isLevel = (name: string): boolean => name.endsWith('_available');

export interface LinkMetricsOptions {
  /** By the names of the drivers. */
  readonly names: readonly string[];
  readonly read: LinkCounters['read'];
  readonly nodeName: () => string;
}

/** What the drivers of our links count, read when it is asked for. */
export const addLinkMetrics = (
  registry: Registry,
  { names, read, nodeName }: LinkMetricsOptions,
) => {
  for (const name of names) {
    const Kind = isLevel(name) ? Gauge : Counter;
    const metric = new Kind({
      name: `nodeeni_agent_link_${name.replaceAll(CHARACTERS, '_')}${isLevel(name) ? '' : '_total'}`,
      help: `${name} of the driver of a link`,
      labelNames: ['nodeeni', 'node', 'link'],
      registers: [registry],
      async collect() {
        const links = await read();
        metric.reset();
        for (const { nodeEni, link, counters } of links)
          if (counters[name] !== undefined)
            metric.inc({ nodeeni: nodeEni, node: nodeName(), link }, counters[name]);
      },
    });
  }
};
