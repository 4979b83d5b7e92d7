import type { Connection, ConnectionFlags } from '../config/connection.ts'
import type { LiveHost } from '../host.ts'
import { readConnection } from './ahead.ts'
import { type LiveCluster, liveCluster } from './live-cluster.ts'

export type LiveConnection = Pick<Connection, 'namespace' | 'namespaceGiven'> & {
  readonly cluster: LiveCluster
}

/** Reads the configuration as kubectl does, unless it was read ahead. Nothing is sent yet. @throws KdsError in kubectl's words. */
export async function connect(flags: ConnectionFlags, host: LiveHost): Promise<LiveConnection> {
  const connection = await (host.ahead?.connection ?? readConnection(flags, host))
  const { namespace, namespaceGiven } = connection
  return { cluster: liveCluster(connection, host), namespace, namespaceGiven }
}
