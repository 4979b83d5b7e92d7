import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { KdsError } from '#base/errors.ts'
import { escapeText } from '#base/escape.ts'
import { isObject } from '#base/json.ts'
import { parseTime } from '#kube/duration.ts'
import { goQuote } from '#kube/go-text.ts'
import type { Json, JsonObject } from '#kube/types.ts'
import type { LiveHost, PluginResult, SpawnPlugin } from './host.ts'
import type { ExecConfig, KubeCluster } from './kubeconfig.ts'
import { pluginSpawner } from './spawn-plugin.ts'

/** What a plugin hands out: a token, a client certificate, or both. */
export interface PluginCredential {
  readonly token?: string
  readonly cert?: string
  readonly key?: string
}

const apiVersions = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1']

const installHelp = `

It looks like you are trying to use a client-go credential plugin that is not installed.

To learn more about this feature, consult the documentation available at:
      https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins`

/**
 * Gets credentials from a plugin of the kubeconfig (`exec`), by the rules of client-go: the plugin runs once however many
 * requests wait for it, and again only when its credential has expired or a server has refused it.
 */
export class ExecCredential {
  readonly #exec: ExecConfig
  readonly #cluster: KubeCluster
  readonly #host: LiveHost
  #current: PluginCredential | undefined
  #expires = Number.POSITIVE_INFINITY
  #running: Promise<PluginCredential> | undefined

  constructor(exec: ExecConfig, cluster: KubeCluster, host: LiveHost) {
    this.#exec = exec
    this.#cluster = cluster
    this.#host = host
  }

  /** The credential to use now. @throws KdsError in kubectl's words when the plugin gives none. */
  async get(signal?: AbortSignal): Promise<PluginCredential> {
    if (this.#current && this.#host.clock.now() <= this.#expires) return this.#current
    return this.#refresh(signal)
  }

  /** A credential other than the refused one; runs the plugin unless it has run since. */
  async replace(refused: PluginCredential, signal?: AbortSignal): Promise<PluginCredential> {
    return this.#current && this.#current !== refused ? this.#current : this.#refresh(signal)
  }

  #refresh(signal?: AbortSignal): Promise<PluginCredential> {
    this.#running ??= this.#run(signal).finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #run(signal?: AbortSignal): Promise<PluginCredential> {
    const { apiVersion = '', command = '', args = [], env = [] } = this.#exec
    if (!apiVersions.includes(apiVersion))
      throw failure(`exec plugin: invalid apiVersion ${goQuote(apiVersion)}`)
    const interactive = this.#interactive()
    const info = {
      kind: 'ExecCredential',
      apiVersion,
      spec: {
        ...(this.#exec.provideClusterInfo ? { cluster: clusterInfo(this.#cluster) } : {}),
        interactive,
      },
    }
    const spawn: SpawnPlugin = this.#host.spawn ?? pluginSpawner()
    const result = await spawn(
      { command, args, env: this.#environment(env, JSON.stringify(info)), interactive },
      signal,
    )
    signal?.throwIfAborted()
    const status = this.#statusOf(result, command, apiVersion)
    const expiry =
      typeof status.expirationTimestamp === 'string' ? parseTime(status.expirationTimestamp) : undefined
    this.#expires = expiry ?? Number.POSITIVE_INFINITY
    this.#current = credentialOf(status)
    return this.#current
  }

  #environment(extra: ExecConfig['env'], info: string): Record<string, string> {
    const env: Record<string, string> = {}
    for (const [name, value] of Object.entries(this.#host.env)) if (value !== undefined) env[name] = value
    for (const { name, value } of extra ?? []) if (name) env[name] = value ?? ''
    return { ...env, KUBERNETES_EXEC_INFO: info }
  }

  #interactive(): boolean {
    const mode = this.#exec.interactiveMode
    if (mode === 'Always' && !this.#host.stdinIsTerminal)
      throw failure('exec plugin cannot support interactive mode: standard input is not a terminal')
    return mode !== 'Never' && this.#host.stdinIsTerminal
  }

  #statusOf(result: PluginResult, command: string, apiVersion: string): JsonObject {
    if ('missing' in result) {
      const hint = this.#exec.installHint ? `\n\n${escapeText(this.#exec.installHint)}` : ''
      throw failure(`exec: executable ${command} not found${installHelp}${hint}`)
    }
    if ('failed' in result) throw failure(`exec: ${result.failed}`)
    if (result.code !== 0) throw failure(`exec: executable ${command} failed with exit code ${result.code}`)
    const answer = parseObject(result.stdout)
    if (!answer) throw failure('decoding stdout: it is not an ExecCredential in JSON')
    if (answer.apiVersion !== apiVersion)
      throw failure(
        `exec plugin is configured to use API version ${apiVersion}, plugin returned version ${escapeText(String(answer.apiVersion))}`,
      )
    const { status } = answer
    if (!isObject(status)) throw failure("exec plugin didn't return a status field")
    return status
  }
}

function credentialOf(status: JsonObject): PluginCredential {
  const { token, clientCertificateData: cert, clientKeyData: key } = status
  const has = (value: Json | undefined): value is string => typeof value === 'string' && value !== ''
  if (!has(token) && !has(cert) && !has(key))
    throw failure("exec plugin didn't return a token or cert/key pair")
  if (has(cert) !== has(key)) throw failure('exec plugin returned only certificate or key, not both')
  if (has(cert)) checkCertificate(cert)
  return { ...(has(token) ? { token } : {}), ...(has(cert) && has(key) ? { cert, key } : {}) }
}

function checkCertificate(pem: string): void {
  try {
    new X509Certificate(pem)
  } catch {
    throw failure(
      'failed parsing client key/certificate: tls: failed to find any PEM data in certificate input',
    )
  }
}

/** What the plugin is told about the server it logs in to. */
function clusterInfo(cluster: KubeCluster): JsonObject {
  const file = cluster['certificate-authority']
  const authority =
    cluster['certificate-authority-data'] ?? (file ? readFileSync(file).toString('base64') : undefined)
  const config = cluster.extensions?.find(
    ({ name }) => name === 'client.authentication.k8s.io/exec',
  )?.extension
  return {
    server: cluster.server ?? '',
    ...(cluster['tls-server-name'] ? { 'tls-server-name': cluster['tls-server-name'] } : {}),
    ...(cluster['insecure-skip-tls-verify'] ? { 'insecure-skip-tls-verify': true } : {}),
    ...(authority ? { 'certificate-authority-data': authority } : {}),
    ...(cluster['proxy-url'] ? { 'proxy-url': cluster['proxy-url'] } : {}),
    ...(config === undefined ? {} : { config }),
  }
}

/** Go wraps what goes wrong here in the failed request, so kubectl's line begins like that of a lost connection. */
function failure(text: string): KdsError {
  return new KdsError('credentials', `Unable to connect to the server: getting credentials: ${text}`, {
    verbatim: true,
  })
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as Json
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
