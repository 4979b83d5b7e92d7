/** The PodSecurity admission. Mirrors k8s.io/pod-security-admission: admission, policy/registry.go. No exemptions. */
import { objectIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import * as baseline from './baseline.ts'
import { type LevelVersion, minorOf, podSecurityPolicy } from './levels.ts'
import * as restricted from './restricted.ts'
import { requiredSeccompProfile, seccompAnnotations, seccompProfile } from './seccomp.ts'
import { type Check, checkedPod } from './violation.ts'

type Versions = readonly (readonly [since: number, check: Check])[]

/** Sorted by upstream's names for them, which is the order in which violations are listed. */
const baselineChecks: Readonly<Record<string, Versions>> = {
  appArmorProfile: [[0, baseline.appArmorProfile]],
  capabilities: [[0, baseline.capabilities]],
  hostNamespaces: [[0, baseline.hostNamespaces]],
  hostPathVolumes: [[0, baseline.hostPathVolumes]],
  hostPorts: [[0, baseline.hostPorts]],
  hostProbes: [[34, baseline.hostProbes]],
  privileged: [[0, baseline.privileged]],
  procMount: [
    [0, baseline.procMount],
    [35, baseline.procMountOnHost],
  ],
  seLinuxOptions: [
    [0, baseline.seLinuxOptions],
    [31, baseline.seLinuxOptionsWithEngine],
  ],
  seccompProfile: [
    [0, seccompAnnotations],
    [19, seccompProfile],
  ],
  sysctls: baseline.sysctls,
  windowsHostProcess: [[0, baseline.windowsHostProcess]],
}

interface RestrictedCheck {
  readonly versions: Versions
  /** The check of baseline that it stands for. */
  readonly overrides?: string
}

const { exceptInUserNamespace, exceptWindows } = restricted

const restrictedChecks: readonly RestrictedCheck[] = [
  {
    versions: [
      [8, restricted.allowPrivilegeEscalation],
      [25, exceptWindows(restricted.allowPrivilegeEscalation)],
    ],
  },
  {
    versions: [
      [22, restricted.unrestrictedCapabilities],
      [25, exceptWindows(restricted.unrestrictedCapabilities)],
    ],
    overrides: 'capabilities',
  },
  { versions: [[35, baseline.procMount]], overrides: 'procMount' },
  { versions: [[0, restricted.restrictedVolumes]], overrides: 'hostPathVolumes' },
  {
    versions: [
      [0, restricted.runAsNonRoot],
      [35, exceptInUserNamespace(restricted.runAsNonRoot)],
    ],
  },
  {
    versions: [
      [23, restricted.runAsUser],
      [35, exceptInUserNamespace(restricted.runAsUser)],
    ],
  },
  {
    versions: [
      [19, requiredSeccompProfile],
      [25, exceptWindows(requiredSeccompProfile)],
    ],
    overrides: 'seccompProfile',
  },
]

const inForce = (versions: Versions, minor: number): Check | undefined =>
  versions.findLast(([since]) => since <= minor)?.[1]

/** The checks of a level as of a version, in the order of their answers. */
function checksOf({ level, version }: LevelVersion): Check[] {
  if (level === 'privileged') return []
  const minor = minorOf(version)
  const added = restrictedChecks.flatMap(({ versions, overrides }) => {
    const check = level === 'restricted' ? inForce(versions, minor) : undefined
    return check ? [{ check, overrides }] : []
  })
  const overridden = new Set(added.map(({ overrides }) => overrides))
  const kept = Object.entries(baselineChecks).flatMap(([id, versions]) =>
    overridden.has(id) ? [] : (inForce(versions, minor) ?? []),
  )
  return [...kept, ...added.map(({ check }) => check)]
}

/**
 * How a pod breaks a level: `PodSecurity "baseline:latest": host namespaces (hostNetwork=true), …`; undefined when it does not.
 *
 * @param metadata of the pod or template: annotations count
 * @param spec with its defaults
 */
function podSecurityViolation(
  metadata: JsonObject,
  spec: JsonObject,
  level: LevelVersion,
): string | undefined {
  const pod = checkedPod(objectIn(metadata, 'annotations'), spec)
  const found = checksOf(level).flatMap((check) => check(pod) ?? [])
  if (found.length === 0) return undefined
  const texts = found.map(({ reason, detail }) => (detail === '' ? reason : `${reason} (${detail})`))
  return `PodSecurity "${level.level}:${level.version}": ${texts.join(', ')}`
}

interface PodSecurityAnswer {
  /** Why the namespace refuses the pod: `violates PodSecurity …`. */
  readonly refused?: string
  /** `would violate PodSecurity …`; none beside a refusal. */
  readonly warning?: string
}

/**
 * What a namespace with these labels says to a pod. A controller with such a template is only warned: `refused` of it tells
 * what its pods will meet.
 */
export function podSecurity(metadata: JsonObject, spec: JsonObject, labels: JsonObject): PodSecurityAnswer {
  const { enforce, warn } = podSecurityPolicy(labels)
  const refused = podSecurityViolation(metadata, spec, enforce)
  if (refused !== undefined) return { refused: `violates ${refused}` }
  const warned = podSecurityViolation(metadata, spec, warn)
  return warned === undefined ? {} : { warning: `would violate ${warned}` }
}

/** The warning that a DaemonSet of this template gets in a namespace with these labels; undefined: none. */
export function podSecurityTemplateWarning(template: JsonObject, labels: JsonObject): string | undefined {
  const warned = podSecurityViolation(
    objectIn(template, 'metadata'),
    objectIn(template, 'spec'),
    podSecurityPolicy(labels).warn,
  )
  return warned === undefined ? undefined : `would violate ${warned}`
}
