import { X509Certificate } from 'node:crypto'
import { bufferFromFileOrString } from '@kubernetes/client-node/dist/config.js'
import { isObject, type JsonObject, readJson } from '#base/json.ts'
import { parseTime } from '#kube/duration.ts'
import { checkShape, fieldsOf, type Shape } from '#kube/go-shape.ts'
import { goQuote } from '#kube/go-text.ts'
import type { Connection } from '../config/connection.ts'
import { checkVersion, type ExecConfig, type KubeCluster, typeMetaOf } from '../config/kubeconfig-shape.ts'
import type { LiveHost, PluginResult } from '../host.ts'
import { pluginPolicy } from './plugin-policy.ts'
import { type Secret, unproven } from './renewing.ts'
import { pluginSpawner } from './spawn-plugin.ts'

const apiVersions = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1']

const installHelp = `

It looks like you are trying to use a client-go credential plugin that is not installed.

To learn more about this feature, consult the documentation available at:
      https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins`

/**
 * A credential from a plugin of the kubeconfig (`exec`), by the rules of client-go. client-node's runner tells plugins nothing of
 * the cluster, gives them no terminal, shows none of what they say, runs them for each request that comes while a credential
 * has no expiry, checks nothing of their answer, and knows no policy.
 *
 * @throws KdsError in kubectl's words when the plugin gives none.
 */
export async function execCredential(
  exec: ExecConfig,
  { cluster, kuberc }: Connection,
  host: LiveHost,
  signal?: AbortSignal,
): Promise<Secret> {
  const { apiVersion = '', args = [], command = '', interactiveMode: mode } = exec
  if (!apiVersions.includes(apiVersion))
    throw failure(`exec plugin: invalid apiVersion ${goQuote(apiVersion)}`)
  const forbidden = await pluginPolicy(command, kuberc, host)
  if (forbidden) throw failure(forbidden)
  if (mode === 'Always' && !host.stdinIsTerminal)
    throw failure('exec plugin cannot support interactive mode: standard input is not a terminal')
  const interactive = mode !== 'Never' && host.stdinIsTerminal
  const spec = { ...(exec.provideClusterInfo && { cluster: clusterInfo(cluster) }), interactive }
  const info = { KUBERNETES_EXEC_INFO: JSON.stringify({ kind: 'ExecCredential', apiVersion, spec }) }
  const own = (exec.env ?? []).map(({ name, value = '' }) => [name, value])
  const env = { ...host.env, ...Object.fromEntries(own), ...info }
  const spawn = host.spawn ?? pluginSpawner()
  const result = await spawn({ command, args, env, interactive }, signal)
  signal?.throwIfAborted()
  return secretOf(statusOf(result, exec))
}

const credentialShape: Shape = {
  struct: 'ExecCredential',
  fields: {
    status: {
      struct: 'ExecCredentialStatus',
      fields: fieldsOf('token clientCertificateData clientKeyData'),
    },
  },
}

/** What the plugin has answered. */
function statusOf(result: PluginResult, { apiVersion = '', command, installHint }: ExecConfig): JsonObject {
  if ('missing' in result)
    throw failure(
      `exec: executable ${command} not found${installHelp}${installHint ? `\n\n${installHint}` : ''}`,
    )
  if ('failed' in result) throw failure(`exec: ${result.failed}`)
  if (result.code !== 0) throw failure(`exec: executable ${command} failed with exit code ${result.code}`)
  const answer = decoding(() => {
    const value = readJson(result.stdout)
    if (!isObject(value)) throw new Error('it is not an ExecCredential in JSON')
    checkVersion({ kind: typeMetaOf(value).kind, apiVersion }, 'ExecCredential', apiVersion)
    return value
  })
  if (answer.apiVersion !== apiVersion)
    throw failure(
      `exec plugin is configured to use API version ${apiVersion}, plugin returned version ${answer.apiVersion || 'client.authentication.k8s.io/__internal'}`,
    )
  decoding(() => checkShape(answer, credentialShape))
  if (!isObject(answer.status)) throw failure("exec plugin didn't return a status field")
  return answer.status
}

/** @throws KdsError that says in Go's words why an answer cannot be decoded */
function decoding<T>(decode: () => T): T {
  try {
    return decode()
  } catch (error) {
    throw failure(`decoding stdout: ${(error as Error).message}`)
  }
}

function secretOf({ expirationTimestamp: end, ...status }: JsonObject): Secret {
  const { token, clientCertificateData: cert, clientKeyData: key } = status as Record<string, string>
  if (!token && !cert && !key) throw failure("exec plugin didn't return a token or cert/key pair")
  if (!cert !== !key) throw failure('exec plugin returned only certificate or key, not both')
  try {
    if (cert) new X509Certificate(cert)
  } catch {
    throw failure(
      'failed parsing client key/certificate: tls: failed to find any PEM data in certificate input',
    )
  }
  const ends = typeof end === 'string' ? parseTime(end) : undefined
  if ((end ?? null) !== null && ends === undefined)
    throw failure(
      `decoding stdout: parsing time ${JSON.stringify(end)} as "2006-01-02T15:04:05Z07:00": it is none`,
    )
  return { ...(token && { token }), ...(cert && { cert, key }), ...(ends !== undefined && { ends }) }
}

/** What the plugin is told about the server it logs in to: what is not said is not there. */
function clusterInfo(cluster: KubeCluster): JsonObject {
  const { 'certificate-authority': file, 'certificate-authority-data': data, extensions } = cluster
  const config = extensions?.find(({ name }) => name === 'client.authentication.k8s.io/exec')
  const info = {
    server: cluster.server ?? '',
    'tls-server-name': cluster['tls-server-name'] || undefined,
    'insecure-skip-tls-verify': cluster['insecure-skip-tls-verify'] || undefined,
    'certificate-authority-data': bufferFromFileOrString(data ? undefined : file, data)?.toString('base64'),
    'proxy-url': cluster['proxy-url'] || undefined,
    config: config?.extension,
  }
  return info as JsonObject
}

const failure = (words: string) => unproven(`getting credentials: ${words}`)
