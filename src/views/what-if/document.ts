import type { DaemonSetEffect } from '#controller/what-if/types.ts'
import { classDocument } from '../overhead/document.ts'
import { editCommand } from './edit-text.ts'
import type { ShownWhatIf } from './shown.ts'

const evictedName = ({ namespace, name }: { readonly namespace: string; readonly name: string }) =>
  `${namespace}/${name}`

function daemonSetDocument({ daemonSet, desired, effects, budget, admission }: DaemonSetEffect): object {
  const { allowed, message } = admission
  return {
    ...daemonSet,
    desired,
    ...(budget ? { budget } : {}),
    admission: { allowed, ...(message === undefined ? {} : { message }) },
    effects: effects.map(({ node, kind, reason, pods, seconds, fit }) => ({
      node,
      kind,
      reason,
      pods,
      ...(seconds === undefined ? {} : { evictedAfterSeconds: seconds }),
      ...(fit && fit.evicts.length > 0 ? { evicts: fit.evicts.map(evictedName) } : {}),
    })),
  }
}

/** A `kds/v1` document: `docs/what-if.schema.json` describes it. DaemonSets to which nothing happens have no effects. */
export const whatIfDocument = ({ answer, edits, added, cost }: ShownWhatIf): object => ({
  apiVersion: 'kds/v1',
  kind: 'WhatIf',
  edits: edits.map((asked) => ({ ...asked.edit, nodes: asked.nodes, command: editCommand(asked) })),
  ...(added > 0 ? { newNodes: added } : {}),
  ...(cost?.classes[0] ? { newNode: classDocument(cost.classes[0], cost) } : {}),
  otherPods: answer.otherPods,
  daemonSets: answer.daemonSets.map(daemonSetDocument),
})
