import { readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { joinHostPort } from '#base/host.ts'
import type { LiveHost } from '../host.ts'
import type { Connection, ConnectionFlags } from './connection.ts'
import type { Kubeconfig } from './kubeconfig.ts'

/** Where a pod finds its service account. */
export const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount'

/**
 * The connection by the service account of the pod that we run in, or undefined where something else says where to connect
 * or as whom. Mirrors inClusterClientConfig of clientcmd, which takes only a token and an authority from the flags: client-node
 * asks by HTTP at some ports and knows neither POD_NAMESPACE nor the flags.
 */
export function podConnection(
  config: Kubeconfig,
  flags: ConnectionFlags,
  host: LiveHost,
  folder: string,
): Pick<Connection, 'cluster' | 'user' | 'namespace'> | undefined {
  const { KUBERNETES_SERVICE_HOST: name, KUBERNETES_SERVICE_PORT: port, POD_NAMESPACE: space } = host.env
  const { as, server, username, password, clientCertificate } = flags
  const configured = config.clusters.size + config.users.size + config.contexts.size > 0
  const otherwise = configured || server || as || username || password || clientCertificate
  if (otherwise || !name || !port || !isFile(join(folder, 'token'))) return undefined
  const authority = flags.certificateAuthority
    ? resolve(host.cwd, flags.certificateAuthority)
    : join(folder, 'ca.crt')
  return {
    cluster: {
      server: `https://${joinHostPort(name, port)}`,
      ...(flags.insecureSkipTlsVerify
        ? { 'insecure-skip-tls-verify': true }
        : isFile(authority)
          ? { 'certificate-authority': authority }
          : {}),
      ...(flags.tlsServerName ? { 'tls-server-name': flags.tlsServerName } : {}),
    },
    user: flags.token ? { token: flags.token } : { tokenFile: join(folder, 'token') },
    namespace: flags.namespace || space || textOf(join(folder, 'namespace')) || 'default',
  }
}

const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}
