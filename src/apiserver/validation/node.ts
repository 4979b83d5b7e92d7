/** Nodes and the tables in them. Mirrors ValidateNode of pkg/apis/core/validation, as far as kds reads nodes. */
import type { JsonObject } from '#kube/types.ts'
import { checkObjectMeta } from './metadata.ts'
import { Findings } from './place.ts'
import { checkTaints } from './scheduling.ts'
import type { FieldError } from './types.ts'

/** What a server would refuse about a node's name, labels, annotations and taints. */
export function validateNode(node: JsonObject): FieldError[] {
  const found = new Findings(node)
  checkObjectMeta(found.at('metadata'), false)
  checkTaints(found.at('spec').child('taints'))
  return found.errors
}
