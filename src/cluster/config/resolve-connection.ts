import { resolve } from 'node:path'
import { KdsError } from '#base/errors.ts'
import { withoutCredentials } from '#base/host.ts'
import { meant } from '#base/nearest.ts'
import { parseRequestTimeout } from '#kube/duration.ts'
import { goQuote } from '#kube/go-text.ts'
import type { LiveHost } from '../host.ts'
import type { Connection, ConnectionFlags } from './connection.ts'
import { clusterFaults, headerFaults, userFaults } from './faults.ts'
import { podOf, serviceAccount } from './in-cluster.ts'
import type { KubeCluster, Kubeconfig, KubeUser } from './kubeconfig.ts'

/**
 * Applies the flags to the kubeconfig, falls back to the service account of a pod where there is no configuration, and
 * checks the result, all by the rules of k8s.io/client-go/tools/clientcmd. client-node has no such overrides.
 *
 * @throws KdsError in kubectl's words
 */
export function resolveConnection(
  config: Kubeconfig,
  flags: ConnectionFlags,
  host: LiveHost,
  accountFolder: string = serviceAccount,
): Connection {
  const contextName = flags.context || config.currentContext
  const context = config.contexts.get(contextName)
  const pod = podOf(flags, host, accountFolder)
  const common = {
    namespace: flags.namespace || context?.namespace || pod?.namespace || 'default',
    namespaceGiven: Boolean(flags.namespace),
    kuberc: flags.kuberc,
    requestTimeout: timeoutOf(flags),
  }
  if (contextName !== '' && !context)
    throw new KdsError(
      'configuration',
      `Error in configuration: context was not found for specified context: ${contextName}`,
      {
        verbatim: true,
        ...known(contextName, config.contexts),
      },
    )
  const userName = flags.user || context?.user || ''
  const clusterName = flags.cluster || context?.cluster || ''
  if (userName !== '' && !config.users.has(userName))
    throw new KdsError(
      'configuration',
      `auth info ${goQuote(userName)} does not exist`,
      known(userName, config.users),
    )
  if (flags.cluster && !config.clusters.has(clusterName))
    throw new KdsError(
      'configuration',
      `no server found for cluster ${goQuote(clusterName)}`,
      known(clusterName, config.clusters),
    )
  const user = mergedUser(config.users.get(userName), flags, host)
  const configured = config.clusters.get(clusterName)
  const cluster = mergedCluster(configured, flags, host)
  const userFile = config.userFiles.get(userName)
  const faults = [
    ...userFaults(userName, user),
    ...clusterFaults(clusterName, cluster),
    ...headerFaults(user, flags, `user ${goQuote(userName)} in ${userFile}`),
  ]
  if (faults.length > 0) throw configurationError(faults)
  // Where nothing says where to connect, as whom to act, or how to get there, the pod does; so it is with kubectl.
  const said = configured?.server || flags.server || configured?.['proxy-url'] || user.as
  if (pod && !said) return { ...common, contextName, userName, ...pod.connection }
  if (
    cluster['insecure-skip-tls-verify'] &&
    (cluster['certificate-authority'] || cluster['certificate-authority-data'])
  )
    throw new KdsError(
      'configuration',
      'specifying a root certificates file with the insecure flag is not allowed',
    )
  return {
    ...common,
    contextName,
    userName,
    userFile,
    user,
    cluster: { ...cluster, server: serverUrl(cluster.server ?? '', cluster, user) },
  }
}

/**
 * The server's URL, without a slash at its end. Mirrors DefaultServerURL of k8s.io/client-go/rest: a server without a scheme
 * is asked by HTTP, unless there is something that only TLS has a use for.
 */
function serverUrl(server: string, cluster: KubeCluster, user: KubeUser): string {
  const trust = cluster['certificate-authority'] ?? cluster['certificate-authority-data']
  const certificate = user['client-certificate'] ?? user['client-certificate-data']
  const scheme = trust || certificate || cluster['insecure-skip-tls-verify'] ? 'https' : 'http'
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(server) ? server : `${scheme}://${server}`
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || url.username || url.password)
    throw new KdsError(
      'configuration',
      `host must be a URL or a host:port pair: ${goQuote(withoutCredentials(server))}`,
    )
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new KdsError(
      'configuration',
      `Unable to connect to the server: unsupported protocol scheme ${goQuote(url.protocol.slice(0, -1))}`,
      { verbatim: true },
    )
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`
}

function timeoutOf(flags: ConnectionFlags): number {
  try {
    return parseRequestTimeout(flags.requestTimeout || '0')
  } catch (error) {
    throw new KdsError('usage', error instanceof Error ? error.message : String(error))
  }
}

/** One fault is an error like any other to kubectl; several are listed. */
function configurationError(faults: readonly string[]): KdsError {
  const [first = '', ...rest] = faults
  if (rest.length === 0) return new KdsError('configuration', first)
  const list = faults.map((fault) => `* ${fault}`).join('\n')
  return new KdsError('configuration', `Error in configuration: \n${list}`, { verbatim: true })
}

/** The defaults that kubectl has for a server that nobody names. What is said about trust on the command line is all of it. */
function mergedCluster(
  configured: KubeCluster | undefined,
  flags: ConnectionFlags,
  host: LiveHost,
): KubeCluster {
  const merged: Record<string, unknown> = { ...configured }
  if (flags.insecureSkipTlsVerify || flags.certificateAuthority) {
    delete merged['certificate-authority-data']
    delete merged['certificate-authority']
    merged['insecure-skip-tls-verify'] = flags.insecureSkipTlsVerify ?? false
  } else if (flags.insecureSkipTlsVerify === false) merged['insecure-skip-tls-verify'] = false
  if (flags.certificateAuthority)
    merged['certificate-authority'] = resolve(host.cwd, flags.certificateAuthority)
  if (flags.server) delete merged['tls-server-name']
  if (flags.tlsServerName) merged['tls-server-name'] = flags.tlsServerName
  if (flags.disableCompression) merged['disable-compression'] = true
  const server = flags.server || configured?.server || host.env.KUBERNETES_MASTER || 'http://localhost:8080'
  return { ...merged, server }
}

/** A user of the kubeconfig with what the flags say about who asks. */
function mergedUser(configured: KubeUser | undefined, flags: ConnectionFlags, host: LiveHost): KubeUser {
  const merged: Record<string, unknown> = { ...configured }
  const set = (key: keyof KubeUser, value: unknown) => {
    if (value !== undefined && value !== '') merged[key] = value
  }
  set('token', flags.token)
  set('username', flags.username)
  set('password', flags.password)
  set('as', flags.as)
  set('as-uid', flags.asUid)
  if (flags.asGroup && flags.asGroup.length > 0) set('as-groups', flags.asGroup)
  if (flags.asUserExtra && flags.asUserExtra.length > 0) set('as-user-extra', extraOf(flags.asUserExtra))
  for (const [flag, key] of [
    [flags.clientCertificate, 'client-certificate'],
    [flags.clientKey, 'client-key'],
  ] as const) {
    if (!flag) continue
    delete merged[`${key}-data`]
    set(key, resolve(host.cwd, flag))
  }
  const { exec, ...rest } = merged as KubeUser
  if (!exec) return rest
  const asks = exec.apiVersion === 'client.authentication.k8s.io/v1beta1' ? 'IfAvailable' : ''
  return { ...rest, exec: { ...exec, interactiveMode: exec.interactiveMode || asks } }
}

/** `--as-user-extra=key=value`, several of one key. */
function extraOf(pairs: readonly string[]): Record<string, string[]> {
  const extra: Record<string, string[]> = {}
  for (const pair of pairs) {
    const at = pair.indexOf('=')
    const key = at < 0 ? pair : pair.slice(0, at)
    extra[key] = [...(extra[key] ?? []), at < 0 ? '' : pair.slice(at + 1)]
  }
  return extra
}

/** What a kubeconfig has in the place of a name that it has not. */
const known = (name: string, all: ReadonlyMap<string, unknown>) => {
  const names = [...all.keys()]
  return { ...(names.length > 0 ? { hint: `there are: ${names.join(', ')}` } : {}), ...meant(name, names) }
}
