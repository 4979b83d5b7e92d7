/** What the server takes and warns of. Mirrors pkg/api/pod/warnings.go for templates, in its order. */

import { goQuote } from '#kube/go-text.ts'
import { labelValueErrors } from '#kube/labels.ts'
import { parseQuantity, quantityMilliValue } from '#kube/quantity.ts'
import {
  entriesIn,
  numberIn,
  numberOrNone,
  objectIn,
  objectOrNone,
  objectsIn,
  stringIn,
  stringOrNone,
  stringsIn,
} from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { allContainers } from './all-containers.ts'
import { appArmorPrefix, seccompContainerPrefix, seccompPod } from './annotations.ts'
import { canonicalIpv6 } from './names.ts'
import { Place } from './place.ts'
import type { AdmissionWarning } from './types.ts'

class Warnings {
  readonly list: AdmissionWarning[] = []

  add(at: Place, text: string): void {
    this.list.push({ message: `${at.field}: ${text}`, field: at.field, path: at.path })
  }
}

/** Node labels of old, and what to use instead (pkg/api/node). */
const deprecatedLabels: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region':
    'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone':
    'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type':
    'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  'app.kubernetes.io/created-by': 'deprecated since v1.9',
  'scheduler.alpha.kubernetes.io/preferAvoidPods':
    'deprecated since v1.22; use Taints and Tolerations instead',
  'node-role.kubernetes.io/master': 'use "node-role.kubernetes.io/control-plane" instead',
}
const deprecatedLabel = (name: string) =>
  Object.hasOwn(deprecatedLabels, name) ? deprecatedLabels[name] : undefined

const required = 'requiredDuringSchedulingIgnoredDuringExecution'
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution'

/** Values of preferred terms are not checked when the object is; the server warns of them instead. */
function warnOfTerm(term: JsonObject, checkValues: boolean, at: Place, warnings: Warnings): void {
  for (const [index, expression] of objectsIn(term, 'matchExpressions').entries()) {
    const here = at.child('matchExpressions').index(index)
    const key = stringIn(expression, 'key')
    const text = deprecatedLabel(key)
    if (text) warnings.add(here.child('key'), `${key} is ${text}`)
    if (!checkValues) continue
    for (const [valueIndex, value] of stringsIn(expression, 'values').entries()) {
      for (const error of labelValueErrors(value)) {
        warnings.add(here.child('values').index(valueIndex), `${value} is invalid, ${error}`)
      }
    }
  }
}

function warnOfNodeLabels(spec: JsonObject, at: Place, warnings: Warnings): void {
  for (const [name] of entriesIn(spec, 'nodeSelector')) {
    const text = deprecatedLabel(name)
    if (text) warnings.add(at.child('nodeSelector').key(name), text)
  }
  const affinity = objectIn(objectIn(spec, 'affinity'), 'nodeAffinity')
  const affinityAt = at.child('affinity').child('nodeAffinity')
  for (const [index, term] of objectsIn(objectIn(affinity, required), 'nodeSelectorTerms').entries()) {
    warnOfTerm(term, false, affinityAt.child(required).child('nodeSelectorTerms').index(index), warnings)
  }
  for (const [index, term] of objectsIn(affinity, preferred).entries()) {
    const here = affinityAt.child(preferred).index(index).child('preference')
    warnOfTerm(objectIn(term, 'preference'), true, here, warnings)
  }
}

const noSelector = 'a null labelSelector results in matching no pod'

function warnOfSpread(spec: JsonObject, at: Place, warnings: Warnings): void {
  for (const [index, constraint] of objectsIn(spec, 'topologySpreadConstraints').entries()) {
    const here = at.child('topologySpreadConstraints').index(index)
    const key = stringIn(constraint, 'topologyKey')
    const text = deprecatedLabel(key)
    if (text) warnings.add(here.child('topologyKey'), `${key} is ${text}`)
    if (!objectOrNone(constraint, 'labelSelector')) warnings.add(here.child('labelSelector'), noSelector)
  }
}

const deprecatedAnnotations: Readonly<Record<string, string>> = {
  'scheduler.alpha.kubernetes.io/critical-pod':
    'non-functional in v1.16+; use the "priorityClassName" field instead',
  'security.alpha.kubernetes.io/sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
  'security.alpha.kubernetes.io/unsafe-sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
}

const deprecatedVolumes: readonly (readonly [string, string, string?])[] = [
  ['photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'deprecated in v1.11'],
  ['scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'deprecated in v1.22, non-functional in v1.25+', 'storageOS'],
  ['quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'deprecated in v1.28, non-functional in v1.31+'],
]

function warnOfVolumes(spec: JsonObject, at: Place, warnings: Warnings): void {
  for (const [index, volume] of objectsIn(spec, 'volumes').entries()) {
    const here = at.child('volumes').index(index)
    for (const [kind, text, shown] of deprecatedVolumes) {
      if (objectOrNone(volume, kind)) warnings.add(here.child(shown ?? kind, [kind]), text)
    }
    const claim = objectIn(objectIn(volume, 'ephemeral'), 'volumeClaimTemplate')
    const requests = objectIn(objectIn(objectIn(claim, 'spec'), 'resources'), 'requests')
    const claimAt = here.child('ephemeral').child('volumeClaimTemplate').child('spec').child('resources')
    warnOfFraction(requests, 'storage', claimAt.child('requests'), warnings)
  }
  warnOfTokenPaths(spec, at, warnings)
}

/** Projected files that would hide a service account token. */
function warnOfTokenPaths(spec: JsonObject, at: Place, warnings: Warnings): void {
  const sources = objectsIn(spec, 'volumes').map((volume) =>
    objectsIn(objectIn(volume, 'projected'), 'sources'),
  )
  const tokens = new Set(
    sources.flat().flatMap((source) => {
      const token = objectOrNone(source, 'serviceAccountToken')
      return token ? [stringIn(token, 'path')] : []
    }),
  )
  if (tokens.size === 0) return
  const kinds = [
    ['configMap', 'configMap'],
    ['secret', 'secrets'],
    ['downwardAPI', 'downwardAPI'],
  ] as const
  for (const [index, list] of sources.entries()) {
    for (const source of list) {
      for (const [kind, shown] of kinds) {
        for (const [itemIndex, item] of objectsIn(objectIn(source, kind), 'items').entries()) {
          const path = stringIn(item, 'path')
          const here = at.child('volumes').index(index).child('projected').child('sources').child(shown, [])
          if (tokens.has(path)) {
            warnings.add(
              here.child(`[${itemIndex}]`, []),
              `has duplicated path with ServiceAccountToken ${goQuote(path)}`,
            )
          }
        }
      }
    }
  }
}

function warnOfFraction(amounts: JsonObject, name: string, at: Place, warnings: Warnings): void {
  const text = stringOrNone(amounts, name)
  const parsed = text === undefined ? undefined : parseQuantity(text)
  if (text !== undefined && parsed?.ok && quantityMilliValue(parsed.quantity) % 1000n !== 0n) {
    const rule = `fractional byte value ${goQuote(text)} is invalid, must be an integer`
    warnings.add(at.key(name), rule)
  }
}

/** Entries of one name or address. */
function warnOfRepeats(
  spec: JsonObject,
  list: string,
  field: string,
  shown: string,
  at: Place,
  warnings: Warnings,
): void {
  const seen = new Set<string>()
  for (const [index, item] of objectsIn(spec, list).entries()) {
    const value = stringIn(item, field)
    const here = at.child(list).index(index).child(field)
    if (seen.has(value)) warnings.add(here, `duplicate ${shown} ${goQuote(value)}`)
    seen.add(value)
  }
}

function warnOfAddress(address: string, at: Place, warnings: Warnings): void {
  if (!address.includes(':')) return
  const canonical = canonicalIpv6(address)
  if (canonical !== address) {
    const form = `should be in RFC 5952 canonical format (${goQuote(canonical)})`
    warnings.add(at, `IPv6 address ${goQuote(address)} ${form}`)
  }
}

function warnOfLists(spec: JsonObject, at: Place, warnings: Warnings): void {
  warnOfRepeats(spec, 'hostAliases', 'ip', 'ip', at, warnings)
  for (const [index, alias] of objectsIn(spec, 'hostAliases').entries()) {
    warnOfAddress(stringIn(alias, 'ip'), at.child('hostAliases').index(index).child('ip'), warnings)
  }
  for (const [index, address] of stringsIn(objectIn(spec, 'dnsConfig'), 'nameservers').entries()) {
    warnOfAddress(address, at.child('dnsConfig').child('nameservers').index(index), warnings)
  }
  warnOfRepeats(spec, 'imagePullSecrets', 'name', 'name', at, warnings)
  for (const [index, secret] of objectsIn(spec, 'imagePullSecrets').entries()) {
    const here = at.child('imagePullSecrets').index(index).child('name')
    if (stringIn(secret, 'name') === '') warnings.add(here, 'invalid empty name ""')
  }
  for (const name of ['memory', 'ephemeral-storage']) {
    warnOfFraction(objectIn(spec, 'overhead'), name, at.child('overhead'), warnings)
  }
}

const useSeccompField = 'non-functional in v1.27+; use the "seccompProfile" field instead'

function warnOfEnv(container: JsonObject, at: Place, warnings: Warnings): void {
  const seen = new Set<string>()
  for (const [index, variable] of objectsIn(container, 'env').entries()) {
    const name = stringIn(variable, 'name')
    const value = stringIn(variable, 'value')
    const reference = `$(${name})`
    const hides = variable.valueFrom !== undefined || value === reference || !value.includes(reference)
    if (seen.has(name) && hides) {
      const text = `hides previous definition of ${goQuote(name)}, which may be dropped when using apply`
      warnings.add(at.child('env').index(index), text)
    }
    seen.add(name)
  }
}

function warnOfContainers(metadata: JsonObject, spec: JsonObject, root: Place, warnings: Warnings): void {
  const annotations = objectIn(metadata, 'annotations')
  const annotationsAt = root.child('metadata').child('annotations')
  const podContext = objectIn(spec, 'securityContext')
  if (!podContext.seccompProfile && annotations[seccompPod] !== undefined) {
    warnings.add(annotationsAt.key(seccompPod), useSeccompField)
  }
  for (const { container, place } of allContainers(spec, root.child('spec'))) {
    const context = objectIn(container, 'securityContext')
    const name = stringIn(container, 'name')
    const seccomp = seccompContainerPrefix + name
    if (!context.seccompProfile && annotations[seccomp] !== undefined) {
      warnings.add(annotationsAt.key(seccomp), useSeccompField)
    }
    const appArmor = appArmorPrefix + name
    if (!podContext.appArmorProfile && !context.appArmorProfile && annotations[appArmor] !== undefined) {
      const text = 'deprecated since v1.30; use the "appArmorProfile" field instead'
      warnings.add(annotationsAt.key(appArmor), text)
    }
    for (const resource of ['memory', 'ephemeral-storage']) {
      for (const list of ['limits', 'requests']) {
        const amounts = objectIn(objectIn(container, 'resources'), list)
        warnOfFraction(amounts, resource, place.child('resources').child(list), warnings)
      }
    }
    warnOfEnv(container, place, warnings)
  }
}

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

function warnOfPorts(spec: JsonObject, at: Place, warnings: Warnings): void {
  const taken = new Map<string, PortPlace[]>()
  for (const { container, place } of allContainers(spec, at)) {
    for (const [index, port] of objectsIn(container, 'ports').entries()) {
      const here = place.child('ports').index(index)
      if (stringIn(port, 'hostIP') !== '' && numberIn(port, 'hostPort') === 0) {
        warnings.add(here, `hostIP set without hostPort: ${portText(port)}`)
      }
      const key = `${numberIn(port, 'containerPort')}/${stringIn(port, 'protocol')}`
      const others = taken.get(key) ?? []
      for (const other of others) {
        const conflict = portConflict(port, other.port)
        if (conflict) warnings.add(here, `${conflict} port definition with ${other.at.field}`)
      }
      taken.set(key, [...others, { port, at: here }])
    }
  }
}

/** Names of ports among the containers that run side by side. */
function warnOfPortNames(spec: JsonObject, at: Place, warnings: Warnings): void {
  const first = new Map<string, Place>()
  for (const { container, place } of allContainers(spec, at)) {
    const beforehand = place.field.includes('initContainers') && container.restartPolicy !== 'Always'
    for (const [index, port] of beforehand ? [] : objectsIn(container, 'ports').entries()) {
      const name = stringIn(port, 'name')
      const here = place.child('ports').index(index)
      const other = first.get(name)
      if (other) {
        const use = `services and probes that select ports by name will use ${other.field}`
        warnings.add(here, `duplicate port name ${goQuote(name)} with ${other.field}, ${use}`)
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

function warnOfPodAffinity(spec: JsonObject, at: Place, warnings: Warnings): void {
  for (const kind of ['podAffinity', 'podAntiAffinity']) {
    const affinity = objectIn(objectIn(spec, 'affinity'), kind)
    const here = at.child('affinity').child(kind)
    for (const [index, term] of objectsIn(affinity, required).entries()) {
      const termAt = here.child(required).index(index)
      if (!objectOrNone(term, 'labelSelector')) warnings.add(termAt.child('labelSelector'), noSelector)
    }
    for (const [index, weighted] of objectsIn(affinity, preferred).entries()) {
      const termAt = here.child(preferred).index(index).child('podAffinityTerm')
      const term = objectIn(weighted, 'podAffinityTerm')
      if (!objectOrNone(term, 'labelSelector')) warnings.add(termAt.child('labelSelector'), noSelector)
    }
  }
}

/**
 * The warnings that a server sends for a DaemonSet's template.
 *
 * @param daemonSet decoded and defaulted, as `defaultDaemonSet` answers it
 */
export const warningsForDaemonSet = (daemonSet: JsonObject): AdmissionWarning[] =>
  warningsForTemplate(objectIn(objectIn(daemonSet, 'spec'), 'template'), Place.root('spec').child('template'))

/** What the server warns of in a pod template that stands at this place. */
export function warningsForTemplate(template: JsonObject, root: Place): AdmissionWarning[] {
  const warnings = new Warnings()
  const metadata = objectIn(template, 'metadata')
  const spec = objectIn(template, 'spec')
  const at = root.child('spec')
  warnOfNodeLabels(spec, at, warnings)
  warnOfSpread(spec, at, warnings)
  for (const [name, text] of Object.entries(deprecatedAnnotations)) {
    const here = root.child('metadata').child('annotations').key(name)
    if (objectIn(metadata, 'annotations')[name] !== undefined) warnings.add(here, text)
  }
  warnOfVolumes(spec, at, warnings)
  warnOfLists(spec, at, warnings)
  warnOfContainers(metadata, spec, root, warnings)
  warnOfPorts(spec, at, warnings)
  warnOfPortNames(spec, at, warnings)
  const seconds = numberOrNone(spec, 'terminationGracePeriodSeconds')
  if (seconds !== undefined && seconds < 0) {
    const text = 'must be >= 0; negative values are invalid and will be treated as 1'
    warnings.add(at.child('terminationGracePeriodSeconds'), text)
  }
  warnOfPodAffinity(spec, at, warnings)
  return warnings.list
}
