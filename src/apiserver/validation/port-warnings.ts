/** What the server warns of in the ports of a pod. Mirrors pkg/api/pod/warnings.go. */
import { goQuote } from '#kube/go-text.ts'
import { numberIn, stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { allContainers } from './all-containers.ts'
import type { Place } from './place.ts'

interface PortPlace {
  readonly port: JsonObject
  readonly at: Place
}

function portConflict(port: JsonObject, other: JsonObject): string | undefined {
  const [address, otherAddress] = [stringIn(port, 'hostIP'), stringIn(other, 'hostIP')]
  const [host, otherHost] = [numberIn(port, 'hostPort'), numberIn(other, 'hostPort')]
  if (address === otherAddress && host === otherHost) return 'duplicate'
  if (host === 0 || otherHost === 0) return 'overlapping'
  return host === otherHost && (address === '') !== (otherAddress === '')
    ? 'dangerously ambiguous'
    : undefined
}

/** Ports that take each other's place. */
export function warnOfPorts(spec: JsonObject, at: Place): void {
  const taken = new Map<string, PortPlace[]>()
  for (const { container, place } of allContainers(spec, at)) {
    for (const [port, here] of place.items(container, 'ports')) {
      if (stringIn(port, 'hostIP') !== '' && numberIn(port, 'hostPort') === 0) {
        here.warn(`hostIP set without hostPort: ${portText(port)}`)
      }
      const key = `${numberIn(port, 'containerPort')}/${stringIn(port, 'protocol')}`
      const others = taken.get(key) ?? []
      for (const other of others) {
        const conflict = portConflict(port, other.port)
        if (conflict) here.warn(`${conflict} port definition with ${other.at.field}`)
      }
      taken.set(key, [...others, { port, at: here }])
    }
  }
}

/** Names of ports among the containers that run side by side. */
export function warnOfPortNames(spec: JsonObject, at: Place): void {
  const first = new Map<string, Place>()
  for (const { container, place } of allContainers(spec, at)) {
    const beforehand = place.field.includes('initContainers') && container.restartPolicy !== 'Always'
    for (const [port, here] of beforehand ? [] : place.items(container, 'ports')) {
      const name = stringIn(port, 'name')
      const other = first.get(name)
      if (other) {
        const use = `services and probes that select ports by name will use ${other.field}`
        here.warn(`duplicate port name ${goQuote(name)} with ${other.field}, ${use}`)
      } else if (name !== '') first.set(name, here)
    }
  }
}

/** A port as Go's `%+v` shows the struct. */
function portText(port: JsonObject): string {
  const host = `Name:${stringIn(port, 'name')} HostPort:${numberIn(port, 'hostPort')}`
  const rest = `ContainerPort:${numberIn(port, 'containerPort')} Protocol:${stringIn(port, 'protocol')}`
  return `{${host} ${rest} HostIP:${stringIn(port, 'hostIP')}}`
}
