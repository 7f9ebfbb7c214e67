import { setTimeout as sleep } from 'node:timers/promises';
import { SimulatedKubernetes } from '#simulator/kubernetes/simulated-kubernetes.ts';
import { kubernetesConformance } from './kubernetes.ts';

const clock = { now: () => new Date(), sleep: (milliseconds: number) => sleep(milliseconds) };

kubernetesConformance('the simulator', async () => ({ api: new SimulatedKubernetes({ clock }) }));
