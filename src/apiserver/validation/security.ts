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
import type { FieldErrors } from './field-errors.ts'
import { rangeErrors } from './names.ts'
import { checkDescendingPath } from './paths.ts'
import type { Place } from './place.ts'
import { checkWindowsOptions } from './windows.ts'

const profileTypes = ['Localhost', 'RuntimeDefault', 'Unconfined']

function checkProfileType(profile: JsonObject, kind: string, at: Place, errors: FieldErrors): void {
  const type = stringIn(profile, 'type')
  if (type === '') errors.required(at.child('type'), `type is required when ${kind} is set`)
  else if (!profileTypes.includes(type)) errors.notSupported(at.child('type'), type, profileTypes)
}

/** A seccomp profile (validateSeccompProfileField). */
function checkSeccomp(profile: JsonObject | undefined, at: Place, errors: FieldErrors): void {
  if (!profile) return
  checkProfileType(profile, 'seccompProfile', at, errors)
  const type = stringIn(profile, 'type')
  const localhost = stringOrNone(profile, 'localhostProfile')
  const here = at.child('localhostProfile')
  if (type !== 'Localhost') {
    const shown = { Type: type, LocalhostProfile: localhost }
    if (localhost !== undefined) errors.invalid(here, shown, 'can only be set when seccomp type is Localhost')
  } else if (localhost === undefined) errors.required(here, 'must be set when seccomp type is Localhost')
  else checkDescendingPath(localhost, here, errors)
}

/** An AppArmor profile (ValidateAppArmorProfileField). */
function checkAppArmor(profile: JsonObject | undefined, at: Place, errors: FieldErrors): void {
  if (!profile) return
  const type = stringIn(profile, 'type')
  const localhost = stringOrNone(profile, 'localhostProfile')
  const here = at.child('localhostProfile')
  if (type === 'Localhost') {
    const missing = 'must be set when AppArmor type is Localhost'
    if (localhost === undefined) {
      errors.required(here, missing)
      return
    }
    if (localhost.trim() !== localhost) {
      errors.invalid(here, localhost, 'must not be padded with whitespace')
    } else if (localhost === '') errors.required(here, missing)
    if (utf8Length(localhost) > 4095) errors.tooLong(here, 4095)
  } else if (profileTypes.includes(type)) {
    const rule = 'can only be set when AppArmor type is Localhost'
    if (localhost !== undefined) errors.invalid(here, localhost, rule)
  } else checkProfileType(profile, 'appArmorProfile', at, errors)
}

const largestId = 2 ** 31 - 1

function checkId(context: JsonObject, name: string, at: Place, errors: FieldErrors): void {
  const id = numberOrNone(context, name)
  if (id !== undefined) errors.invalidEach(at.child(name), id, rangeErrors(id, 0, largestId))
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

function checkSysctls(context: JsonObject, spec: JsonObject, at: Place, errors: FieldErrors): void {
  const seen = new Set<string>()
  for (const [index, sysctl] of objectsIn(context, 'sysctls').entries()) {
    const here = at.index(index).child('name')
    const name = stringIn(sysctl, 'name')
    if (name === '') errors.required(here)
    else if (name.length > 253 || !new RegExp(sysctlPattern).test(name)) {
      errors.invalid(here, name, `must have at most 253 characters and match regex ${sysctlPattern}`)
    } else if (seen.has(name)) errors.duplicate(here, name)
    const namespace = sysctlNamespace(name)
    if (namespace === 'net' && boolIn(spec, 'hostNetwork')) {
      errors.invalid(here, name, "may not be specified when 'hostNetwork' is true")
    } else if (namespace === 'ipc' && boolIn(spec, 'hostIPC')) {
      errors.invalid(here, name, "may not be specified when 'hostIPC' is true")
    }
    seen.add(name)
  }
}

const choices: readonly (readonly [string, readonly string[]])[] = [
  ['supplementalGroupsPolicy', ['Merge', 'Strict']],
  ['seLinuxChangePolicy', ['MountOption', 'Recursive']],
]

/** The security context of a pod (validatePodSpecSecurityContext). */
export function checkPodSecurityContext(spec: JsonObject, at: Place, errors: FieldErrors): void {
  const context = objectOrNone(spec, 'securityContext')
  if (!context) return
  for (const name of ['fsGroup', 'runAsUser', 'runAsGroup']) checkId(context, name, at, errors)
  for (const [index, group] of listIn(context, 'supplementalGroups').entries()) {
    const id = typeof group === 'number' ? group : 0
    errors.invalidEach(at.child('supplementalGroups').index(index), id, rangeErrors(id, 0, largestId))
  }
  if (boolOrNone(spec, 'shareProcessNamespace') && boolIn(spec, 'hostPID')) {
    const rule = 'ShareProcessNamespace and HostPID cannot both be enabled'
    errors.invalid(at.child('shareProcessNamespace'), true, rule)
  }
  checkSysctls(context, spec, at.child('sysctls'), errors)
  checkOptionalChoice(context, 'fsGroupChangePolicy', ['Always', 'OnRootMismatch'], at, errors)
  checkSeccomp(objectOrNone(context, 'seccompProfile'), at.child('seccompProfile'), errors)
  checkWindowsOptions(objectOrNone(context, 'windowsOptions'), at.child('windowsOptions'), errors)
  checkAppArmor(objectOrNone(context, 'appArmorProfile'), at.child('appArmorProfile'), errors)
  for (const [name, supported] of choices) checkOptionalChoice(context, name, supported, at, errors)
}

function checkProcMount(context: JsonObject, hostUsers: boolean, at: Place, errors: FieldErrors): void {
  const mount = stringOrNone(context, 'procMount')
  checkOptionalChoice(context, 'procMount', ['Default', 'Unmasked'], at, errors)
  if (hostUsers && mount === 'Unmasked') {
    errors.invalid(at.child('procMount'), mount, '`hostUsers` must be false to use `Unmasked`')
  }
}

/** The security context of a container (ValidateSecurityContext). */
export function checkSecurityContext(
  container: JsonObject,
  hostUsers: boolean,
  at: Place,
  errors: FieldErrors,
): void {
  const context = objectOrNone(container, 'securityContext')
  if (!context) return
  checkId(context, 'runAsUser', at, errors)
  checkId(context, 'runAsGroup', at, errors)
  checkProcMount(context, hostUsers, at, errors)
  checkSeccomp(objectOrNone(context, 'seccompProfile'), at.child('seccompProfile'), errors)
  if (boolOrNone(context, 'allowPrivilegeEscalation') === false) {
    const cannot = 'cannot set `allowPrivilegeEscalation` to false and'
    if (boolOrNone(context, 'privileged')) errors.invalid(at, context, `${cannot} \`privileged\` to true`)
    for (const capability of stringsIn(objectIn(context, 'capabilities'), 'add')) {
      if (capability === 'CAP_SYS_ADMIN') {
        errors.invalid(at, context, `${cannot} \`capabilities.Add\` CAP_SYS_ADMIN`)
      }
    }
  }
  checkWindowsOptions(objectOrNone(context, 'windowsOptions'), at.child('windowsOptions'), errors)
  checkAppArmor(objectOrNone(context, 'appArmorProfile'), at.child('appArmorProfile'), errors)
}
