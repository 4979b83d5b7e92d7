import { type Connection, type ConnectionFlags, resolveConnection } from './connection.ts'
import type { LiveHost } from './host.ts'
import { loadKubeconfig } from './kubeconfig.ts'
import { LiveCluster } from './live-cluster.ts'
import { Transport } from './transport.ts'

export interface LiveConnection {
  readonly cluster: LiveCluster
  /** `-n`, else the context's, else `default`. */
  readonly namespace: string
  readonly namespaceGiven: boolean
  readonly contextName: string
  readonly server: string
}

/** Reads the configuration as kubectl does. Nothing is sent yet. @throws KdsError in kubectl's words. */
export async function connect(flags: ConnectionFlags, host: LiveHost): Promise<LiveConnection> {
  const connection = resolveConnection(await loadKubeconfig(flags.kubeconfig || undefined, host), flags, host)
  return open(connection, host)
}

/** A connection whose every part is known. */
export function open(connection: Connection, host: LiveHost): LiveConnection {
  const { namespace, namespaceGiven, contextName, cluster } = connection
  return {
    cluster: new LiveCluster(new Transport(connection, host), host),
    namespace,
    namespaceGiven,
    contextName,
    server: cluster.server,
  }
}
