import { goQuote } from '#kube/field-error.ts'
import type { Json, JsonObject } from '#kube/types.ts'
import { canonicalQuantity, resourceFieldValue } from './quantities.ts'
import { type DescribeWriter, flagOf, listOf, numberOf, objectOf, sortedEntries, textOf } from './writer.ts'

/** Containers of a pod template, under a title, as `kubectl describe` shows them. */
export function describeContainers(to: DescribeWriter, title: string, containers: readonly Json[]): void {
  to.write(0, `  ${title}:${containers.length === 0 ? ' <none>' : ''}\n`)
  for (const container of containers) {
    describeBasics(to, container)
    describeLines(to, 'Command', listOf(container, 'command'))
    describeLines(to, 'Args', listOf(container, 'args'))
    const resources = objectOf(container, 'resources')
    describeQuantities(to, 'Limits', sortedEntries(resources, 'limits'))
    describeQuantities(to, 'Requests', sortedEntries(resources, 'requests'))
    describeProbes(to, container)
    describeEnvFrom(to, listOf(container, 'envFrom'))
    describeEnv(to, container)
    describeMounts(to, container)
  }
}

function describeBasics(to: DescribeWriter, container: Json): void {
  to.write(1, ` ${textOf(container, 'name')}:\n`)
  to.write(2, `Image:\t${textOf(container, 'image')}\n`)
  const ports = listOf(container, 'ports')
  describePorts(to, 'Port', ports, 'containerPort')
  describePorts(to, 'Host Port', ports, 'hostPort')
  const seccomp = objectOf(objectOf(container, 'securityContext'), 'seccompProfile')
  if (!seccomp) return
  const type = textOf(seccomp, 'type')
  to.write(2, `SeccompProfile:\t${type}\n`)
  if (type === 'Localhost') to.write(3, `LocalhostProfile:\t${textOf(seccomp, 'localhostProfile')}\n`)
}

function describePorts(to: DescribeWriter, title: string, ports: readonly Json[], key: string): void {
  const shown = ports
    .map((port) => {
      const name = textOf(port, 'name')
      return `${numberOf(port, key)}/${textOf(port, 'protocol')}${name === '' ? '' : ` (${name})`}`
    })
    .join(', ')
  to.write(2, `${title}${shown.includes(',') ? 's' : ''}:\t${shown === '' ? '<none>' : shown}\n`)
}

function describeLines(to: DescribeWriter, title: string, words: readonly Json[]): void {
  if (words.length > 0) to.write(2, `${title}:\n`)
  for (const line of words.flatMap((word) => String(word).split('\n'))) to.write(3, `${line}\n`)
}

function describeQuantities(
  to: DescribeWriter,
  title: string,
  quantities: readonly [string, string][],
): void {
  if (quantities.length > 0) to.write(2, `${title}:\n`)
  for (const [name, quantity] of quantities) to.write(3, `${name}:\t${canonicalQuantity(quantity)}\n`)
}

const probes = [
  ['Liveness', 'livenessProbe'],
  ['Readiness', 'readinessProbe'],
  ['Startup', 'startupProbe'],
] as const

function describeProbes(to: DescribeWriter, container: Json): void {
  for (const [title, key] of probes) {
    const probe = objectOf(container, key)
    if (probe) to.write(2, `${title}:\t${probeText(probe)}\n`)
  }
}

function probeText(probe: JsonObject): string {
  const number = (key: string) => numberOf(probe, key)
  const timing = `delay=${number('initialDelaySeconds')}s timeout=${number('timeoutSeconds')}s period=${number('periodSeconds')}s #success=${number('successThreshold')} #failure=${number('failureThreshold')}`
  const exec = objectOf(probe, 'exec')
  const http = objectOf(probe, 'httpGet')
  const tcp = objectOf(probe, 'tcpSocket')
  const grpc = objectOf(probe, 'grpc')
  if (exec) return `exec [${listOf(exec, 'command').join(' ')}] ${timing}`
  if (http) return `http-get ${probeUrl(http)} ${timing}`
  if (tcp) return `tcp-socket ${textOf(tcp, 'host')}:${portText(tcp)} ${timing}`
  if (grpc) return `grpc <pod>:${numberOf(grpc, 'port')} ${textOf(grpc, 'service')} ${timing}`
  return `unknown ${timing}`
}

/** A port that is absent is the number 0 to Go, one that is an empty name is none. */
function portText(action: JsonObject): string {
  return action.port === undefined || action.port === null ? '0' : String(action.port)
}

/** The URL that a probe asks, composed and escaped like Go's `net/url` does. */
function probeUrl(http: JsonObject): string {
  const scheme = textOf(http, 'scheme').toLowerCase()
  const name = textOf(http, 'host')
  const port = portText(http)
  const joined = port === '' ? name : `${name.includes(':') ? `[${name}]` : name}:${port}`
  const host = escapeUrl(joined, /[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"]/)
  const path = escapeUrl(textOf(http, 'path'), /[A-Za-z0-9\-_.~$&+,/:;=@]/)
  const authority = scheme !== '' || host !== '' ? (host !== '' || path !== '' ? `//${host}` : '') : ''
  const slash = path !== '' && !path.startsWith('/') && host !== '' ? '/' : ''
  return `${scheme === '' ? '' : `${scheme}:`}${authority}${slash}${path === '%2A' ? '*' : path}`
}

function escapeUrl(text: string, allowed: RegExp): string {
  const bytes = new TextEncoder().encode(text)
  return Array.from(bytes, (byte) => {
    const char = String.fromCharCode(byte)
    return allowed.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }).join('')
}

function describeEnvFrom(to: DescribeWriter, sources: readonly Json[]): void {
  if (sources.length > 0) to.write(2, 'Environment Variables from:\n')
  for (const source of sources) {
    const configMap = objectOf(source, 'configMapRef')
    const secret = objectOf(source, 'secretRef')
    const from = configMap ? 'ConfigMap' : secret ? 'Secret' : ''
    const reference = configMap ?? secret
    const prefix = textOf(source, 'prefix')
    const behind = prefix === '' ? from : `${from} with prefix '${prefix}'`
    to.write(3, `${textOf(reference, 'name')}\t${behind}\tOptional: ${flagOf(reference, 'optional')}\n`)
  }
}

function describeEnv(to: DescribeWriter, container: Json): void {
  const variables = listOf(container, 'env')
  to.write(2, `Environment:${variables.length === 0 ? '\t<none>' : ''}\n`)
  for (const variable of variables) {
    const source = objectOf(variable, 'valueFrom')
    const shown = source ? envSourceText(source, container) : textOf(variable, 'value').split('\n')
    for (const [at, line] of shown.entries())
      to.write(3, `${at === 0 ? `${textOf(variable, 'name')}:` : ''}\t${line}\n`)
  }
}

/** The one line about where a variable's value comes from; none for a source that kubectl does not show. */
function envSourceText(source: JsonObject, container: Json): string[] {
  const field = objectOf(source, 'fieldRef')
  const resource = objectOf(source, 'resourceFieldRef')
  const secret = objectOf(source, 'secretKeyRef')
  const configMap = objectOf(source, 'configMapKeyRef')
  if (field) return [` (${textOf(field, 'apiVersion')}:${textOf(field, 'fieldPath')})`]
  if (resource) {
    const name = textOf(resource, 'resource')
    const value = resourceFieldValue(name, textOf(resource, 'divisor'), objectOf(container, 'resources'))
    const unlimited = value === '0' && (name === 'limits.cpu' || name === 'limits.memory')
    return [`${unlimited ? 'node allocatable' : value} (${name})`]
  }
  if (secret)
    return [
      `<set to the key '${textOf(secret, 'key')}' in secret '${textOf(secret, 'name')}'>${optional(secret)}`,
    ]
  if (configMap)
    return [
      `<set to the key '${textOf(configMap, 'key')}' of config map '${textOf(configMap, 'name')}'>${optional(configMap)}`,
    ]
  return []
}

function optional(reference: JsonObject): string {
  return `\tOptional: ${flagOf(reference, 'optional')}`
}

function describeMounts(to: DescribeWriter, container: Json): void {
  const mounts = byKey(listOf(container, 'volumeMounts'), 'mountPath')
  const none = mounts.length === 0 ? '\t<none>' : ''
  to.write(2, `Mounts:${none}\n`)
  for (const mount of mounts) {
    const subPath = textOf(mount, 'subPath')
    const flags = `${flagOf(mount, 'readOnly') ? 'ro' : 'rw'}${subPath === '' ? '' : `,path=${goQuote(subPath)}`}`
    to.write(3, `${textOf(mount, 'mountPath')} from ${textOf(mount, 'name')} (${flags})\n`)
  }
  const devices = byKey(listOf(container, 'volumeDevices'), 'devicePath')
  // The note is that of the mounts: kubectl puts `<none>` here when there are devices and no mounts.
  if (devices.length > 0) to.write(2, `Devices:${none}\n`)
  for (const device of devices)
    to.write(3, `${textOf(device, 'devicePath')} from ${textOf(device, 'name')}\n`)
}

function byKey(list: readonly Json[], key: string): Json[] {
  return list.toSorted((a, b) => {
    const [left, right] = [textOf(a, key), textOf(b, key)]
    return left < right ? -1 : left > right ? 1 : 0
  })
}
