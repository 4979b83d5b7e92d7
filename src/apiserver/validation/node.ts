/** Nodes and the tables in them. Mirrors ValidateNode of pkg/apis/core/validation, as far as kds reads nodes. */
import { objectIn, objectsIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { FieldErrors } from './field-errors.ts'
import { checkObjectMeta } from './metadata.ts'
import { Place } from './place.ts'
import { validateTaints } from './scheduling.ts'
import type { FieldError } from './types.ts'

/** What a server would refuse about a node's name, labels, annotations and taints. */
export function validateNode(node: JsonObject): FieldError[] {
  const errors = new FieldErrors()
  checkObjectMeta(objectIn(node, 'metadata'), false, Place.root('metadata'), errors)
  const taints = objectsIn(objectIn(node, 'spec'), 'taints')
  validateTaints(taints, Place.root('spec').child('taints'), errors)
  return errors.list
}
