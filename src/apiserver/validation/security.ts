/** Security contexts of pods and containers. Mirrors pkg/apis/core/validation; privileged containers are allowed. */

import { utf8Length } from '#kube/labels.ts'
import {
  boolIn,
  boolOrNone,
  listIn,
  numberOrNone,
  objectIn,
  objectOrNone,
  objectsIn,
  stringIn,
  stringOrNone,
  stringsIn,
} from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { checkOptionalChoice } from './choices.ts'
import { rangeErrors } from './names.ts'
import { checkDescendingPath } from './paths.ts'
import type { Place } from './place.ts'
import { checkWindowsOptions } from './windows.ts'

const profileTypes = ['Localhost', 'RuntimeDefault', 'Unconfined']

function checkProfileType(profile: JsonObject, kind: string, at: Place): void {
  const type = stringIn(profile, 'type')
  if (type === '') at.child('type').required(`type is required when ${kind} is set`)
  else at.child('type').oneOf(type, profileTypes)
}

/** A seccomp profile (validateSeccompProfileField). */
function checkSeccomp(profile: JsonObject | undefined, at: Place): void {
  if (!profile) return
  checkProfileType(profile, 'seccompProfile', at)
  const type = stringIn(profile, 'type')
  const localhost = stringOrNone(profile, 'localhostProfile')
  const here = at.child('localhostProfile')
  if (type !== 'Localhost') {
    const shown = { Type: type, LocalhostProfile: localhost }
    if (localhost !== undefined) here.invalid(shown, 'can only be set when seccomp type is Localhost')
  } else if (localhost === undefined) here.required('must be set when seccomp type is Localhost')
  else checkDescendingPath(localhost, here)
}

/** An AppArmor profile (ValidateAppArmorProfileField). */
function checkAppArmor(profile: JsonObject | undefined, at: Place): void {
  if (!profile) return
  const type = stringIn(profile, 'type')
  const localhost = stringOrNone(profile, 'localhostProfile')
  const here = at.child('localhostProfile')
  if (type === 'Localhost') {
    const missing = 'must be set when AppArmor type is Localhost'
    if (localhost === undefined) {
      here.required(missing)
      return
    }
    if (localhost.trim() !== localhost) {
      here.invalid(localhost, 'must not be padded with whitespace')
    } else if (localhost === '') here.required(missing)
    if (utf8Length(localhost) > 4095) here.tooLong(4095)
  } else if (profileTypes.includes(type)) {
    const rule = 'can only be set when AppArmor type is Localhost'
    if (localhost !== undefined) here.invalid(localhost, rule)
  } else checkProfileType(profile, 'appArmorProfile', at)
}

const largestId = 2 ** 31 - 1

function checkId(context: JsonObject, name: string, at: Place): void {
  const id = numberOrNone(context, name)
  if (id !== undefined) at.child(name).invalidEach(id, rangeErrors(id, 0, largestId))
}

const segment = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?'
const sysctlPattern = `^(${segment}[\\./])*${segment}$`

/** The kernel namespace of a sysctl: those of a namespace that is the host's may not be set. */
function sysctlNamespace(name: string): 'net' | 'ipc' | undefined {
  const firstSlash = name.indexOf('/')
  const firstDot = name.indexOf('.')
  const slashed = firstSlash >= 0 && (firstDot < 0 || firstSlash < firstDot)
  // With slashes as separators, a dot is part of a name and the other way round.
  const swap = (char: string) => (char === '.' ? '/' : '.')
  const dotted = slashed ? name.replace(/[./]/g, swap) : name
  if (dotted === 'kernel.sem') return 'ipc'
  if (/^(kernel\.(shm|msg)|fs\.mqueue\.)/.test(dotted)) return 'ipc'
  return dotted.startsWith('net.') ? 'net' : undefined
}

function checkSysctls(context: JsonObject, spec: JsonObject, at: Place): void {
  const seen = new Set<string>()
  for (const [sysctl, place] of at.each(objectsIn(context, 'sysctls'))) {
    const here = place.child('name')
    const name = stringIn(sysctl, 'name')
    if (name === '') here.required()
    else if (name.length > 253 || !new RegExp(sysctlPattern).test(name)) {
      here.invalid(name, `must have at most 253 characters and match regex ${sysctlPattern}`)
    } else if (seen.has(name)) here.duplicate(name)
    const namespace = sysctlNamespace(name)
    if (namespace === 'net' && boolIn(spec, 'hostNetwork')) {
      here.invalid(name, "may not be specified when 'hostNetwork' is true")
    } else if (namespace === 'ipc' && boolIn(spec, 'hostIPC')) {
      here.invalid(name, "may not be specified when 'hostIPC' is true")
    }
    seen.add(name)
  }
}

const choices: readonly (readonly [string, readonly string[]])[] = [
  ['supplementalGroupsPolicy', ['Merge', 'Strict']],
  ['seLinuxChangePolicy', ['MountOption', 'Recursive']],
]

/** The security context of a pod (validatePodSpecSecurityContext). */
export function checkPodSecurityContext(spec: JsonObject, at: Place): void {
  const context = objectOrNone(spec, 'securityContext')
  if (!context) return
  for (const name of ['fsGroup', 'runAsUser', 'runAsGroup']) checkId(context, name, at)
  for (const [group, here] of at.child('supplementalGroups').each(listIn(context, 'supplementalGroups'))) {
    const id = typeof group === 'number' ? group : 0
    here.invalidEach(id, rangeErrors(id, 0, largestId))
  }
  if (boolOrNone(spec, 'shareProcessNamespace') && boolIn(spec, 'hostPID')) {
    const rule = 'ShareProcessNamespace and HostPID cannot both be enabled'
    at.child('shareProcessNamespace').invalid(true, rule)
  }
  checkSysctls(context, spec, at.child('sysctls'))
  checkOptionalChoice(context, 'fsGroupChangePolicy', ['Always', 'OnRootMismatch'], at)
  checkSeccomp(objectOrNone(context, 'seccompProfile'), at.child('seccompProfile'))
  checkWindowsOptions(objectOrNone(context, 'windowsOptions'), at.child('windowsOptions'))
  checkAppArmor(objectOrNone(context, 'appArmorProfile'), at.child('appArmorProfile'))
  for (const [name, supported] of choices) checkOptionalChoice(context, name, supported, at)
}

function checkProcMount(context: JsonObject, hostUsers: boolean, at: Place): void {
  const mount = stringOrNone(context, 'procMount')
  checkOptionalChoice(context, 'procMount', ['Default', 'Unmasked'], at)
  if (hostUsers && mount === 'Unmasked') {
    at.child('procMount').invalid(mount, '`hostUsers` must be false to use `Unmasked`')
  }
}

/** The security context of a container (ValidateSecurityContext). */
export function checkSecurityContext(container: JsonObject, hostUsers: boolean, at: Place): void {
  const context = objectOrNone(container, 'securityContext')
  if (!context) return
  checkId(context, 'runAsUser', at)
  checkId(context, 'runAsGroup', at)
  checkProcMount(context, hostUsers, at)
  checkSeccomp(objectOrNone(context, 'seccompProfile'), at.child('seccompProfile'))
  if (boolOrNone(context, 'allowPrivilegeEscalation') === false) {
    const cannot = 'cannot set `allowPrivilegeEscalation` to false and'
    if (boolOrNone(context, 'privileged')) at.invalid(context, `${cannot} \`privileged\` to true`)
    for (const capability of stringsIn(objectIn(context, 'capabilities'), 'add')) {
      if (capability === 'CAP_SYS_ADMIN') {
        at.invalid(context, `${cannot} \`capabilities.Add\` CAP_SYS_ADMIN`)
      }
    }
  }
  checkWindowsOptions(objectOrNone(context, 'windowsOptions'), at.child('windowsOptions'))
  checkAppArmor(objectOrNone(context, 'appArmorProfile'), at.child('appArmorProfile'))
}
