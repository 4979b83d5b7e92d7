import { readFileSync } from 'node:fs'
import { load } from 'js-yaml'
import type { JsonObject } from '#kube/types.ts'
import { sceneFile } from './serve.ts'

interface Dumped {
  readonly kind: string
  readonly metadata: JsonObject & { readonly name: string; readonly labels: JsonObject }
  readonly spec: JsonObject
}

/**
 * The dump of a scene as JSON, with so many more nodes like `general-2` that each run a pod of the agent as that one does: for
 * what thousands of nodes show and a few do not.
 */
export function crowd(scene: string, more: number): string {
  const dump = load(readFileSync(sceneFile(scene), 'utf8')) as { readonly items: readonly Dumped[] }
  const isModel = ({ kind, metadata, spec }: Dumped) =>
    (kind === 'Node' && metadata.name === 'general-2') || (kind === 'Pod' && spec.nodeName === 'general-2')
  const models = dump.items.filter(isModel)
  const copies = Array.from({ length: more }, (_, at) =>
    models.map((model) => {
      const node = `crowd-${String(at).padStart(5, '0')}`
      const name = model.kind === 'Node' ? node : `agent-${node}`
      const metadata = { ...model.metadata, name, uid: `${model.kind}-${at}` }
      return model.kind === 'Node'
        ? { ...model, metadata }
        : { ...model, metadata, spec: { ...model.spec, nodeName: node } }
    }),
  )
  return JSON.stringify({ ...dump, items: [...dump.items, ...copies.flat()] })
}
