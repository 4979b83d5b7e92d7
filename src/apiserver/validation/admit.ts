import { fillDefaults } from '../defaults/daemon-set.ts'
import { decodeDaemonSet, SchemaFindings } from '../schema/check-schema.ts'
import { validateDaemonSet } from './daemon-set.ts'
import type { Admission } from './types.ts'
import { warningsForDaemonSet } from './warnings.ts'

/**
 * What a v1.36 server would answer to the creation of a DaemonSet: decoding, defaults, every rule, and warnings. Quotas,
 * namespaces and admission plugins are no part of it.
 *
 * @param raw the document as JSON or YAML gave it, of kind DaemonSet and version apps/v1
 */
export function admitDaemonSet(raw: unknown): Admission {
  const findings = new SchemaFindings()
  const decoded = decodeDaemonSet(raw, findings)
  const typeErrors = findings.list.filter((finding) => finding.kind === 'wrongType')
  const strictErrors = findings.list.filter((finding) => finding.kind === 'unknownField')
  const { decodeError } = findings
  if (decodeError !== undefined) {
    const first = typeErrors.findIndex((finding) => finding.decodeError === decodeError)
    const inOrder = [...typeErrors.splice(first, 1), ...typeErrors]
    return { accepted: false, decodeError, typeErrors: inOrder, strictErrors, errors: [], warnings: [] }
  }
  const object = fillDefaults(decoded)
  const errors = validateDaemonSet(object)
  // A server that refuses says nothing more.
  const warnings = errors.length === 0 ? warningsForDaemonSet(object) : []
  return { accepted: errors.length === 0, typeErrors, strictErrors, errors, warnings, object }
}
