/** A namespace's labels as PodSecurity levels. Mirrors PolicyToEvaluate of k8s.io/pod-security-admission/api. */
import { getKey } from '#base/json.ts'
import { stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'

type Level = 'privileged' | 'baseline' | 'restricted'

export interface LevelVersion {
  readonly level: Level
  /** As it is shown: `latest`, `v1.24`. */
  readonly version: string
}

interface PodSecurityPolicy {
  readonly enforce: LevelVersion
  readonly warn: LevelVersion
}

const levels: readonly Level[] = ['privileged', 'baseline', 'restricted']
const prefix = 'pod-security.kubernetes.io/'

/** Infinity for `latest`, and for what is no version. */
export function minorOf(version: string): number {
  const found = /^v1\.(0|[1-9][0-9]*)$/.exec(version)
  return found ? Number(found[1]) : Number.POSITIVE_INFINITY
}

function versionIn(labels: JsonObject, mode: string): string {
  const version = stringIn(labels, `${prefix}${mode}-version`)
  return Number.isFinite(minorOf(version)) ? version : 'latest'
}

/**
 * What a namespace with these labels enforces, and what it warns of. A wrong level counts as restricted where it is enforced
 * and as none where it only warns; a wrong version as latest. Without a warn label, what is enforced is warned of, too.
 */
export function podSecurityPolicy(labels: JsonObject): PodSecurityPolicy {
  const levelIn = (mode: string) => {
    const text = getKey(labels, `${prefix}${mode}`)
    return { given: text !== undefined, level: levels.find((level) => level === text) }
  }
  const enforce = levelIn('enforce')
  const warn = levelIn('warn')
  const enforced = enforce.given ? (enforce.level ?? 'restricted') : 'privileged'
  const enforceVersion = versionIn(labels, 'enforce')
  const follows = !warn.given && enforce.level !== undefined
  const ownVersion = getKey(labels, `${prefix}warn-version`) !== undefined
  return {
    enforce: { level: enforced, version: enforceVersion },
    warn: {
      level: follows ? enforced : (warn.level ?? 'privileged'),
      version: follows && !ownVersion ? enforceVersion : versionIn(labels, 'warn'),
    },
  }
}
