import { admitDaemonSet } from '#apiserver/validation/admit.ts'
import type { Admission, SchemaFinding } from '#apiserver/validation/types.ts'
import type { Diagnostic } from '#base/errors.ts'
import type { FieldPath } from '#base/field-path.ts'
import { fieldErrorText } from '#kube/field-error-text.ts'
import { asAppsV1, retiredVersions } from '#kube/retired.ts'
import type { DaemonSet } from '#kube/types.ts'

/** How strict to be about fields that the API does not know: kubectl's `--validate`. */
export type ValidateMode = 'strict' | 'warn' | 'ignore'

/** What is wrong, or worth a warning, and where in the object. */
export interface Found extends Pick<Diagnostic, 'severity' | 'code' | 'message'> {
  readonly field: string
  readonly path: FieldPath
  /** Is it the field itself, or what stands there? */
  readonly part: 'key' | 'value'
  readonly hint?: string | undefined
}

function schemaFinding(finding: SchemaFinding, mode: ValidateMode): Found {
  const unknown = finding.kind === 'unknownField'
  return {
    severity: unknown && mode === 'warn' ? 'warning' : 'error',
    code: finding.kind,
    message: finding.message,
    field: finding.field,
    path: finding.path,
    part: unknown ? 'key' : 'value',
    hint: finding.hint,
  }
}

function findings(admission: Admission, mode: ValidateMode): Found[] {
  return [
    ...admission.typeErrors.map((finding) => schemaFinding(finding, mode)),
    ...(mode === 'ignore' ? [] : admission.strictErrors.map((finding) => schemaFinding(finding, mode))),
    ...admission.errors.map(
      (error): Found => ({
        severity: 'error',
        code: error.type,
        message: fieldErrorText(error),
        field: error.field,
        path: error.path,
        part: 'value',
      }),
    ),
    ...admission.warnings.map(
      (warning): Found => ({
        severity: 'warning',
        code: 'admission',
        message: warning.message,
        field: warning.field,
        path: warning.path,
        part: 'value',
      }),
    ),
  ]
}

/** A server of today has no such kind, as kubectl says before it sends anything. */
function retired({ apiVersion, spec }: DaemonSet): Found[] {
  const version = apiVersion ?? ''
  if (!retiredVersions.includes(version)) return []
  const selector = spec?.selector ? '' : ', with the spec.selector that it requires'
  return [
    {
      severity: 'error',
      code: 'retired-api-version',
      message: `no matches for kind "DaemonSet" in version "${version}"`,
      field: 'apiVersion',
      path: ['apiVersion'],
      part: 'value',
      hint: `${version} has no DaemonSet since Kubernetes v1.16: write apiVersion: apps/v1${selector}`,
    },
  ]
}

/** What a v1.36 server and kubectl's own validation would say of a DaemonSet, in the order in which they look. */
export const checkDaemonSet = (value: DaemonSet, mode: ValidateMode): Found[] => [
  ...retired(value),
  ...findings(admitDaemonSet(asAppsV1(value)), mode),
]
