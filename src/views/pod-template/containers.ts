import { byText } from '#base/compare.ts'
import { joinHostPort } from '#base/host.ts'
import { goQuote } from '#kube/go-text.ts'
import { boolIn, entriesIn, listIn, numberIn, objectOrNone, textIn } from '#kube/read.ts'
import type { Json, JsonObject } from '#kube/types.ts'
import { canonicalQuantity, resourceFieldValue } from './quantities.ts'
import type { DescribeWriter } from './writer.ts'

/** Containers of a pod template, under a title, as `kubectl describe` shows them. */
export function describeContainers(to: DescribeWriter, title: string, containers: readonly Json[]): void {
  to.write(0, `  ${title}:${containers.length === 0 ? ' <none>' : ''}\n`)
  for (const container of containers) {
    describeBasics(to, container)
    describeLines(to, 'Command', listIn(container, 'command'))
    describeLines(to, 'Args', listIn(container, 'args'))
    const resources = objectOrNone(container, 'resources')
    describeQuantities(to, 'Limits', entriesIn(resources, 'limits'))
    describeQuantities(to, 'Requests', entriesIn(resources, 'requests'))
    describeProbes(to, container)
    describeEnvFrom(to, listIn(container, 'envFrom'))
    describeEnv(to, container)
    describeMounts(to, container)
  }
}

function describeBasics(to: DescribeWriter, container: Json): void {
  to.write(1, ` ${textIn(container, 'name')}:\n`)
  to.write(2, `Image:\t${textIn(container, 'image')}\n`)
  const ports = listIn(container, 'ports')
  describePorts(to, 'Port', ports, 'containerPort')
  describePorts(to, 'Host Port', ports, 'hostPort')
  const seccomp = objectOrNone(objectOrNone(container, 'securityContext'), 'seccompProfile')
  if (!seccomp) return
  const type = textIn(seccomp, 'type')
  to.write(2, `SeccompProfile:\t${type}\n`)
  if (type === 'Localhost') to.write(3, `LocalhostProfile:\t${textIn(seccomp, 'localhostProfile')}\n`)
}

function describePorts(to: DescribeWriter, title: string, ports: readonly Json[], key: string): void {
  const shown = ports
    .map((port) => {
      const name = textIn(port, 'name')
      return `${numberIn(port, key)}/${textIn(port, 'protocol')}${name === '' ? '' : ` (${name})`}`
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
    const probe = objectOrNone(container, key)
    if (probe) to.write(2, `${title}:\t${probeText(probe)}\n`)
  }
}

function probeText(probe: JsonObject): string {
  const number = (key: string) => numberIn(probe, key)
  const timing = `delay=${number('initialDelaySeconds')}s timeout=${number('timeoutSeconds')}s period=${number('periodSeconds')}s #success=${number('successThreshold')} #failure=${number('failureThreshold')}`
  const exec = objectOrNone(probe, 'exec')
  const http = objectOrNone(probe, 'httpGet')
  const tcp = objectOrNone(probe, 'tcpSocket')
  const grpc = objectOrNone(probe, 'grpc')
  if (exec) return `exec [${listIn(exec, 'command').join(' ')}] ${timing}`
  if (http) return `http-get ${probeUrl(http)} ${timing}`
  if (tcp) return `tcp-socket ${textIn(tcp, 'host')}:${portText(tcp)} ${timing}`
  if (grpc) return `grpc <pod>:${numberIn(grpc, 'port')} ${textIn(grpc, 'service')} ${timing}`
  return `unknown ${timing}`
}

/** A port that is absent is the number 0 to Go, one that is an empty name is none. */
function portText(action: JsonObject): string {
  return action.port === undefined || action.port === null ? '0' : String(action.port)
}

/** The URL that a probe asks, composed and escaped like Go's `net/url` does. */
function probeUrl(http: JsonObject): string {
  const scheme = textIn(http, 'scheme').toLowerCase()
  const name = textIn(http, 'host')
  const port = portText(http)
  const joined = port === '' ? name : joinHostPort(name, port)
  const host = escapeUrl(joined, /[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"]/)
  const path = escapeUrl(textIn(http, 'path'), /[A-Za-z0-9\-_.~$&+,/:;=@]/)
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
    const configMap = objectOrNone(source, 'configMapRef')
    const secret = objectOrNone(source, 'secretRef')
    const from = configMap ? 'ConfigMap' : secret ? 'Secret' : ''
    const reference = configMap ?? secret
    const prefix = textIn(source, 'prefix')
    const behind = prefix === '' ? from : `${from} with prefix '${prefix}'`
    to.write(3, `${textIn(reference, 'name')}\t${behind}\tOptional: ${boolIn(reference, 'optional')}\n`)
  }
}

function describeEnv(to: DescribeWriter, container: Json): void {
  const variables = listIn(container, 'env')
  to.write(2, `Environment:${variables.length === 0 ? '\t<none>' : ''}\n`)
  for (const variable of variables) {
    const source = objectOrNone(variable, 'valueFrom')
    const shown = source ? envSourceText(source, container) : textIn(variable, 'value').split('\n')
    for (const [at, line] of shown.entries())
      to.write(3, `${at === 0 ? `${textIn(variable, 'name')}:` : ''}\t${line}\n`)
  }
}

/** The one line about where a variable's value comes from; none for a source that kubectl does not show. */
function envSourceText(source: JsonObject, container: Json): string[] {
  const field = objectOrNone(source, 'fieldRef')
  const resource = objectOrNone(source, 'resourceFieldRef')
  const secret = objectOrNone(source, 'secretKeyRef')
  const configMap = objectOrNone(source, 'configMapKeyRef')
  if (field) return [` (${textIn(field, 'apiVersion')}:${textIn(field, 'fieldPath')})`]
  if (resource) {
    const name = textIn(resource, 'resource')
    const value = resourceFieldValue(name, textIn(resource, 'divisor'), objectOrNone(container, 'resources'))
    const unlimited = value === '0' && (name === 'limits.cpu' || name === 'limits.memory')
    return [`${unlimited ? 'node allocatable' : value} (${name})`]
  }
  if (secret)
    return [
      `<set to the key '${textIn(secret, 'key')}' in secret '${textIn(secret, 'name')}'>${optional(secret)}`,
    ]
  if (configMap)
    return [
      `<set to the key '${textIn(configMap, 'key')}' of config map '${textIn(configMap, 'name')}'>${optional(configMap)}`,
    ]
  return []
}

function optional(reference: JsonObject): string {
  return `\tOptional: ${boolIn(reference, 'optional')}`
}

function describeMounts(to: DescribeWriter, container: Json): void {
  const mounts = listIn(container, 'volumeMounts').toSorted(byText((mount) => textIn(mount, 'mountPath')))
  const none = mounts.length === 0 ? '\t<none>' : ''
  to.write(2, `Mounts:${none}\n`)
  for (const mount of mounts) {
    const subPath = textIn(mount, 'subPath')
    const flags = `${boolIn(mount, 'readOnly') ? 'ro' : 'rw'}${subPath === '' ? '' : `,path=${goQuote(subPath)}`}`
    to.write(3, `${textIn(mount, 'mountPath')} from ${textIn(mount, 'name')} (${flags})\n`)
  }
  const devices = listIn(container, 'volumeDevices').toSorted(
    byText((device) => textIn(device, 'devicePath')),
  )
  // The note is that of the mounts: kubectl puts `<none>` here when there are devices and no mounts.
  if (devices.length > 0) to.write(2, `Devices:${none}\n`)
  for (const device of devices)
    to.write(3, `${textIn(device, 'devicePath')} from ${textIn(device, 'name')}\n`)
}
