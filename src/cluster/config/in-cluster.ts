import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { joinHostPort } from '#base/host.ts'
import type { ConfigHost } from '../host.ts'
import { type Connection, type ConnectionFlags, given } from './connection.ts'
import { readText } from './read-text.ts'

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
export function podOf(flags: ConnectionFlags, { cwd, env }: ConfigHost, folder: string): Pod | undefined {
  const { KUBERNETES_SERVICE_HOST: name, KUBERNETES_SERVICE_PORT: port, POD_NAMESPACE: space } = env
  const at = (file: string) => join(folder, file)
  if (!name || !port || !isFile(at('token'))) return undefined
  const { 'certificate-authority': file, 'insecure-skip-tls-verify': insecure, token } = flags
  const authority = file ? resolve(cwd, file) : at('ca.crt')
  const cluster = {
    server: `https://${joinHostPort(name, port)}`,
    ...given(flags, 'insecure-skip-tls-verify', 'tls-server-name', 'disable-compression'),
    ...(!insecure && isFile(authority) && { 'certificate-authority': authority }),
  }
  const own = isFile(at('namespace')) ? readText(at('namespace')).trim() : ''
  const user = token ? { token } : { tokenFile: at('token') }
  return { namespace: space || own || 'default', connection: { cluster, user } }
}

const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
