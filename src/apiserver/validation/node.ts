/** Nodes and the tables in them. Mirrors ValidateNode of pkg/apis/core/validation, as far as kds reads nodes. */
import { objectIn, objectsIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { checkObjectMeta } from './metadata.ts'
import { Findings } from './place.ts'
import { validateTaints } from './scheduling.ts'
import type { FieldError } from './types.ts'

/** What a server would refuse about a node's name, labels, annotations and taints. */
export function validateNode(node: JsonObject): FieldError[] {
  const found = new Findings()
  checkObjectMeta(objectIn(node, 'metadata'), false, found.at('metadata'))
  const taints = objectsIn(objectIn(node, 'spec'), 'taints')
  validateTaints(taints, found.at('spec').child('taints'))
  return found.errors
}
