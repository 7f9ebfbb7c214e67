/** AWS and Kubernetes in memory, with their refusals, and the product on top of them. */
export { createInstallation, type InstallationOptions } from '#cli/simulation/installation.ts';
export { silentTelemetry } from '#cli/simulation/silent-telemetry.ts';
export { createWorld, type SimulatedWorld, type WorldOptions } from '#cli/simulation/world.ts';
