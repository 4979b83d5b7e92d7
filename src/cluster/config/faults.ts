import { withoutCredentials } from '#base/host.ts'
import { goQuote } from '#kube/go-text.ts'
import type { ConnectionFlags } from './connection.ts'
import type { KubeCluster, KubeUser } from './kubeconfig-shape.ts'
import { parseProxyUrl } from './proxy.ts'
import { readText } from './read-text.ts'

/** The faults among these: what would be wrong, and whether it is. */
const among = (rules: Readonly<Record<string, unknown>>): string[] =>
  Object.keys(rules).filter((words) => rules[words])

/** Why something cannot be done, behind these words. */
function failing(words: string, work: () => unknown): string[] {
  try {
    work()
    return []
  } catch (error) {
    return [`${words}${(error as Error).message}`]
  }
}

const unreadable = (path: string | undefined, what: string, name: string): string[] =>
  path ? failing(`unable to read ${what} ${path} for ${name} due to `, () => readText(path)) : []

/** What kubectl refuses about a cluster. Mirrors validateClusterInfo of clientcmd. */
export function clusterFaults(name: string, cluster: KubeCluster): string[] {
  const {
    'certificate-authority': file,
    'certificate-authority-data': data,
    'proxy-url': proxy = '',
  } = cluster
  const unfit = `invalid 'proxy-url' ${goQuote(withoutCredentials(proxy))} for cluster ${goQuote(name)}: `
  return [
    ...(proxy ? failing(unfit, () => parseProxyUrl(proxy)) : []),
    ...among({
      [`certificate-authority-data and certificate-authority are both specified for ${name}. certificate-authority-data will override.`]:
        file && data,
    }),
    ...unreadable(file, 'certificate-authority', name),
  ]
}

/** What kubectl refuses about a user. Mirrors validateAuthInfo of clientcmd. */
export function userFaults(name: string, user: KubeUser): string[] {
  const { 'client-certificate': cert, 'client-certificate-data': certData, exec } = user
  const { 'client-key': key, 'client-key-data': keyData, 'as-user-extra': extra = {} } = user
  const mode = exec?.interactiveMode ?? ''
  const must = (what: string) => `${what} must be specified for ${name} to use exec authentication plugin`
  const partial = user['as-uid'] || user['as-groups']?.length || Object.keys(extra).length
  const certificate = (cert || certData) && [
    ...among({
      [`client-cert-data and client-cert are both specified for ${name}. client-cert-data will override.`]:
        cert && certData,
      [`client-key-data and client-key are both specified for ${name}; client-key-data will override`]:
        key && keyData,
      [`client-key-data or client-key must be specified for ${name} to use the clientCert authentication method.`]:
        !key && !keyData,
    }),
    ...unreadable(cert, 'client-cert', name),
    ...unreadable(key, 'client-key', name),
  ]
  const plugin = exec && {
    [`authProvider cannot be provided in combination with an exec plugin for ${name}`]: user['auth-provider'],
    [must('command')]: !exec.command,
    [must('apiVersion')]: !exec.apiVersion,
    [must('env variable name')]: exec.env?.some((variable) => !variable.name),
    [must('interactiveMode')]: mode === '',
    [`invalid interactiveMode for ${name}: ${goQuote(mode)}`]: !/^(|Never|IfAvailable|Always)$/.test(mode),
  }
  return [
    ...(certificate || []),
    ...among({
      ...plugin,
      [`more than one authentication method found for ${name}; found [token basicAuth], only one is allowed`]:
        user.token && (user.username || user.password),
      [`requesting uid, groups or user-extra for ${name} without impersonating a user`]: partial && !user.as,
    }),
  ]
}

/** What of a user goes into headers, by its name in a kubeconfig and by that of the flag. */
const inHeaders = [
  ['token', 'token'],
  ['as', 'as'],
  ['as-uid', 'as-uid'],
  ['as-groups', 'as-group'],
  ['as-user-extra', 'as-user-extra'],
] as const

/** What no header can carry, and where it comes from: `whose` user it is where no flag says so. */
export function headerFaults(user: KubeUser, flags: ConnectionFlags, whose: string): string[] {
  return inHeaders.flatMap(([key, flag]) => {
    const value = user[key] ?? ''
    const texts = typeof value === 'string' ? [value] : Object.values(value).flat()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    if (!texts.some((text) => /[\0-\x08\n-\x1f\x7f]/.test(text))) return []
    const where = flags[flag]?.length ? `--${flag}` : `"${key}" of ${whose}`
    return [`${where} holds a line break or another control character, which no header can carry`]
  })
}
