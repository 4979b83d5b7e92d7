/** What the server warns of in the ports of a pod. Mirrors pkg/api/pod/warnings.go. */
import { goQuote } from '#kube/go-text.ts'
import { allContainers } from './all-containers.ts'
import type { Place } from './place.ts'

function portConflict(port: Place, other: Place): string | undefined {
  const [address, otherAddress] = [port.child('hostIP').text, other.child('hostIP').text]
  const [host, otherHost] = [port.child('hostPort').number, other.child('hostPort').number]
  if (address === otherAddress && host === otherHost) return 'duplicate'
  if (host === 0 || otherHost === 0) return 'overlapping'
  return host === otherHost && (address === '') !== (otherAddress === '')
    ? 'dangerously ambiguous'
    : undefined
}

/** Ports that take each other's place. */
export function warnOfPorts(spec: Place): void {
  const taken = new Map<string, Place[]>()
  for (const port of allContainers(spec).flatMap((container) => container.items('ports'))) {
    if (port.child('hostIP').text !== '' && port.child('hostPort').number === 0)
      port.warn(`hostIP set without hostPort: ${portText(port)}`)
    const key = `${port.child('containerPort').number}/${port.child('protocol').text}`
    const others = taken.get(key) ?? []
    for (const other of others) {
      const conflict = portConflict(port, other)
      if (conflict) port.warn(`${conflict} port definition with ${other.field}`)
    }
    taken.set(key, [...others, port])
  }
}

/** Names of ports that several containers use. */
export function warnOfPortNames(spec: Place): void {
  const first = new Map<string, Place>()
  for (const port of allContainers(spec).flatMap((container) => container.items('ports'))) {
    const name = port.child('name').text
    const other = first.get(name)
    if (other) {
      const use = `services and probes that select ports by name will use ${other.field}`
      port.warn(`duplicate port name ${goQuote(name)} with ${other.field}, ${use}`)
    } else if (name !== '') first.set(name, port)
  }
}

/** A port as Go's `%+v` shows the struct. */
function portText(port: Place): string {
  const [name, protocol, address] = ['name', 'protocol', 'hostIP'].map((field) => port.child(field).text)
  const [host, number] = ['hostPort', 'containerPort'].map((field) => port.child(field).number)
  return `{Name:${name} HostPort:${host} ContainerPort:${number} Protocol:${protocol} HostIP:${address}}`
}
