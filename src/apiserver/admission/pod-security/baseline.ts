/** The checks of the level baseline. Mirrors k8s.io/pod-security-admission/policy. */
import { goQuote } from '#kube/go-text.ts'
import {
  boolIn,
  numberIn,
  objectIn,
  objectOrNone,
  objectsIn,
  stringIn,
  stringOrNone,
  stringsIn,
  textOf,
} from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import {
  badHolders,
  type Check,
  containersText,
  inUserNamespace,
  namesOf,
  ofContainers,
  plural,
  quoted,
  securityOf,
  sortedSet,
} from './violation.ts'

const appArmorAnnotation = 'container.apparmor.security.beta.kubernetes.io/'
const allowedAppArmor = new Set(['RuntimeDefault', 'Localhost'])
const isAllowedAppArmorAnnotation = (value: string) =>
  value === '' || value === 'runtime/default' || value.startsWith('localhost/')

export const appArmorProfile: Check = (pod) => {
  const isBad = (profile: JsonObject) => !allowedAppArmor.has(stringIn(profile, 'type'))
  const bad = badHolders(pod, 'appArmorProfile', isBad)
  const annotations = Object.entries(pod.annotations)
    .map(([key, value]) => [key, textOf(value)] as const)
    .filter(([key, value]) => key.startsWith(appArmorAnnotation) && !isAllowedAppArmorAnnotation(value))
    .map(([key, value]) => `${key}=${goQuote(value)}`)
  const types = sortedSet(bad.values.map((profile) => stringIn(profile, 'type')))
  const values = [...types, ...sortedSet(annotations)]
  if (values.length === 0) return undefined
  const noun = annotations.length > 0 ? plural(annotations.length, 'annotation', 'annotations') : ''
  const who = [bad.who, noun].filter(Boolean).join(' and ')
  return {
    reason: plural(values.length, 'forbidden AppArmor profile', 'forbidden AppArmor profiles'),
    detail: `${who} must not set AppArmor profile type to ${quoted(values)}`,
  }
}

const defaultCapabilities = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
])

/** What is said of containers that add capabilities. */
export const mustNotAdd = (containers: readonly string[], names: readonly string[]): string =>
  `${containersText(containers)} must not include ${quoted(names)} in securityContext.capabilities.add`

export const addedCapabilities = (container: JsonObject): string[] =>
  stringsIn(objectIn(securityOf(container), 'capabilities'), 'add')

export const capabilities = ofContainers(
  'non-default capabilities',
  (container) => addedCapabilities(container).filter((name) => !defaultCapabilities.has(name)),
  mustNotAdd,
)

export const hostNamespaces: Check = ({ spec }) => {
  const used = ['hostNetwork', 'hostPID', 'hostIPC'].filter((field) => boolIn(spec, field))
  if (used.length === 0) return undefined
  return { reason: 'host namespaces', detail: used.map((field) => `${field}=true`).join(', ') }
}

export const hostPathVolumes: Check = ({ spec }) => {
  const bad = objectsIn(spec, 'volumes').filter((volume) => objectOrNone(volume, 'hostPath'))
  if (bad.length === 0) return undefined
  const names = quoted(namesOf(bad))
  return { reason: 'hostPath volumes', detail: `${plural(bad.length, 'volume', 'volumes')} ${names}` }
}

const hostPortsOf = (container: JsonObject) =>
  objectsIn(container, 'ports')
    .map((port) => numberIn(port, 'hostPort'))
    .filter((port) => port !== 0)
    .map(String)

export const hostPorts = ofContainers('hostPort', hostPortsOf, (names, ports) => {
  const noun = plural(ports.length, 'hostPort', 'hostPorts')
  return `${containersText(names)} ${plural(names.length, 'uses', 'use')} ${noun} ${ports.join(', ')}`
})

/** The hosts that a container's probes and hooks call. */
function calledHosts(container: JsonObject): string[] {
  const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'].map((field) =>
    objectIn(container, field),
  )
  const hooks = ['postStart', 'preStop'].map((field) => objectIn(objectIn(container, 'lifecycle'), field))
  return [...probes, ...hooks]
    .flatMap((handler) => [objectIn(handler, 'httpGet'), objectIn(handler, 'tcpSocket')])
    .map((action) => stringIn(action, 'host'))
    .filter((host) => host !== '')
}

export const hostProbes = ofContainers('probe or lifecycle host', calledHosts, (containers, hosts) => {
  const names = sortedSet(containers)
  const noun = plural(hosts.length, 'probe or lifecycle host', 'probe or lifecycle hosts')
  return `${containersText(names)} ${plural(names.length, 'uses', 'use')} ${noun} ${quoted(hosts)}`
})

export const privileged = ofContainers(
  'privileged',
  (container) => (boolIn(securityOf(container), 'privileged') ? ['true'] : []),
  (names) => `${containersText(names)} must not set securityContext.privileged=true`,
)

export const procMount = ofContainers(
  'procMount',
  (container) =>
    [stringOrNone(securityOf(container), 'procMount') ?? []].flat().filter((type) => type !== 'Default'),
  (names, types) => `${containersText(names)} must not set securityContext.procMount to ${quoted(types)}`,
)

/** Since 1.35 a user namespace may see all of /proc. */
export const procMountOnHost: Check = (pod) => (inUserNamespace(pod) ? undefined : procMount(pod))

const seLinuxTypes = ['', 'container_t', 'container_init_t', 'container_kvm_t']

const seLinuxCheck = (allowedTypes: readonly string[]): Check => {
  const isBadType = (options: JsonObject) => !allowedTypes.includes(stringIn(options, 'type'))
  const isBad = (options: JsonObject) =>
    isBadType(options) || stringIn(options, 'user') !== '' || stringIn(options, 'role') !== ''
  return (pod) => {
    const { values, who } = badHolders(pod, 'seLinuxOptions', isBad)
    if (values.length === 0) return undefined
    const types = sortedSet(values.filter(isBadType).map((one) => stringIn(one, 'type')))
    const what = [
      ...(types.length > 0 ? [`${plural(types.length, 'type', 'types')} ${quoted(types)}`] : []),
      ...['user', 'role']
        .filter((field) => values.some((one) => stringIn(one, field) !== ''))
        .map((field) => `${field} may not be set`),
    ]
    return {
      reason: 'seLinuxOptions',
      detail: `${who} set forbidden securityContext.seLinuxOptions: ${what.join('; ')}`,
    }
  }
}

export const seLinuxOptions: Check = seLinuxCheck(seLinuxTypes)
/** Since 1.31. */
export const seLinuxOptionsWithEngine: Check = seLinuxCheck([...seLinuxTypes, 'container_engine_t'])

const sysctlCheck =
  (allowed: readonly string[]): Check =>
  ({ spec }) => {
    const bad = namesOf(objectsIn(securityOf(spec), 'sysctls')).filter((name) => !allowed.includes(name))
    return bad.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: bad.join(', ') }
  }

const sysctls10 = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
]
const sysctls27 = [...sysctls10, 'net.ipv4.ip_local_reserved_ports']
const keepalive = ['time', 'intvl', 'probes'].map((name) => `net.ipv4.tcp_keepalive_${name}`)
const sysctls29 = [...sysctls27, 'net.ipv4.tcp_fin_timeout', ...keepalive]
const sysctls32 = [...sysctls29, 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']

/** By the minor version since which the list holds. */
export const sysctls: readonly (readonly [since: number, check: Check])[] = [
  [0, sysctlCheck(sysctls10)],
  [27, sysctlCheck(sysctls27)],
  [29, sysctlCheck(sysctls29)],
  [32, sysctlCheck(sysctls32)],
]

export const windowsHostProcess: Check = (pod) => {
  const { who } = badHolders(pod, 'windowsOptions', (options) => boolIn(options, 'hostProcess'))
  if (who === '') return undefined
  return {
    reason: 'hostProcess',
    detail: `${who} must not set securityContext.windowsOptions.hostProcess=true`,
  }
}
