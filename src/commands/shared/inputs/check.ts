import { admitDaemonSet } from '#apiserver/validation/admit.ts'
import type { Admission, SchemaFinding } from '#apiserver/validation/types.ts'
import type { Diagnostic, Location } from '#base/errors.ts'
import { fieldErrorText } from '#kube/field-error-text.ts'
import { asAppsV1, retiredVersions } from '#kube/retired.ts'
import type { DaemonSet } from '#kube/types.ts'
import type { FieldPath, LoadedObject } from '#manifest/types.ts'
import type { ValidateMode } from './validate-mode.ts'

interface Found {
  readonly severity: Diagnostic['severity']
  readonly code: string
  readonly message: string
  readonly field: string
  readonly path: FieldPath
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

const place = (location: Location) => location.line * 1e6 + location.column

/** What a v1.36 server and kubectl's own validation would say of a manifest, each finding with its place, top down. */
export function checkManifest(loaded: LoadedObject<DaemonSet>, mode: ValidateMode): Diagnostic[] {
  const { value } = loaded
  return [...retired(value), ...findings(admitDaemonSet(asAppsV1(value)), mode)]
    .map(({ path, part, hint, ...found }) => ({
      ...found,
      location: loaded.locate(path, part),
      ...(hint === undefined ? {} : { hint }),
    }))
    .sort((a, b) => place(a.location) - place(b.location))
}
