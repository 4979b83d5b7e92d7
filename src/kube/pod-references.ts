import { boolIn, objectIn, objectOrNone, objectsIn, stringIn } from './read.ts'
import type { JsonObject } from './types.ts'

export type ReferencedKind = 'ConfigMap' | 'Secret'

/** An object that a pod cannot start without. */
export interface PodReference {
  readonly kind: ReferencedKind
  readonly name: string
  /** What hangs on it: a volume, or the environment of a container. */
  readonly by: 'volume' | 'environment'
}

/** Its controller puts this one into every namespace. */
const rootCertificate = 'kube-root-ca.crt'

const isNeeded = (source: JsonObject | undefined): source is JsonObject =>
  source !== undefined && !boolIn(source, 'optional')

function named(kind: ReferencedKind, name: string, by: PodReference['by']): PodReference[] {
  return name === '' || name === rootCertificate ? [] : [{ kind, name, by }]
}

function ofVolume(volume: JsonObject): PodReference[] {
  const holders = [volume, ...objectsIn(objectIn(volume, 'projected'), 'sources')]
  return holders.flatMap((holder) => {
    const [configMap, secret] = [objectOrNone(holder, 'configMap'), objectOrNone(holder, 'secret')]
    return [
      ...(isNeeded(configMap) ? named('ConfigMap', stringIn(configMap, 'name'), 'volume') : []),
      ...(isNeeded(secret)
        ? named('Secret', stringIn(secret, 'secretName') || stringIn(secret, 'name'), 'volume')
        : []),
    ]
  })
}

function ofEnvironment(container: JsonObject): PodReference[] {
  const from = (holder: JsonObject, suffix: string) =>
    (['ConfigMap', 'Secret'] as const).flatMap((kind) => {
      const source = objectOrNone(holder, kind.charAt(0).toLowerCase() + kind.slice(1) + suffix)
      return isNeeded(source) ? named(kind, stringIn(source, 'name'), 'environment') : []
    })
  return [
    ...objectsIn(container, 'envFrom').flatMap((source) => from(source, 'Ref')),
    ...objectsIn(container, 'env').flatMap((variable) => from(objectIn(variable, 'valueFrom'), 'KeyRef')),
  ]
}

/**
 * The objects of its namespace without which a pod cannot start, each once for each use: volumes, projected sources and
 * variables that are not optional. Pull secrets are none: a pod starts without, if its image can be had; nor are claims, which
 * the scheduler waits for.
 */
export function podReferences(spec: JsonObject): PodReference[] {
  const all = [
    ...objectsIn(spec, 'volumes').flatMap(ofVolume),
    ...['initContainers', 'containers'].flatMap((list) => objectsIn(spec, list).flatMap(ofEnvironment)),
  ]
  return [...new Map(all.map((one) => [`${one.kind}/${one.name}/${one.by}`, one])).values()]
}
