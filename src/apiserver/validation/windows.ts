/** Windows options, host processes, and what a pod's `os` rules out. Mirrors pkg/apis/core/validation. */
import { dns1123SubdomainErrors, utf8Length } from '#kube/labels.ts'
import { boolIn, boolOrNone, objectIn, objectOrNone, stringIn, stringOrNone } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { allContainers } from './all-containers.ts'
import type { Place } from './place.ts'

const largestSpecKiB = 64

function runAsUserNameErrors(text: string): string[] {
  if (text === '') return ['runAsUserName cannot be an empty string']
  if (/\p{Cc}/u.test(text)) return ['runAsUserName cannot contain control characters']
  const parts = text.split('\\')
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash']
  const user = parts.at(-1) ?? ''
  const domain = parts.length === 2 ? (parts[0] ?? '') : undefined
  const errors: string[] = []
  if (domain !== undefined) {
    const label = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?'
    const isDns = new RegExp(`^${label}(?:\\.${label})*$`).test(domain)
    if (utf8Length(domain) >= 256) errors.push("runAsUserName's Domain length must be under 256 characters")
    if (!isDns && !/^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/.test(domain)) {
      errors.push("runAsUserName's Domain doesn't match the NetBios nor the DNS format")
    }
  }
  if (user === '') errors.push("runAsUserName's User cannot be empty")
  else if (utf8Length(user) > 104) {
    errors.push("runAsUserName's User length must not be longer than 104 characters")
  }
  if (/^[. ]+$/.test(user)) errors.push("runAsUserName's User cannot contain only periods or spaces")
  if (/["/\\:;|=,+*?<>@[\]]/.test(user)) {
    errors.push(`runAsUserName's User cannot contain the following characters: "/\\:;|=,+*?<>@[]`)
  }
  return errors
}

/** Windows options of a pod or container (validateWindowsSecurityContextOptions). */
export function checkWindowsOptions(options: JsonObject | undefined, at: Place): void {
  if (!options) return
  const specName = stringOrNone(options, 'gmsaCredentialSpecName')
  if (specName !== undefined) {
    at.child('gmsaCredentialSpecName').invalidEach(specName, dns1123SubdomainErrors(specName))
  }
  const spec = stringOrNone(options, 'gmsaCredentialSpec')
  const specAt = at.child('gmsaCredentialSpec')
  if (spec === '') specAt.invalid(spec, 'gmsaCredentialSpec cannot be an empty string')
  else if (spec !== undefined && utf8Length(spec) > largestSpecKiB * 1024) {
    specAt.invalid(spec, `gmsaCredentialSpec size must be under ${largestSpecKiB} KiB`)
  }
  const user = stringOrNone(options, 'runAsUserName')
  if (user !== undefined) at.child('runAsUserName').invalidEach(user, runAsUserNameErrors(user))
}

const hostProcessOf = (holder: JsonObject) =>
  boolOrNone(objectIn(objectIn(holder, 'securityContext'), 'windowsOptions'), 'hostProcess')

/** Host processes: all containers or none, and on the host network (validateWindowsHostProcessPod). */
export function checkHostProcess(spec: JsonObject, at: Place): void {
  const ofPod = hostProcessOf(spec)
  const containers = allContainers(spec, at)
  let count = 0
  for (const { container, place } of containers) {
    const own = hostProcessOf(container)
    if (ofPod !== undefined && own !== undefined && ofPod !== own) {
      const here = place.child('securityContext').child('windowsOptions').child('hostProcess')
      here.invalid(own, `pod hostProcess value must be identical if both are specified, was ${ofPod}`)
    }
    if (own ?? ofPod) count++
  }
  if (count === 0) return
  if (count !== containers.length) {
    const rule =
      'If pod contains any hostProcess containers then all containers must be HostProcess containers'
    at.invalid('', rule)
  }
  if (!boolIn(spec, 'hostNetwork')) {
    const rule = 'hostNetwork must be true if pod contains any hostProcess containers'
    at.child('hostNetwork').invalid(false, rule)
  }
}

/** Fields of the pod's security context, and of the pod itself, that Windows has no use for; in the server's order. */
const podFields: readonly (readonly ['context' | 'spec', string])[] = [
  ['context', 'appArmorProfile'],
  ['context', 'seLinuxOptions'],
  ['spec', 'hostUsers'],
  ['spec', 'hostPID'],
  ['spec', 'hostIPC'],
  ['context', 'seccompProfile'],
  ['context', 'fsGroup'],
  ['context', 'fsGroupChangePolicy'],
  ['context', 'sysctls'],
  ['spec', 'shareProcessNamespace'],
  ['context', 'runAsUser'],
  ['context', 'runAsGroup'],
  ['context', 'supplementalGroups'],
  ['context', 'supplementalGroupsPolicy'],
  ['context', 'seLinuxChangePolicy'],
]
const containerFields = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
]

function checkWindowsPod(spec: JsonObject, at: Place): void {
  const context = objectIn(spec, 'securityContext')
  for (const [where, name] of podFields) {
    const holder = where === 'spec' ? spec : context
    const here = where === 'spec' ? at : at.child('securityContext')
    if (holder[name] !== undefined) here.child(name).forbidden('cannot be set for a windows pod')
  }
  if (spec.resources !== undefined) at.child('resources').forbidden('may not be set for a windows pod')
  for (const { container, place } of allContainers(spec, at)) {
    const own = objectIn(container, 'securityContext')
    for (const name of containerFields) {
      const here = place.child('securityContext').child(name)
      if (own[name] !== undefined) here.forbidden('cannot be set for a windows pod')
    }
  }
}

function checkLinuxPod(spec: JsonObject, at: Place): void {
  const rule = 'windows options cannot be set for a linux pod'
  const here = (place: Place) => place.child('securityContext').child('windowsOptions')
  if (objectOrNone(objectIn(spec, 'securityContext'), 'windowsOptions')) here(at).forbidden(rule)
  for (const { container, place } of allContainers(spec, at)) {
    const own = objectOrNone(objectIn(container, 'securityContext'), 'windowsOptions')
    if (own) here(place).forbidden(rule)
  }
}

/** The operating system of a pod, and the fields that only the other one has. */
export function checkOS(spec: JsonObject, at: Place): void {
  const os = objectOrNone(spec, 'os')
  if (!os) return
  const name = stringIn(os, 'name')
  if (name === '') at.child('os').child('name').required('cannot be empty')
  else if (name === 'linux') checkLinuxPod(spec, at)
  else if (name === 'windows') checkWindowsPod(spec, at)
  else at.child('os').notSupported(name, ['linux', 'windows'])
}
