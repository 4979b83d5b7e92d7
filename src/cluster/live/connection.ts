import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { KdsError } from '#base/errors.ts'
import { joinHostPort } from '#base/host.ts'
import { parseRequestTimeout } from '#kube/duration.ts'
import { goQuote } from '#kube/go-text.ts'
import type { LiveHost } from './host.ts'
import type { KubeCluster, KubeContext, Kubeconfig, KubeUser } from './kubeconfig.ts'
import { parseProxyUrl, withoutPassword } from './proxy.ts'

/** kubectl's connection flags. An absent or empty one leaves the kubeconfig's value. */
export interface ConnectionFlags {
  readonly kubeconfig?: string
  readonly context?: string
  readonly cluster?: string
  readonly user?: string
  readonly namespace?: string
  readonly server?: string
  readonly token?: string
  readonly username?: string
  readonly password?: string
  readonly as?: string
  readonly asGroup?: readonly string[]
  readonly asUid?: string
  readonly asUserExtra?: readonly string[]
  readonly certificateAuthority?: string
  readonly clientCertificate?: string
  readonly clientKey?: string
  readonly tlsServerName?: string
  readonly insecureSkipTlsVerify?: boolean
  readonly requestTimeout?: string
  readonly disableCompression?: boolean
}

/** Where to connect, as whom, in which namespace. */
export interface Connection {
  readonly cluster: KubeCluster & { readonly server: string }
  readonly user: KubeUser
  readonly userName: string
  readonly contextName: string
  readonly namespace: string
  /** Whether the user named the namespace on the command line. */
  readonly namespaceGiven: boolean
  /** Milliseconds; 0 waits for ever. */
  readonly requestTimeout: number
}

/** Where a pod finds its service account. */
const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount'

/**
 * Applies the flags to the kubeconfig, falls back to the service account of a pod where there is no configuration, and
 * checks the result, all by the rules of k8s.io/client-go/tools/clientcmd.
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
  if (contextName !== '' && !context)
    throw new KdsError(
      'configuration',
      `Error in configuration: context was not found for specified context: ${contextName}`,
      {
        verbatim: true,
        ...(config.contexts.size > 0 ? { hint: `there are: ${[...config.contexts.keys()].join(', ')}` } : {}),
      },
    )
  const inCluster = podConnection(config, flags, host, accountFolder)
  if (inCluster) return inCluster
  const userName = flags.user || context?.user || ''
  const clusterName = flags.cluster || context?.cluster || ''
  const user = mergedUser(config.users.get(userName), flags, host)
  const cluster = mergedCluster(config.clusters.get(clusterName), flags, host)
  const clusterMissing = Boolean(flags.cluster) && !config.clusters.has(clusterName)
  const faults = [
    ...userFaults(userName, user),
    ...(clusterMissing
      ? [`no server found for cluster ${goQuote(clusterName)}`]
      : clusterFaults(clusterName, cluster)),
  ]
  if (faults.length > 0) throw configurationError(faults)
  if (flags.user && !config.users.has(userName))
    throw new KdsError('configuration', `auth info ${goQuote(userName)} does not exist`)
  if (
    cluster['insecure-skip-tls-verify'] &&
    (cluster['certificate-authority'] || cluster['certificate-authority-data'])
  )
    throw new KdsError(
      'configuration',
      'specifying a root certificates file with the insecure flag is not allowed',
    )
  return {
    cluster: { ...cluster, server: withScheme(cluster.server ?? '', cluster, user) },
    user,
    userName,
    contextName,
    ...namespaceOf(flags, context),
    requestTimeout: timeoutOf(flags),
  }
}

/** A server without a scheme is asked by HTTP, unless there is something that only TLS has a use for. */
function withScheme(server: string, cluster: KubeCluster, user: KubeUser): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(server)) return server
  const trust = cluster['certificate-authority'] ?? cluster['certificate-authority-data']
  const certificate = user['client-certificate'] ?? user['client-certificate-data']
  return `${trust || certificate || cluster['insecure-skip-tls-verify'] ? 'https' : 'http'}://${server}`
}

function namespaceOf(flags: ConnectionFlags, context: KubeContext | undefined) {
  return {
    namespace: flags.namespace || context?.namespace || 'default',
    namespaceGiven: Boolean(flags.namespace),
  }
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

/** The defaults that kubectl has for a server that nobody names. */
function mergedCluster(
  configured: KubeCluster | undefined,
  flags: ConnectionFlags,
  host: LiveHost,
): KubeCluster {
  const authority = flags.certificateAuthority ? resolve(host.cwd, flags.certificateAuthority) : undefined
  const trustChanged = flags.insecureSkipTlsVerify === true || authority !== undefined
  const {
    'certificate-authority': file,
    'certificate-authority-data': data,
    'insecure-skip-tls-verify': insecure,
    'tls-server-name': serverName,
    ...rest
  } = configured ?? {}
  const trust = trustChanged
    ? { file: authority, data: undefined, insecure: flags.insecureSkipTlsVerify ?? false }
    : { file, data, insecure: flags.insecureSkipTlsVerify ?? insecure ?? false }
  const name = flags.tlsServerName || (flags.server ? undefined : serverName)
  return {
    ...rest,
    server: flags.server || rest.server || host.env.KUBERNETES_MASTER || 'http://localhost:8080',
    'insecure-skip-tls-verify': trust.insecure,
    ...(trust.file ? { 'certificate-authority': trust.file } : {}),
    ...(trust.data ? { 'certificate-authority-data': trust.data } : {}),
    ...(name ? { 'tls-server-name': name } : {}),
    ...(flags.disableCompression ? { 'disable-compression': true } : {}),
  }
}

function mergedUser(configured: KubeUser | undefined, flags: ConnectionFlags, host: LiveHost): KubeUser {
  const merged: Record<string, unknown> = { ...configured }
  const set = (key: keyof KubeUser, value: unknown) => {
    if (value !== undefined && value !== '') merged[key] = value
  }
  set('token', flags.token)
  if (flags.token) delete merged.tokenFile
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
  return withExecDefaults(merged as KubeUser)
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

function withExecDefaults(user: KubeUser): KubeUser {
  const { exec } = user
  if (!exec || exec.interactiveMode || exec.apiVersion !== 'client.authentication.k8s.io/v1beta1') return user
  return { ...user, exec: { ...exec, interactiveMode: 'IfAvailable' } }
}

function clusterFaults(name: string, cluster: KubeCluster): string[] {
  const faults: string[] = []
  const proxy = cluster['proxy-url']
  if (proxy) {
    try {
      parseProxyUrl(proxy)
    } catch (error) {
      faults.push(
        `invalid 'proxy-url' ${goQuote(withoutPassword(proxy))} for cluster ${goQuote(name)}: ${error instanceof Error ? error.message : error}`,
      )
    }
  }
  const file = cluster['certificate-authority']
  if (file && cluster['certificate-authority-data'])
    faults.push(
      `certificate-authority-data and certificate-authority are both specified for ${name}. certificate-authority-data will override.`,
    )
  if (file) faults.push(...unreadable(file, `unable to read certificate-authority ${file} for ${name}`))
  return faults
}

/** Mirrors validateAuthInfo of clientcmd. */
function userFaults(name: string, user: KubeUser): string[] {
  const faults: string[] = []
  const [cert, certData, key, keyData] = [
    user['client-certificate'],
    user['client-certificate-data'],
    user['client-key'],
    user['client-key-data'],
  ]
  if (cert || certData) {
    if (cert && certData)
      faults.push(
        `client-cert-data and client-cert are both specified for ${name}. client-cert-data will override.`,
      )
    if (key && keyData)
      faults.push(
        `client-key-data and client-key are both specified for ${name}; client-key-data will override`,
      )
    if (!key && !keyData)
      faults.push(
        `client-key-data or client-key must be specified for ${name} to use the clientCert authentication method.`,
      )
    if (cert) faults.push(...unreadable(cert, `unable to read client-cert ${cert} for ${name}`))
    if (key) faults.push(...unreadable(key, `unable to read client-key ${key} for ${name}`))
  }
  if (user.exec) faults.push(...execFaults(name, user))
  if (user.token && (user.username || user.password))
    faults.push(
      `more than one authentication method found for ${name}; found [token basicAuth], only one is allowed`,
    )
  const partial =
    user['as-uid'] || user['as-groups']?.length || Object.keys(user['as-user-extra'] ?? {}).length
  if (partial && !user.as)
    faults.push(`requesting uid, groups or user-extra for ${name} without impersonating a user`)
  return faults
}

function execFaults(name: string, { exec, 'auth-provider': provider }: KubeUser): string[] {
  const faults: string[] = []
  const must = (what: string) => `${what} must be specified for ${name} to use exec authentication plugin`
  if (provider) faults.push(`authProvider cannot be provided in combination with an exec plugin for ${name}`)
  if (!exec?.command) faults.push(must('command'))
  if (!exec?.apiVersion) faults.push(must('apiVersion'))
  if (exec?.env?.some((variable) => !variable.name)) faults.push(must('env variable name'))
  if (!exec?.interactiveMode) faults.push(must('interactiveMode'))
  else if (!['Never', 'IfAvailable', 'Always'].includes(exec.interactiveMode))
    faults.push(`invalid interactiveMode for ${name}: ${goQuote(exec.interactiveMode)}`)
  return faults
}

function unreadable(path: string, words: string): string[] {
  try {
    accessSync(path, constants.R_OK)
    return []
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    return [`${words} due to open ${path}: ${missing ? 'no such file or directory' : 'permission denied'}`]
  }
}

/** The service account of the pod that we run in, if nothing else says where to connect. */
function podConnection(
  config: Kubeconfig,
  flags: ConnectionFlags,
  host: LiveHost,
  folder: string,
): Connection | undefined {
  const { KUBERNETES_SERVICE_HOST: name, KUBERNETES_SERVICE_PORT: port } = host.env
  const configured = config.clusters.size + config.users.size + config.contexts.size > 0
  if (configured || flags.server || !name || !port || !existsSync(join(folder, 'token'))) return undefined
  const authority = flags.certificateAuthority
    ? resolve(host.cwd, flags.certificateAuthority)
    : join(folder, 'ca.crt')
  const user = mergedUser(flags.token ? {} : { tokenFile: join(folder, 'token') }, flags, host)
  const faults = userFaults('', user)
  if (faults.length > 0) throw configurationError(faults)
  return {
    cluster: {
      server: `https://${joinHostPort(name, port)}`,
      ...(flags.insecureSkipTlsVerify
        ? { 'insecure-skip-tls-verify': true }
        : existsSync(authority)
          ? { 'certificate-authority': authority }
          : {}),
      ...(flags.tlsServerName ? { 'tls-server-name': flags.tlsServerName } : {}),
    },
    user,
    userName: '',
    contextName: '',
    namespace: flags.namespace || host.env.POD_NAMESPACE || podNamespace(folder),
    namespaceGiven: Boolean(flags.namespace),
    requestTimeout: timeoutOf(flags),
  }
}

function podNamespace(folder: string): string {
  try {
    return readFileSync(join(folder, 'namespace'), 'utf8').trim() || 'default'
  } catch {
    return 'default'
  }
}
