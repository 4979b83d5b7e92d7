import { isObject } from '#base/json.ts'
import { boolIn, objectOrNone, objectsIn, stringIn } from '#kube/read.ts'
import type { Container, JsonObject } from '#kube/types.ts'
import { asJson } from '../api/json.ts'
import { types } from '../api/resources.ts'
import type { Store, StoredPod } from '../store/store.ts'

type Kind = 'configMap' | 'secret'
const typeOf = { configMap: types.configMaps, secret: types.secrets }
const spoken = { configMap: 'ConfigMap', secret: 'Secret' }

/** A ConfigMap or Secret that a pod needs, the keys that it must have, and the words for one that it lacks. */
interface Reference {
  readonly kind: Kind
  readonly name: string
  readonly keys: readonly string[]
  readonly lacks: (key: string) => string
}

/** Why the first of the references cannot be met, in the kubelet's words. */
function fault(
  store: Store,
  namespace: string | undefined,
  wanted: readonly Reference[],
): string | undefined {
  for (const { kind, name, keys, lacks } of wanted) {
    const found = store.get(typeOf[kind], namespace, name)
    if (!found) return `${kind.toLowerCase()} "${name}" not found`
    const { data, binaryData } = asJson(found)
    const present = { ...(isObject(data) ? data : {}), ...(isObject(binaryData) ? binaryData : {}) }
    const missing = keys.find((key) => present[key] === undefined)
    if (missing !== undefined) return lacks(missing)
  }
  return undefined
}

/** The cluster itself keeps this one in every namespace. */
const rootCertificate = 'kube-root-ca.crt'

function volumeReference(kind: Kind, source: JsonObject | undefined): Reference[] {
  if (!source || boolIn(source, 'optional')) return []
  const name = stringIn(source, 'name') || stringIn(source, 'secretName')
  if (name === rootCertificate) return []
  const keys = objectsIn(source, 'items').map((item) => stringIn(item, 'key'))
  return [
    {
      kind,
      name,
      keys,
      lacks: (key) => `references non-existent ${kind === 'secret' ? 'secret' : 'config'} key: ${key}`,
    },
  ]
}

function volumeReferences(volume: JsonObject): Reference[] {
  const projected = objectsIn(objectOrNone(volume, 'projected'), 'sources')
  return [volume, ...projected].flatMap((holder) => [
    ...volumeReference('configMap', objectOrNone(holder, 'configMap')),
    ...volumeReference('secret', objectOrNone(holder, 'secret')),
  ])
}

/** A message for each volume that cannot be mounted because a ConfigMap or Secret is missing. */
export function missingVolumes(store: Store, pod: StoredPod): string[] {
  return objectsIn(asJson(pod).spec, 'volumes').flatMap((volume) => {
    const why = fault(store, pod.metadata.namespace, volumeReferences(volume))
    return why === undefined
      ? []
      : [`MountVolume.SetUp failed for volume "${stringIn(volume, 'name')}" : ${why}`]
  })
}

/** What a container's environment needs and does not find: the message of its CreateContainerConfigError. */
export function missingEnvironment(store: Store, pod: StoredPod, container: Container): string | undefined {
  const { namespace } = pod.metadata
  const spec = container as unknown as JsonObject
  const wanted = (kind: Kind, source: JsonObject | undefined, keys: readonly string[]): Reference[] =>
    !source || boolIn(source, 'optional')
      ? []
      : [
          {
            kind,
            name: stringIn(source, 'name'),
            keys,
            lacks: (key) =>
              `couldn't find key ${key} in ${spoken[kind]} ${namespace}/${stringIn(source, 'name')}`,
          },
        ]
  const from = (holder: JsonObject | undefined, suffix: string, keyed: boolean) =>
    (['configMap', 'secret'] as const).flatMap((kind) => {
      const source = objectOrNone(holder, `${kind}${suffix}`)
      return wanted(kind, source, keyed ? [stringIn(source, 'key')] : [])
    })
  return fault(store, namespace, [
    ...objectsIn(spec, 'envFrom').flatMap((holder) => from(holder, 'Ref', false)),
    ...objectsIn(spec, 'env').flatMap((holder) => from(objectOrNone(holder, 'valueFrom'), 'KeyRef', true)),
  ])
}
