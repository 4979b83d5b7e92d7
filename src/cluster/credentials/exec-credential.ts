import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { KdsError } from '#base/errors.ts'
import { isObject, type Json, type JsonObject } from '#base/json.ts'
import { parseTime } from '#kube/duration.ts'
import { goKind, goQuote } from '#kube/go-text.ts'
import type { Connection } from '../config/connection.ts'
import type { ExecConfig, KubeCluster } from '../config/kubeconfig.ts'
import { checkVersion, typeMetaOf } from '../config/kubeconfig-shape.ts'
import type { LiveHost, PluginResult, SpawnPlugin } from '../host.ts'
import { pluginPolicy } from './plugin-policy.ts'
import type { Secret, SecretSource } from './secret.ts'
import { pluginSpawner } from './spawn-plugin.ts'

const apiVersions = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1']

const installHelp = `

It looks like you are trying to use a client-go credential plugin that is not installed.

To learn more about this feature, consult the documentation available at:
      https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins`

/**
 * Gets credentials from a plugin of the kubeconfig (`exec`), by the rules of client-go: the plugin runs once however many
 * requests wait for it, and again only when its credential has expired or a server has refused it. client-node's runner
 * tells plugins nothing of the cluster, gives them no terminal, shows none of what they say, runs them for each request that
 * comes while a credential has no expiry, checks nothing of their answer, and knows no policy.
 */
export class ExecCredential implements SecretSource {
  readonly #exec: ExecConfig
  readonly #connection: Connection
  readonly #host: LiveHost
  #current: Secret | undefined
  #expires = Number.POSITIVE_INFINITY
  #running: Promise<Secret> | undefined

  constructor(exec: ExecConfig, connection: Connection, host: LiveHost) {
    this.#exec = exec
    this.#connection = connection
    this.#host = host
  }

  /** The credential to use now. @throws KdsError in kubectl's words when the plugin gives none. */
  async get(signal?: AbortSignal): Promise<Secret> {
    if (this.#current && this.#host.clock.now() <= this.#expires) return this.#current
    return this.#refresh(signal)
  }

  async renew(refused: Secret, signal?: AbortSignal): Promise<boolean> {
    if (this.#current === refused || !this.#current) await this.#refresh(signal)
    return true
  }

  #refresh(signal?: AbortSignal): Promise<Secret> {
    this.#running ??= this.#run(signal).finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #run(signal?: AbortSignal): Promise<Secret> {
    const { apiVersion = '', command = '', args = [], env = [] } = this.#exec
    if (!apiVersions.includes(apiVersion))
      throw failure(`exec plugin: invalid apiVersion ${goQuote(apiVersion)}`)
    const forbidden = await pluginPolicy(command, this.#connection.kuberc, this.#host)
    if (forbidden) throw failure(forbidden)
    const interactive = this.#interactive()
    const info = {
      kind: 'ExecCredential',
      apiVersion,
      spec: {
        ...(this.#exec.provideClusterInfo ? { cluster: clusterInfo(this.#connection.cluster) } : {}),
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
    this.#expires = expiryOf(status)
    this.#current = credentialOf(status)
    return this.#current
  }

  #environment(extra: ExecConfig['env'], info: string): Record<string, string> {
    const env: Record<string, string> = {}
    for (const [name, value] of Object.entries(this.#host.env)) if (value !== undefined) env[name] = value
    for (const variable of extra ?? []) if (variable?.name) env[variable.name] = variable.value ?? ''
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
      const hint = this.#exec.installHint ? `\n\n${this.#exec.installHint}` : ''
      throw failure(`exec: executable ${command} not found${installHelp}${hint}`)
    }
    if ('failed' in result) throw failure(`exec: ${result.failed}`)
    if (result.code !== 0) throw failure(`exec: executable ${command} failed with exit code ${result.code}`)
    const answer = parseAnswer(result.stdout)
    let returned: { readonly apiVersion: string; readonly kind: string }
    try {
      returned = typeMetaOf(answer)
      checkVersion({ kind: returned.kind, apiVersion }, 'ExecCredential', apiVersion)
    } catch (error) {
      throw failure(`decoding stdout: ${(error as Error).message}`)
    }
    if (returned.apiVersion !== apiVersion)
      throw failure(
        `exec plugin is configured to use API version ${apiVersion}, plugin returned version ${returned.apiVersion || 'client.authentication.k8s.io/__internal'}`,
      )
    const { status } = answer
    if (!isObject(status)) throw failure("exec plugin didn't return a status field")
    return status
  }
}

function credentialOf(status: JsonObject): Secret {
  const part = (name: string): string => {
    const value = status[name] ?? ''
    if (typeof value === 'string') return value
    throw failure(
      `decoding stdout: json: cannot unmarshal ${goKind(value)} into Go struct field ExecCredentialStatus.status.${name} of type string`,
    )
  }
  const [token, cert, key] = [part('token'), part('clientCertificateData'), part('clientKeyData')]
  if (!token && !cert && !key) throw failure("exec plugin didn't return a token or cert/key pair")
  if (!cert !== !key) throw failure('exec plugin returned only certificate or key, not both')
  if (cert) checkCertificate(cert)
  return { ...(token ? { token } : {}), ...(cert ? { cert, key } : {}) }
}

/** Milliseconds since the epoch, or infinity for a credential that does not say. */
function expiryOf({ expirationTimestamp: text }: JsonObject): number {
  if (text === undefined || text === null) return Number.POSITIVE_INFINITY
  const time = typeof text === 'string' ? parseTime(text) : undefined
  if (time !== undefined) return time
  throw failure(
    `decoding stdout: parsing time ${JSON.stringify(text)} as "2006-01-02T15:04:05Z07:00": it is none`,
  )
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

function parseAnswer(text: string): JsonObject {
  try {
    const value = JSON.parse(text) as Json
    if (isObject(value)) return value
  } catch {
    // Told below.
  }
  throw failure('decoding stdout: it is not an ExecCredential in JSON')
}
