import type { Connection, ConnectionFlags } from '../config/connection.ts'
import { loadKubeconfig } from '../config/kubeconfig.ts'
import { resolveConnection } from '../config/resolve-connection.ts'
import type { LiveHost } from '../host.ts'
import { type LiveCluster, liveCluster } from './live-cluster.ts'

export type LiveConnection = Pick<Connection, 'namespace' | 'namespaceGiven'> & {
  readonly cluster: LiveCluster
}

/** Reads the configuration as kubectl does, unless it was read ahead. Nothing is sent yet. @throws KdsError in kubectl's words. */
export async function connect(flags: ConnectionFlags, host: LiveHost): Promise<LiveConnection> {
  const { kubeconfig } = flags
  const config = await (host.ahead?.kubeconfig(kubeconfig) ?? loadKubeconfig(kubeconfig || undefined, host))
  const connection = resolveConnection(config, flags, host)
  const { namespace, namespaceGiven } = connection
  return { cluster: liveCluster(connection, host), namespace, namespaceGiven }
}
