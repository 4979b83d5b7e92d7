import { type Diagnostic, KdsError, UsageError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Invocation } from '#cli/spec.ts'
import type { DaemonSet, KubeObject } from '#kube/types.ts'
import type { LoadedObject } from '#manifest/types.ts'
import { checkManifest } from './check.ts'
import { warn } from './context.ts'
import { readManifestFiles, requireManifests } from './manifest-files.ts'
import { validateMode } from './validate-mode.ts'

/** A DaemonSet that was read and checked, with what the checks had to say. */
export interface CheckedDaemonSet {
  readonly loaded: LoadedObject<DaemonSet>
  readonly findings: readonly Diagnostic[]
  /** All objects of the same manifests: they are applied together. */
  readonly beside: readonly KubeObject[]
}

/** Standard input can be read once only: at most one of the flags may name `-`. */
export function refuseSharedStdin(invocation: Invocation, flags: readonly string[]): void {
  const readers = flags.flatMap((flag) =>
    invocation
      .list(flag)
      .filter((source) => source === '-')
      .map(() => flag),
  )
  const [first, second] = readers.map((flag) => (flag === 'filename' ? '-f -' : `--${flag} -`))
  if (second === undefined) return
  throw new UsageError(`${first} and ${second} both want standard input: give one of them a file`)
}

function refusal(count: number, findings: readonly Diagnostic[]): KdsError {
  const errors = count === 1 ? 'an error' : `${count} errors`
  return new KdsError('refused', `no plan was made: the API server would refuse the manifest for ${errors}`, {
    diagnostics: findings,
    hint: 'fix it, or continue anyway with --force',
  })
}

/** Two DaemonSets of one name: on a cluster the second would replace the first, so neither plan would be true. */
function refuseAmbiguous(diagnostics: readonly Diagnostic[]): void {
  if (diagnostics.every((finding) => finding.severity === 'warning')) return
  throw new KdsError('ambiguous', '', { diagnostics })
}

/**
 * Reads and checks the DaemonSets that `-f` or `-k` names. Warnings go to stderr. Throws what cannot be read, and what
 * kubectl or the API server would refuse unless `--force` is given.
 */
export async function readDaemonSets(
  invocation: Invocation,
  context: Context,
): Promise<readonly CheckedDaemonSet[]> {
  requireManifests(invocation, 'no DaemonSet given')
  const mode = validateMode(invocation.text('validate') ?? 'strict')
  const manifests = await readManifestFiles(invocation, context)
  const force = invocation.on('force')
  if (!force) refuseAmbiguous(manifests.diagnostics)
  warn(manifests.diagnostics, context)
  const beside = manifests.objects.map((object) => object.value)
  const checked = manifests.daemonSets.map((loaded) => ({
    loaded,
    findings: checkManifest(loaded, mode),
    beside,
  }))
  const findings = checked.flatMap((each) => each.findings)
  const refused = findings.filter((finding) => finding.severity === 'error').length
  if (refused > 0 && !force) throw refusal(refused, findings)
  warn(findings, context)
  return checked
}
