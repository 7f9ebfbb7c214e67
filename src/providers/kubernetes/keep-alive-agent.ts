import { Agent, type AgentOptions } from 'node:https';

/** An agent that keeps its sockets, since a TLS handshake costs more than the call; 64 is more than a reconcile opens. */
export const createKeepAliveAgent = (options: AgentOptions): Agent =>
  new Agent({ ...options, keepAlive: true, maxSockets: 64 });
