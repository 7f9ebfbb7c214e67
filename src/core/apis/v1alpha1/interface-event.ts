import { z } from 'zod';

/** What happened to an interface, told to whoever listens on the event bus: the `detail` of the event. */
export const interfaceEventSchema = z.object({
  type: z
    .enum(['Ready', 'Failed', 'Released'])
    .describe('Ready: attached. Failed: it cannot be made or attached now. Released: it is gone.'),
  cluster: z.string().describe('name of the cluster'),
  nodeEni: z.string().describe('name of the NodeENI'),
  instanceId: z.string(),
  nodeName: z.string().exactOptional().describe('name of the Node, once there is one'),
  subnetId: z.string(),
  eniId: z.string().exactOptional().describe('the interface, once there is one'),
  deviceIndex: z.int().exactOptional().describe('where it is attached'),
  reason: z.string().describe('one word for programs, as in the status'),
  message: z.string().describe('a sentence for people'),
});

export type InterfaceEvent = z.infer<typeof interfaceEventSchema>;

/** The same for programs that are not ours (JSON Schema 2020-12), as text. */
export const interfaceEventJsonSchema = (): string =>
  `${JSON.stringify(z.toJSONSchema(interfaceEventSchema), null, 2)}\n`;
