import { X509Certificate } from 'node:crypto'
import { bufferFromFileOrString } from '@kubernetes/client-node/dist/config.js'
import { isObject, type Json, type JsonObject } from '#base/json.ts'
import { parseTime } from '#kube/duration.ts'
import { checkShape, fieldsOf, type Shape } from '#kube/go-shape.ts'
import { goQuote } from '#kube/go-text.ts'
import type { Connection } from '../config/connection.ts'
import type { ExecConfig, KubeCluster } from '../config/kubeconfig.ts'
import { checkVersion, typeMetaOf } from '../config/kubeconfig-shape.ts'
import type { LiveHost, PluginResult, SpawnPlugin } from '../host.ts'
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
  const spec = { ...(exec.provideClusterInfo ? { cluster: clusterInfo(cluster) } : {}), interactive }
  const info = { KUBERNETES_EXEC_INFO: JSON.stringify({ kind: 'ExecCredential', apiVersion, spec }) }
  const own = (exec.env ?? []).map((variable) => [variable?.name, variable?.value ?? ''])
  const env = { ...host.env, ...Object.fromEntries(own), ...info }
  const spawn: SpawnPlugin = host.spawn ?? pluginSpawner()
  const result = await spawn({ command, args, env, interactive }, signal)
  signal?.throwIfAborted()
  return secretOf(statusOf(result, exec))
}

/** What the plugin has answered. */
function statusOf(result: PluginResult, { apiVersion = '', command, installHint }: ExecConfig): JsonObject {
  if ('missing' in result)
    throw failure(
      `exec: executable ${command} not found${installHelp}${installHint ? `\n\n${installHint}` : ''}`,
    )
  if ('failed' in result) throw failure(`exec: ${result.failed}`)
  if (result.code !== 0) throw failure(`exec: executable ${command} failed with exit code ${result.code}`)
  const answer = decoding(() => answerOf(result.stdout, apiVersion))
  if (answer.apiVersion !== apiVersion)
    throw failure(
      `exec plugin is configured to use API version ${apiVersion}, plugin returned version ${answer.apiVersion || 'client.authentication.k8s.io/__internal'}`,
    )
  decoding(() => checkShape(answer, credentialShape))
  if (!isObject(answer.status)) throw failure("exec plugin didn't return a status field")
  return answer.status
}

function answerOf(text: string, apiVersion: string): JsonObject {
  let answer: Json = null
  try {
    answer = JSON.parse(text)
  } catch {
    // Told below.
  }
  if (!isObject(answer)) throw new Error('it is not an ExecCredential in JSON')
  checkVersion({ kind: typeMetaOf(answer).kind, apiVersion }, 'ExecCredential', apiVersion)
  return answer
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
  if (cert) checkCertificate(cert)
  const ends = typeof end === 'string' ? parseTime(end) : undefined
  if ((end ?? null) !== null && ends === undefined)
    throw failure(
      `decoding stdout: parsing time ${JSON.stringify(end)} as "2006-01-02T15:04:05Z07:00": it is none`,
    )
  return { ...(token && { token }), ...(cert && { cert, key }), ...(ends !== undefined && { ends }) }
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
  const { 'certificate-authority': file, 'certificate-authority-data': data } = cluster
  const authority = bufferFromFileOrString(data ? undefined : file, data)?.toString('base64')
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

const failure = (words: string) => unproven(`getting credentials: ${words}`)
