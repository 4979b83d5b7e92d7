import { withoutCredentials } from '#base/host.ts'
import { goQuote } from '#kube/go-text.ts'
import type { ConnectionFlags } from './connection.ts'
import type { KubeCluster, KubeUser } from './kubeconfig.ts'
import { parseProxyUrl } from './proxy.ts'
import { readText } from './read-text.ts'

/** What kubectl refuses about a cluster. Mirrors validateClusterInfo of clientcmd. */
export function clusterFaults(name: string, cluster: KubeCluster): string[] {
  const faults: string[] = []
  const proxy = cluster['proxy-url']
  if (proxy) {
    try {
      parseProxyUrl(proxy)
    } catch (error) {
      faults.push(
        `invalid 'proxy-url' ${goQuote(withoutCredentials(proxy))} for cluster ${goQuote(name)}: ${(error as Error).message}`,
      )
    }
  }
  const file = cluster['certificate-authority']
  if (file && cluster['certificate-authority-data'])
    faults.push(
      `certificate-authority-data and certificate-authority are both specified for ${name}. certificate-authority-data will override.`,
    )
  return [...faults, ...unreadableFile(file, `unable to read certificate-authority ${file} for ${name}`)]
}

/** What kubectl refuses about a user. Mirrors validateAuthInfo of clientcmd. */
export function userFaults(name: string, user: KubeUser): string[] {
  const faults: string[] = []
  const when = (wrong: unknown, words: string) => {
    if (wrong) faults.push(words)
  }
  const { 'client-certificate': cert, 'client-certificate-data': certData } = user
  const { 'client-key': key, 'client-key-data': keyData, exec } = user
  if (cert || certData) {
    when(
      cert && certData,
      `client-cert-data and client-cert are both specified for ${name}. client-cert-data will override.`,
    )
    when(
      key && keyData,
      `client-key-data and client-key are both specified for ${name}; client-key-data will override`,
    )
    when(
      !key && !keyData,
      `client-key-data or client-key must be specified for ${name} to use the clientCert authentication method.`,
    )
    faults.push(...unreadableFile(cert, `unable to read client-cert ${cert} for ${name}`))
    faults.push(...unreadableFile(key, `unable to read client-key ${key} for ${name}`))
  }
  if (exec) {
    const must = (what: string) => `${what} must be specified for ${name} to use exec authentication plugin`
    when(
      user['auth-provider'],
      `authProvider cannot be provided in combination with an exec plugin for ${name}`,
    )
    when(!exec.command, must('command'))
    when(!exec.apiVersion, must('apiVersion'))
    when(
      exec.env?.some((variable) => !variable?.name),
      must('env variable name'),
    )
    const { interactiveMode = '' } = exec
    when(!interactiveMode, must('interactiveMode'))
    when(
      !['', 'Never', 'IfAvailable', 'Always'].includes(interactiveMode),
      `invalid interactiveMode for ${name}: ${goQuote(interactiveMode)}`,
    )
  }
  when(
    user.token && (user.username || user.password),
    `more than one authentication method found for ${name}; found [token basicAuth], only one is allowed`,
  )
  const partial =
    user['as-uid'] || user['as-groups']?.length || Object.keys(user['as-user-extra'] ?? {}).length
  when(partial && !user.as, `requesting uid, groups or user-extra for ${name} without impersonating a user`)
  return faults
}

/** What of a user goes into headers, with the flag that says it, too. */
const inHeaders = [
  ['token', 'token', '--token'],
  ['as', 'as', '--as'],
  ['as-uid', 'asUid', '--as-uid'],
  ['as-groups', 'asGroup', '--as-group'],
  ['as-user-extra', 'asUserExtra', '--as-user-extra'],
] as const

/** What no header can carry, and where it comes from: `whose` user it is where no flag says so. */
export function headerFaults(user: KubeUser, flags: ConnectionFlags, whose: string): string[] {
  return inHeaders.flatMap(([key, given, flag]) => {
    const value = user[key] ?? ''
    const texts = typeof value === 'string' ? [value] : Object.values(value).flat()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    if (!texts.some((text) => /[\0-\x08\n-\x1f\x7f]/.test(text))) return []
    const where = flags[given]?.length ? flag : `"${key}" of ${whose}`
    return [`${where} holds a line break or another control character, which no header can carry`]
  })
}

function unreadableFile(path: string | undefined, words: string): string[] {
  try {
    if (path) readText(path)
    return []
  } catch (error) {
    return [`${words} due to ${(error as Error).message}`]
  }
}
