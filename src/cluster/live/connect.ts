import type { Connection, ConnectionFlags } from '../config/connection.ts'
import { loadKubeconfig } from '../config/kubeconfig.ts'
import { resolveConnection } from '../config/resolve-connection.ts'
import type { LiveHost } from '../host.ts'
import { LiveCluster } from './live-cluster.ts'

export interface LiveConnection {
  readonly cluster: LiveCluster
  /** `-n`, else the context's, else `default`. */
  readonly namespace: string
  readonly namespaceGiven: boolean
}

/** Reads the configuration as kubectl does. Nothing is sent yet. @throws KdsError in kubectl's words. */
export async function connect(flags: ConnectionFlags, host: LiveHost): Promise<LiveConnection> {
  return open(resolveConnection(await loadKubeconfig(flags.kubeconfig || undefined, host), flags, host), host)
}

/** A connection whose every part is known. */
export function open(connection: Connection, host: LiveHost): LiveConnection {
  const { namespace, namespaceGiven } = connection
  return { cluster: new LiveCluster(connection, host), namespace, namespaceGiven }
}
