/** Windows options, host processes, and what a pod's `os` rules out. Mirrors pkg/apis/core/validation. */
import { dns1123SubdomainErrors, utf8Length } from '#kube/labels.ts'
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
export function checkWindowsOptions(options: Place): void {
  const name = options.child('gmsaCredentialSpecName')
  if (name.textOrNone !== undefined) name.keeps(dns1123SubdomainErrors)
  const spec = options.child('gmsaCredentialSpec')
  if (spec.textOrNone === '') spec.wrong('gmsaCredentialSpec cannot be an empty string')
  else if (utf8Length(spec.text) > largestSpecKiB * 1024)
    spec.wrong(`gmsaCredentialSpec size must be under ${largestSpecKiB} KiB`)
  const user = options.child('runAsUserName')
  if (user.textOrNone !== undefined) user.keeps(runAsUserNameErrors)
}

const optionsOf = (holder: Place) => holder.child('securityContext').child('windowsOptions')

/** Host processes: all containers or none, and on the host network (validateWindowsHostProcessPod). */
export function checkHostProcess(spec: Place): void {
  const ofPod = optionsOf(spec).object.hostProcess
  const containers = allContainers(spec)
  let count = 0
  for (const own of containers.map((container) => optionsOf(container).child('hostProcess'))) {
    if (ofPod !== undefined && own.value !== undefined && ofPod !== own.value)
      own.wrong(`pod hostProcess value must be identical if both are specified, was ${ofPod}`)
    if (own.value ?? ofPod) count++
  }
  if (count === 0) return
  if (count !== containers.length)
    spec.invalid(
      '',
      'If pod contains any hostProcess containers then all containers must be HostProcess containers',
    )
  const network = spec.child('hostNetwork')
  if (network.value !== true)
    network.invalid(false, 'hostNetwork must be true if pod contains any hostProcess containers')
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

function checkWindowsPod(spec: Place): void {
  const refuse = (at: Place, rule: string) => {
    if (at.value !== undefined) at.forbidden(rule)
  }
  const rule = 'cannot be set for a windows pod'
  for (const [where, name] of podFields)
    refuse((where === 'spec' ? spec : spec.child('securityContext')).child(name), rule)
  for (const container of allContainers(spec))
    for (const name of containerFields) refuse(container.child('securityContext').child(name), rule)
}

function checkLinuxPod(spec: Place): void {
  for (const options of [spec, ...allContainers(spec)].map(optionsOf))
    if (options.given) options.forbidden('windows options cannot be set for a linux pod')
}

/** The operating system of a pod, and the fields that only the other one has. */
export function checkOS(spec: Place): void {
  const os = spec.child('os')
  if (!os.given) return
  const { text } = os.child('name')
  if (text === '') os.child('name').required()
  else if (text === 'linux') checkLinuxPod(spec)
  else if (text === 'windows') checkWindowsPod(spec)
  else os.notSupported(text, ['linux', 'windows'])
}
