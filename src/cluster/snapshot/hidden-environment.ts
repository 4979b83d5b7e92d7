import { createHash } from 'node:crypto'
import { isObject, type Json, type JsonObject } from '#base/json.ts'
import type { DaemonSet } from '#kube/types.ts'
import { hiddenMark } from './hidden-mark.ts'

const containerLists = ['initContainers', 'containers', 'ephemeralContainers']

/**
 * A pod template without the values of its environment: of each a digest is left, by which it can be told whether two templates
 * have the same. `owner` is the DaemonSet, `namespace/name`.
 */
export function hiddenTemplate(template: Json | undefined, owner: string): Json {
  if (!isObject(template) || !isObject(template.spec)) return template ?? null
  const spec: JsonObject = { ...template.spec }
  for (const list of containerLists)
    if (Array.isArray(spec[list])) spec[list] = spec[list].map((one) => hiddenContainer(one, owner))
  return { ...template, spec }
}

function hiddenContainer(container: Json, owner: string): Json {
  if (!isObject(container) || !Array.isArray(container.env)) return container
  const hide = (value: string, name: Json | undefined) => {
    if (value === '' || value.startsWith(hiddenMark)) return value
    const text = JSON.stringify([owner, container.name, name, value])
    return `${hiddenMark}${createHash('sha256').update(text).digest('hex').slice(0, 16)}`
  }
  const env = container.env.map((one) =>
    isObject(one) && typeof one.value === 'string' ? { ...one, value: hide(one.value, one.name) } : one,
  )
  return { ...container, env }
}

/** A DaemonSet with a hidden environment. */
export function hiddenDaemonSet(daemonSet: DaemonSet, namespace: string): DaemonSet {
  const { metadata, spec } = daemonSet
  const owner = `${metadata?.namespace || namespace}/${metadata?.name ?? ''}`
  const template = hiddenTemplate(spec?.template as Json | undefined, owner)
  return { ...daemonSet, spec: { ...spec, template } } as DaemonSet
}
