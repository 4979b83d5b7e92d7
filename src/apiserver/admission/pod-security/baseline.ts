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
  type Check,
  containersText,
  holdersOf,
  inUserNamespace,
  namesOf,
  plural,
  quoted,
  securityOf,
  setters,
  sortedSet,
} from './violation.ts'

const appArmorAnnotation = 'container.apparmor.security.beta.kubernetes.io/'
const allowedAppArmor = new Set(['RuntimeDefault', 'Localhost'])
const isAllowedAppArmorAnnotation = (value: string) =>
  value === '' || value === 'runtime/default' || value.startsWith('localhost/')

export const appArmorProfile: Check = (pod) => {
  const { pod: own, containers } = holdersOf(pod, 'appArmorProfile')
  const isBad = (profile: JsonObject) => !allowedAppArmor.has(stringIn(profile, 'type'))
  const podIsBad = own !== undefined && isBad(own)
  const bad = containers.filter(({ value }) => isBad(value))
  const annotations = Object.entries(pod.annotations)
    .map(([key, value]) => [key, textOf(value)] as const)
    .filter(([key, value]) => key.startsWith(appArmorAnnotation) && !isAllowedAppArmorAnnotation(value))
    .map(([key, value]) => `${key}=${goQuote(value)}`)
  const profiles = [...(podIsBad ? [own] : []), ...bad.map(({ value }) => value)]
  const values = [
    ...sortedSet(profiles.map((profile) => stringIn(profile, 'type'))),
    ...sortedSet(annotations),
  ]
  if (values.length === 0) return undefined
  const who = [
    setters(
      podIsBad,
      bad.map(({ name }) => name),
    ),
    annotations.length > 0 ? plural(annotations.length, 'annotation', 'annotations') : '',
  ]
  return {
    reason: plural(values.length, 'forbidden AppArmor profile', 'forbidden AppArmor profiles'),
    detail: `${who.filter(Boolean).join(' and ')} must not set AppArmor profile type to ${quoted(values)}`,
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

export const addedCapabilities = (container: JsonObject): string[] =>
  stringsIn(objectIn(securityOf(container), 'capabilities'), 'add')

export const capabilities: Check = ({ containers }) => {
  const forbidden = (container: JsonObject) =>
    addedCapabilities(container).filter((name) => !defaultCapabilities.has(name))
  const bad = containers.filter((container) => forbidden(container).length > 0)
  if (bad.length === 0) return undefined
  const names = quoted(sortedSet(bad.flatMap(forbidden)))
  return {
    reason: 'non-default capabilities',
    detail: `${containersText(namesOf(bad))} must not include ${names} in securityContext.capabilities.add`,
  }
}

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

export const hostPorts: Check = ({ containers }) => {
  const bad = containers.filter((container) => hostPortsOf(container).length > 0)
  if (bad.length === 0) return undefined
  const ports = sortedSet(bad.flatMap(hostPortsOf).map(String))
  const verb = plural(bad.length, 'uses', 'use')
  const noun = plural(ports.length, 'hostPort', 'hostPorts')
  return { reason: 'hostPort', detail: `${containersText(namesOf(bad))} ${verb} ${noun} ${ports.join(', ')}` }
}

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

export const hostProbes: Check = ({ containers }) => {
  const bad = containers.filter((container) => calledHosts(container).length > 0)
  if (bad.length === 0) return undefined
  const names = sortedSet(namesOf(bad))
  const hosts = sortedSet(bad.flatMap(calledHosts))
  const noun = plural(hosts.length, 'probe or lifecycle host', 'probe or lifecycle hosts')
  return {
    reason: 'probe or lifecycle host',
    detail: `${containersText(names)} ${plural(names.length, 'uses', 'use')} ${noun} ${quoted(hosts)}`,
  }
}

export const privileged: Check = ({ containers }) => {
  const bad = containers.filter((container) => boolIn(securityOf(container), 'privileged'))
  if (bad.length === 0) return undefined
  return {
    reason: 'privileged',
    detail: `${containersText(namesOf(bad))} must not set securityContext.privileged=true`,
  }
}

export const procMount: Check = ({ containers }) => {
  const typeOf = (container: JsonObject) => stringOrNone(securityOf(container), 'procMount') ?? 'Default'
  const bad = containers.filter((container) => typeOf(container) !== 'Default')
  if (bad.length === 0) return undefined
  const types = quoted(sortedSet(bad.map(typeOf)))
  return {
    reason: 'procMount',
    detail: `${containersText(namesOf(bad))} must not set securityContext.procMount to ${types}`,
  }
}

/** Since 1.35 a user namespace may see all of /proc. */
export const procMountOnHost: Check = (pod) => (inUserNamespace(pod) ? undefined : procMount(pod))

const seLinuxTypes = ['', 'container_t', 'container_init_t', 'container_kvm_t']

const seLinuxCheck = (allowedTypes: readonly string[]): Check => {
  const isBadType = (options: JsonObject) => !allowedTypes.includes(stringIn(options, 'type'))
  const isBad = (options: JsonObject) =>
    isBadType(options) || stringIn(options, 'user') !== '' || stringIn(options, 'role') !== ''
  return (pod) => {
    const { pod: own, containers } = holdersOf(pod, 'seLinuxOptions')
    const bad = containers.filter(({ value }) => isBad(value))
    const options = [...(own ? [own] : []), ...containers.map(({ value }) => value)]
    if (!options.some(isBad)) return undefined
    const types = sortedSet(options.filter(isBadType).map((one) => stringIn(one, 'type')))
    const what = [
      ...(types.length > 0 ? [`${plural(types.length, 'type', 'types')} ${quoted(types)}`] : []),
      ...['user', 'role']
        .filter((field) => options.some((one) => stringIn(one, field) !== ''))
        .map((field) => `${field} may not be set`),
    ]
    const who = setters(
      own !== undefined && isBad(own),
      bad.map(({ name }) => name),
    )
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
  const { pod: own, containers } = holdersOf(pod, 'windowsOptions')
  const bad = containers.filter(({ value }) => boolIn(value, 'hostProcess'))
  const who = setters(
    boolIn(own, 'hostProcess'),
    bad.map(({ name }) => name),
  )
  if (who === '') return undefined
  return {
    reason: 'hostProcess',
    detail: `${who} must not set securityContext.windowsOptions.hostProcess=true`,
  }
}
