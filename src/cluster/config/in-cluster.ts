import { readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { joinHostPort } from '#base/host.ts'
import type { LiveHost } from '../host.ts'
import type { Connection, ConnectionFlags } from './connection.ts'

/** Where a pod finds its service account. */
export const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount'

/** What the pod that we run in knows of its cluster. */
export interface Pod {
  readonly namespace: string
  /** The connection by its service account. */
  readonly connection: Pick<Connection, 'cluster' | 'user'>
}

/**
 * The pod that we run in, or undefined where we run in none. Mirrors inClusterClientConfig of clientcmd, which takes only a
 * token and an authority from the flags: client-node asks by HTTP at some ports and knows neither POD_NAMESPACE nor the flags.
 */
export function podOf(flags: ConnectionFlags, host: LiveHost, folder: string): Pod | undefined {
  const { KUBERNETES_SERVICE_HOST: name, KUBERNETES_SERVICE_PORT: port, POD_NAMESPACE: space } = host.env
  if (!name || !port || !isFile(join(folder, 'token'))) return undefined
  const authority = flags.certificateAuthority
    ? resolve(host.cwd, flags.certificateAuthority)
    : join(folder, 'ca.crt')
  const cluster = {
    server: `https://${joinHostPort(name, port)}`,
    ...(flags.insecureSkipTlsVerify
      ? { 'insecure-skip-tls-verify': true }
      : isFile(authority)
        ? { 'certificate-authority': authority }
        : {}),
    ...(flags.tlsServerName ? { 'tls-server-name': flags.tlsServerName } : {}),
    ...(flags.disableCompression ? { 'disable-compression': true } : {}),
  }
  const user = flags.token ? { token: flags.token } : { tokenFile: join(folder, 'token') }
  return { namespace: space || textOf(join(folder, 'namespace')) || 'default', connection: { cluster, user } }
}

const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}
