import { Agent, type AgentOptions } from 'node:https';

/**
 * An agent that keeps its sockets, since a TLS handshake costs more than the call. Sixteen answer a batch of a hundred instances
 * as soon as more would: the API server's own work is what takes time, and each socket costs both sides memory.
 */
export const createKeepAliveAgent = (options: AgentOptions): Agent =>
  new Agent({ ...options, keepAlive: true, maxSockets: 16 });
