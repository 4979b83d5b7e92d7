import { type FieldErrorType, supportedValues } from '#kube/field-error-text.ts'
import { objectIn, stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import type { DeleteOptions } from '../api/deletion.ts'
import { invalidOption } from '../api/status-errors.ts'
import { parseObject, readBody } from './body.ts'
import type { Exchange } from './exchange.ts'
import { integerOf, isDryRun } from './query.ts'

const policies: readonly string[] = ['Foreground', 'Background', 'Orphan']

const refused = (type: FieldErrorType, field: string, badValue: unknown, detail: string) =>
  invalidOption('DeleteOptions', { type, field, badValue, detail })

/** DeleteOptions from a body, which may be missing, or else from the query. */
export function deleteOptionsOf(body: JsonObject, query: URLSearchParams): DeleteOptions {
  const policy = stringIn(body, 'propagationPolicy') || query.get('propagationPolicy') || ''
  const orphan =
    body.orphanDependents ?? (query.has('orphanDependents') ? query.get('orphanDependents') === 'true' : null)
  if (policy && !policies.includes(policy))
    throw refused(
      'FieldValueNotSupported',
      'propagationPolicy',
      policy,
      supportedValues([...policies, 'nil']),
    )
  if (policy && orphan !== null)
    throw refused(
      'FieldValueInvalid',
      'propagationPolicy',
      policy,
      'orphanDependents and deletionPropagation cannot be both set',
    )
  const grace = body.gracePeriodSeconds ?? integerOf(query, 'gracePeriodSeconds') ?? null
  if (grace !== null && typeof grace !== 'number')
    throw refused('FieldValueInvalid', 'gracePeriodSeconds', grace, 'must be a number')
  const preconditions = objectIn(body, 'preconditions')
  const uid = stringIn(preconditions, 'uid')
  const resourceVersion = stringIn(preconditions, 'resourceVersion')
  const dryRun = Array.isArray(body.dryRun) ? body.dryRun.map(String) : query.getAll('dryRun')
  const effective = policy || (orphan === true ? 'Orphan' : orphan === false ? 'Background' : '')
  return {
    ...(grace === null ? {} : { gracePeriodSeconds: grace < 0 ? 1 : grace }),
    ...(uid || resourceVersion
      ? { preconditions: { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) } }
      : {}),
    ...(effective ? { propagationPolicy: effective as 'Orphan' } : {}),
    dryRun: isDryRun(dryRun, 'DeleteOptions'),
  }
}

/** The DeleteOptions of a DELETE. */
export async function readDeleteOptions({ request, query }: Exchange): Promise<DeleteOptions> {
  const bytes = await readBody(request)
  return deleteOptionsOf(bytes.length === 0 ? {} : await parseObject(request, bytes, 'DeleteOptions'), query)
}
