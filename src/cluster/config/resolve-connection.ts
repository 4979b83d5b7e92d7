import { resolve } from 'node:path'
import { KdsError } from '#base/errors.ts'
import { withoutCredentials } from '#base/host.ts'
import { meant } from '#base/nearest.ts'
import { parseRequestTimeout } from '#kube/duration.ts'
import { goQuote } from '#kube/go-text.ts'
import type { ConfigHost } from '../host.ts'
import { type Connection, type ConnectionFlags, given, type Kubeconfig } from './connection.ts'
import { clusterFaults, headerFaults, userFaults } from './faults.ts'
import { podOf, serviceAccount } from './in-cluster.ts'
import type { KubeCluster, KubeUser } from './kubeconfig-shape.ts'

/**
 * Applies the flags to the kubeconfig, falls back to the service account of a pod where there is no configuration, and
 * checks the result, all by the rules of k8s.io/client-go/tools/clientcmd. client-node has no such overrides.
 *
 * @throws KdsError in kubectl's words
 */
export function resolveConnection(
  config: Kubeconfig,
  flags: ConnectionFlags,
  host: ConfigHost,
  accountFolder: string = serviceAccount,
): Connection {
  const contextName = flags.context || config.currentContext
  const context = config.contexts.get(contextName)
  const userName = flags.user || context?.user || ''
  const clusterName = flags.cluster || context?.cluster || ''
  const pod = podOf(flags, host, accountFolder)
  const common = {
    contextName,
    userName,
    namespace: flags.namespace || context?.namespace || pod?.namespace || 'default',
    namespaceGiven: Boolean(flags.namespace),
    kuberc: flags.kuberc,
    requestTimeout: timeoutOf(flags),
  }
  const contextWords = `Error in configuration: context was not found for specified context: ${contextName}`
  mustKnow(contextName, config.contexts, contextWords, { verbatim: true })
  mustKnow(userName, config.users, `auth info ${goQuote(userName)} does not exist`)
  if (flags.cluster)
    mustKnow(clusterName, config.clusters, `no server found for cluster ${goQuote(clusterName)}`)
  const user = mergedUser(config.users.get(userName), flags, host)
  const configured = config.clusters.get(clusterName)
  const cluster = mergedCluster(configured, flags, host)
  const userFile = config.userFiles.get(userName)
  const faults = [
    ...userFaults(userName, user),
    ...clusterFaults(clusterName, cluster),
    ...headerFaults(user, flags, `user ${goQuote(userName)} in ${userFile}`),
  ]
  // One fault is an error like any other to kubectl; several are listed.
  if (faults.length > 1)
    throw wrong(`Error in configuration: \n${faults.map((one) => `* ${one}`).join('\n')}`, { verbatim: true })
  if (faults[0] !== undefined) throw wrong(faults[0])
  // Where nothing says where to connect, as whom to act, or how to get there, the pod does; so it is with kubectl.
  const said = configured?.server || flags.server || configured?.['proxy-url'] || user.as
  if (pod && !said) return { ...common, ...pod.connection }
  if (cluster['insecure-skip-tls-verify'] && trustOf(cluster))
    throw wrong('specifying a root certificates file with the insecure flag is not allowed')
  return { ...common, userFile, user, cluster: { ...cluster, server: serverUrl(cluster, user) } }
}

const wrong = (words: string, more: { readonly verbatim?: true; readonly hint?: string } = {}) =>
  new KdsError('configuration', words, more)

/** A name has to stand in the kubeconfig; what stands there instead is the hint. */
function mustKnow(name: string, all: ReadonlyMap<string, unknown>, words: string, more = {}): void {
  if (name === '' || all.has(name)) return
  const names = [...all.keys()]
  const hint = names.length > 0 ? { hint: `there are: ${names.join(', ')}` } : {}
  throw wrong(words, { ...more, ...hint, ...meant(name, names) })
}

const trustOf = (cluster: KubeCluster) =>
  cluster['certificate-authority'] || cluster['certificate-authority-data']

/**
 * The server's URL, without a slash at its end. Mirrors DefaultServerURL of k8s.io/client-go/rest: a server without a scheme
 * is asked by HTTP, unless there is something that only TLS has a use for.
 */
function serverUrl(cluster: KubeCluster & { readonly server: string }, user: KubeUser): string {
  const { server, 'insecure-skip-tls-verify': insecure } = cluster
  const certificate = user['client-certificate'] || user['client-certificate-data']
  const scheme = trustOf(cluster) || certificate || insecure ? 'https' : 'http'
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(server) ? server : `${scheme}://${server}`
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || url.username || url.password)
    throw wrong(`host must be a URL or a host:port pair: ${goQuote(withoutCredentials(server))}`)
  const { host, pathname, protocol } = url
  if (protocol !== 'https:' && protocol !== 'http:')
    throw wrong(
      `Unable to connect to the server: unsupported protocol scheme ${goQuote(protocol.slice(0, -1))}`,
      { verbatim: true },
    )
  return `${protocol}//${host}${pathname.replace(/\/+$/, '')}`
}

function timeoutOf({ 'request-timeout': text }: ConnectionFlags): number {
  try {
    return parseRequestTimeout(text || '0')
  } catch (error) {
    throw new KdsError('usage', (error as Error).message)
  }
}

/** A cluster of the kubeconfig with what the flags say, and the defaults that kubectl has for a server that nobody names. */
function mergedCluster(
  configured: KubeCluster = {},
  flags: ConnectionFlags,
  { cwd, env }: ConfigHost,
): KubeCluster & { readonly server: string } {
  const { 'certificate-authority': file, 'insecure-skip-tls-verify': insecure } = flags
  const merged: Record<string, unknown> = { ...configured }
  // What is said about trust on the command line is all of it.
  if (file || insecure) {
    delete merged['certificate-authority-data']
    merged['certificate-authority'] = file && resolve(cwd, file)
  }
  if (file || insecure !== undefined) merged['insecure-skip-tls-verify'] = insecure ?? false
  if (flags.server) delete merged['tls-server-name']
  const server = flags.server || configured.server || env.KUBERNETES_MASTER || 'http://localhost:8080'
  return { ...merged, ...given(flags, 'tls-server-name', 'disable-compression'), server }
}

/** A user of the kubeconfig with what the flags say about who asks. */
function mergedUser(configured: KubeUser = {}, flags: ConnectionFlags, { cwd }: ConfigHost): KubeUser {
  const { 'as-group': groups = [], 'as-user-extra': extra = [] } = flags
  const merged: Record<string, unknown> = {
    ...configured,
    ...given(flags, 'token', 'username', 'password', 'as', 'as-uid'),
    ...(groups.length > 0 && { 'as-groups': groups }),
    ...(extra.length > 0 && { 'as-user-extra': extraOf(extra) }),
  }
  for (const key of ['client-certificate', 'client-key'] as const) {
    const file = flags[key]
    if (!file) continue
    delete merged[`${key}-data`]
    merged[key] = resolve(cwd, file)
  }
  // A key alone means nothing.
  if (!merged['client-certificate'] && !merged['client-certificate-data'])
    for (const key of ['client-key', 'client-key-data']) delete merged[key]
  const { exec } = configured
  if (exec?.apiVersion === 'client.authentication.k8s.io/v1beta1' && !exec.interactiveMode)
    merged.exec = { ...exec, interactiveMode: 'IfAvailable' }
  return merged
}

/** `--as-user-extra=key=value`, several of one key. */
function extraOf(pairs: readonly string[]): Record<string, string[]> {
  const extra: Record<string, string[]> = {}
  for (const pair of pairs) {
    const [, key = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(pair) ?? []
    extra[key] = [...(extra[key] ?? []), value]
  }
  return extra
}
