import { admitPod } from '#apiserver/admission/admit-pod.ts'
import type { AdmissionObjects } from '#apiserver/admission/types.ts'
import type { JsonObject } from '#base/json.ts'
import { around, podOf } from '../objects.ts'

export const whyNot = (
  spec: JsonObject,
  objects: Partial<AdmissionObjects> = {},
  metadata: JsonObject = {},
) => {
  const answer = admitPod(podOf(spec, metadata), around(objects))
  return answer.allowed ? undefined : answer.message.replace('pods "agent-" is forbidden: ', '')
}

export const specOf = (spec: JsonObject, objects: Partial<AdmissionObjects> = {}) => {
  const answer = admitPod(podOf(spec), around(objects))
  if (!answer.allowed) throw new Error(answer.message)
  return answer.pod.spec as JsonObject
}
