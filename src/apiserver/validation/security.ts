/** Security contexts of pods and containers. Mirrors pkg/apis/core/validation; privileged containers are allowed. */
import { utf8Length } from '#kube/labels.ts'
import { internalForm } from '../schema/internal-form.ts'
import { rangeErrors } from './names.ts'
import { checkDescendingPath } from './paths.ts'
import type { Place } from './place.ts'
import { checkWindowsOptions } from './windows.ts'

const profileTypes = ['Localhost', 'RuntimeDefault', 'Unconfined']

const checkProfileType = (profile: Place, kind: string) =>
  profile.child('type').choice(profileTypes, `type is required when ${kind} is set`)

/** A seccomp profile (validateSeccompProfileField). */
function checkSeccomp(profile: Place): void {
  if (!profile.given) return
  checkProfileType(profile, 'seccompProfile')
  const type = profile.child('type').text
  const localhost = profile.child('localhostProfile')
  if (type !== 'Localhost') {
    const shown = internalForm(profile.value, 'SeccompProfile')
    const rule = 'can only be set when seccomp type is Localhost'
    if (localhost.textOrNone !== undefined) localhost.invalid(shown, rule)
  } else if (localhost.textOrNone === undefined)
    localhost.required('must be set when seccomp type is Localhost')
  else checkDescendingPath(localhost)
}

/** An AppArmor profile (ValidateAppArmorProfileField). */
function checkAppArmor(profile: Place): void {
  if (!profile.given) return
  const type = profile.child('type').text
  const localhost = profile.child('localhostProfile')
  if (type === 'Localhost') {
    if (localhost.text.trim() !== localhost.text) localhost.wrong('must not be padded with whitespace')
    else if (localhost.text === '') localhost.required('must be set when AppArmor type is Localhost')
    if (utf8Length(localhost.text) > 4095) localhost.tooLong(4095)
  } else if (profileTypes.includes(type)) {
    const rule = 'can only be set when AppArmor type is Localhost'
    if (localhost.textOrNone !== undefined) localhost.wrong(rule)
  } else checkProfileType(profile, 'appArmorProfile')
}

const checkId = (id: Place) => id.invalidEach(id.number, rangeErrors(id.number, 0, 2 ** 31 - 1))

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

function checkSysctls(sysctls: Place, spec: Place): void {
  const seen = new Set<string>()
  for (const name of sysctls.each().map((sysctl) => sysctl.child('name'))) {
    if (name.text === '') name.required()
    else if (name.text.length > 253 || !new RegExp(sysctlPattern).test(name.text))
      name.wrong(`must have at most 253 characters and match regex ${sysctlPattern}`)
    else if (seen.has(name.text)) name.duplicate(name.text)
    const namespace = sysctlNamespace(name.text)
    const field = namespace === 'net' ? 'hostNetwork' : 'hostIPC'
    if (namespace && spec.child(field).value === true)
      name.wrong(`may not be specified when '${field}' is true`)
    seen.add(name.text)
  }
}

/** The security context of a pod (validatePodSpecSecurityContext). */
export function checkPodSecurityContext(context: Place, spec: Place): void {
  if (!context.given) return
  for (const name of ['fsGroup', 'runAsUser', 'runAsGroup']) checkId(context.child(name))
  for (const group of context.items('supplementalGroups')) checkId(group)
  const shares = context.child('shareProcessNamespace')
  if (spec.object.shareProcessNamespace === true && spec.object.hostPID === true)
    shares.invalid(true, 'ShareProcessNamespace and HostPID cannot both be enabled')
  checkSysctls(context.child('sysctls'), spec)
  context.child('fsGroupChangePolicy').optionalChoice(['Always', 'OnRootMismatch'])
  checkSeccomp(context.child('seccompProfile'))
  checkWindowsOptions(context.child('windowsOptions'))
  checkAppArmor(context.child('appArmorProfile'))
  context.child('supplementalGroupsPolicy').optionalChoice(['Merge', 'Strict'])
  // MountOption is behind SELinuxMount, which is off in 1.36.
  context.child('seLinuxChangePolicy').optionalChoice(['Recursive'])
}

/** The security context of a container (ValidateSecurityContext). */
export function checkSecurityContext(context: Place, hostUsers: boolean): void {
  if (!context.given) return
  checkId(context.child('runAsUser'))
  checkId(context.child('runAsGroup'))
  const procMount = context.child('procMount')
  procMount.optionalChoice(['Default', 'Unmasked'])
  if (hostUsers && procMount.text === 'Unmasked')
    procMount.wrong('`hostUsers` must be false to use `Unmasked`')
  checkSeccomp(context.child('seccompProfile'))
  if (context.object.allowPrivilegeEscalation === false) {
    const cannot = 'cannot set `allowPrivilegeEscalation` to false and'
    if (context.object.privileged === true)
      context.wrongStruct('SecurityContext', `${cannot} \`privileged\` to true`)
    for (const { text } of context.child('capabilities').items('add'))
      if (text === 'CAP_SYS_ADMIN')
        context.wrongStruct('SecurityContext', `${cannot} \`capabilities.Add\` CAP_SYS_ADMIN`)
  }
  checkWindowsOptions(context.child('windowsOptions'))
  checkAppArmor(context.child('appArmorProfile'))
}
